"""Checks a finished run against the JSON schema in it: its manifest, the rows of every table, and the names of its other files.

    python reference/check_run_schema.py [--all] runs/example [runs/other ...]

Needs jsonschema and pyarrow. The schema itself is checked against the meta-schema of draft 2020-12 first. Of a Parquet file with many rows those with
the smallest and largest value and the first missing one of every column are checked, and 5,000 others, evenly spread; with --all, every row (minutes).
Prints what does not fit and ends with code 1 if anything does not.
"""

import csv
import json
import pathlib
import re
import sys
import tomllib

import jsonschema
import pyarrow.compute
import pyarrow.parquet

MOST = 5  # differences shown for a table
MOST_ROWS = 5_000  # of a Parquet file, if not all are asked for


def value_of(text, kinds):
    """A cell of a csv file as what its column says it is; an empty one is missing."""
    if text == "":
        return None
    if "integer" in kinds:
        return int(text)
    if "number" in kinds:
        return float(text)
    if "boolean" in kinds:
        return {"true": True, "false": False}[text]
    return text


def of_name(schema, name):
    """The schema of a member of an object, by its name or a pattern."""
    if name in schema["properties"]:
        return schema["properties"][name]
    for pattern, member in schema.get("patternProperties", {}).items():
        if re.search(pattern, name):
            return member
    return None


def rows_of(path, row_schema, every):
    """The rows of a table that are checked, one dictionary each."""
    if path.suffix == ".parquet":
        yield from rows_of_parquet(pyarrow.parquet.read_table(path), every)
        return
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            described = {name: of_name(row_schema, name) or {} for name in row}
            kinds = {name: describe.get("type", "string") for name, describe in described.items()}
            yield {name: value_of(text, kinds[name]) for name, text in row.items()}


def rows_of_parquet(table, every):
    """All rows, or some among which are the extreme ones of every column."""
    if every or table.num_rows <= MOST_ROWS:
        yield from table.to_pylist()
        return
    chosen = set(range(0, table.num_rows, table.num_rows // MOST_ROWS))
    for column in table.columns:
        column = column.combine_chunks()
        order = pyarrow.compute.sort_indices(column)
        values = len(column) - column.null_count
        chosen.update(order[at].as_py() for at in (0, values - 1) if values)
        if column.null_count:
            chosen.add(pyarrow.compute.index(pyarrow.compute.is_null(column), True).as_py())
    yield from table.take(sorted(chosen)).to_pylist()


def int32_wrong(path, row_schema):
    """Columns of whole numbers that are not int32."""
    for field in pyarrow.parquet.ParquetFile(path).schema_arrow:
        described = of_name(row_schema, field.name) or {}
        if "integer" in described.get("type", "") and str(field.type) != "int32":
            yield f"{field.name} is {field.type}"


def check(run, every):
    """What does not fit in one run."""
    schema = json.loads((run / "schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator
    validator.check_schema(schema)
    manifest = tomllib.loads((run / "manifest.toml").read_text(encoding="utf-8"))
    wrong = [
        f"manifest.toml: {'.'.join(map(str, e.absolute_path))}: {e.message[:200]}"
        for e in validator(schema["properties"]["manifest"]).iter_errors(manifest)
    ]
    tables = schema["properties"]["tables"]
    others, seen, count = [], set(), 0
    for path in sorted(p for p in run.rglob("*") if p.is_file() and not p.name.startswith(".")):
        name = path.relative_to(run).as_posix()
        if path.suffix not in (".parquet", ".csv"):
            others.append(name)
            continue
        seen.add(name)
        table = of_name(tables, name)
        if table is None:
            wrong.append(f"{name}: the table is not described")
            continue
        if path.suffix == ".parquet":
            wrong += [f"{name}: {what}" for what in int32_wrong(path, table["items"])]
        of_row = validator(table["items"])
        found = []
        for number, row in enumerate(rows_of(path, table["items"], every)):
            count += 1
            # The quick answer first: most rows fit.
            if not of_row.is_valid(row):
                found += [f"{name}: row {number}: {'.'.join(map(str, e.absolute_path))}: {e.message[:200]}" for e in of_row.iter_errors(row)]
                if len(found) >= MOST:
                    break
        wrong += found[:MOST]
    wrong += [f"{name}: there is no such table" for name in tables["required"] if name not in seen]
    wrong += [e.message[:200] for e in validator(schema["properties"]["files"]).iter_errors(others)]
    print(f"{run}: format {manifest.get('format')}, {len(seen)} tables, {count} rows, {len(others)} other files, {len(wrong)} things wrong")
    return wrong


def main():
    runs = [argument for argument in sys.argv[1:] if argument != "--all"]
    wrong = [what for run in runs for what in check(pathlib.Path(run), "--all" in sys.argv)]
    print("\n".join(wrong))
    sys.exit(1 if wrong or not runs else 0)


if __name__ == "__main__":
    main()
