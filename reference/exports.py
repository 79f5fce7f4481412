"""Reads exports of a run with the programs that people have: a workbook with openpyxl, Stata files with pandas, csv with pandas and R.

    python reference/exports.py target/release/monazite [STUDY]

Makes a run of STUDY (studies/tiny if left out), exports all of its tables in every format, and compares cell by cell. Needs pandas and openpyxl;
R, if it is there, reads the csv files too (reference/exports.R). Ends with the number of cells that were compared.
"""

import json
import math
import pathlib
import shutil
import subprocess
import sys
import tempfile

import openpyxl
import pandas as pd


def missing(value):
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value))


def same(a, b):
    if missing(a) or missing(b):
        return missing(a) and missing(b)
    if isinstance(a, bool) or isinstance(b, bool):
        return bool(a) == bool(b)
    if isinstance(a, str) or isinstance(b, str):
        return str(a) == str(b)
    return float(a) == float(b)


def compare(what, table, frame, columns):
    """Counts the cells of `frame` (a list of rows) that are those of the JSON export; stops at the first that is not."""
    rows = table["data"]
    assert len(rows) == len(frame), f"{what}: {len(frame)} rows, {len(rows)} expected"
    cells = 0
    for at, (row, found) in enumerate(zip(rows, frame)):
        for name, value in zip(columns, found):
            assert same(row[name], value), f"{what}, row {at + 1}, {name}: {value!r}, {row[name]!r} expected"
            cells += 1
    return cells


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    root = pathlib.Path(__file__).resolve().parent.parent
    study = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else root / "studies/tiny/study.toml"
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        text = study.read_text()
        (folder / "study").mkdir()
        shutil.copytree(study.parent, folder / "study", dirs_exist_ok=True)
        (folder / "study" / study.name).write_text(text)
        run = folder / "run"

        def monazite(*arguments):
            subprocess.run([program, "--quiet", *map(str, arguments)], check=True, cwd=folder)

        monazite("run", folder / "study" / study.name, "--out", run)
        for kind in ("csv", "json", "dta"):
            monazite("export", run, f"--{kind}", "--table", "all", "--out", folder / kind)
        monazite("export", run, "--xlsx", "--table", "all", "--out", folder / "all.xlsx")
        book = openpyxl.load_workbook(folder / "all.xlsx", read_only=True)
        sheets = iter(book.sheetnames[2:])
        counted = {"csv": 0, "Stata": 0, "workbook": 0}
        tables = sorted((folder / "json").glob("*.json"))
        by_name = {json.loads(path.read_text())["table"]: path for path in tables}
        listed = subprocess.run([program, "export", run, "--list"], check=True, capture_output=True, text=True).stdout
        for name in (line.split()[0] for line in listed.splitlines()):
            path = by_name[name]
            table = json.loads(path.read_text())
            columns = [c["name"] for c in table["columns"]]
            kinds = {c["name"]: c["kind"] for c in table["columns"]}
            texts = {n: str for n, kind in kinds.items() if kind == "text"}
            # Pandas 3 reads decimals to the last bit by itself.
            exact = {} if int(pd.__version__.split(".")[0]) >= 3 else {"float_precision": "round_trip"}
            csv = pd.read_csv(folder / "csv" / f"{path.stem}.csv", dtype=texts, keep_default_na=False, na_values=[""], **exact)
            assert list(csv.columns) == columns, name
            plain = lambda frame: frame.astype(object).where(frame.notna(), None).values.tolist()
            counted["csv"] += compare(f"{name}.csv", table, plain(csv), columns)
            stata = pd.read_stata(folder / "dta" / f"{path.stem}.dta")
            counted["Stata"] += compare(f"{name}.dta", table, plain(stata), columns)
            labels = pd.io.stata.StataReader(folder / "dta" / f"{path.stem}.dta").variable_labels()
            assert all(labels.values()), f"{name}.dta: a variable without a label"
            rows = [list(row) for row in book[next(sheets)].iter_rows(values_only=True)]
            assert rows[0] == columns, name
            padded = [row + [None] * (len(columns) - len(row)) for row in rows[1:]]
            counted["workbook"] += compare(f"{name} in the workbook", table, padded, columns)
        script = root / "reference/exports.R"
        if shutil.which("Rscript"):
            out = subprocess.run(["Rscript", "--vanilla", script, folder / "csv", folder / "json"], check=True, capture_output=True, text=True)
            counted["R"] = int(out.stdout.split()[-1])
        else:
            print("R is not there: csv was not read with it")
        print("; ".join(f"{what}: {cells} cells the same" for what, cells in counted.items()))


if __name__ == "__main__":
    main()
