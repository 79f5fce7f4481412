"""Tables from and to other libraries. None of them is needed to import monazite."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from monazite._monazite import Table

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

_SHOWN = 10


#: Columns that are looked at: required, the name that the caller says, names in lower case.
Wanted = Sequence["tuple[bool, str | None, list[str]]"]


def _narrowed(table: Any, wanted: Wanted) -> Any:
    """A frame with the columns that are wanted; the frame as it is if one of them is not there."""
    kind = type(table).__module__.partition(".")[0]
    if isinstance(table, Mapping):
        names = [str(name) for name in table]
    elif _is_pandas(table):
        names = [str(name) for name in table.columns]
    elif kind == "polars" and hasattr(table, "select") and hasattr(table, "collect_schema"):
        names = table.collect_schema().names()
    elif kind == "pyarrow" and hasattr(table, "select") and hasattr(table, "column_names"):
        names = table.column_names
    else:
        return table
    kept: list[int] = []
    for required, said, known in wanted:
        fits = known.__contains__ if said is None else said.__eq__
        found = [at for at, name in enumerate(names) if fits(name.lower() if said is None else name)]
        if required and not found:
            return table
        kept += found
    if not kept or len(set(names)) < len(names):
        return table
    kept = sorted(set(kept))
    if isinstance(table, Mapping):
        return {name: values for at, (name, values) in enumerate(table.items()) if at in kept}
    if _is_pandas(table):
        return table.iloc[:, kept]
    return table.select([names[at] for at in kept])


def as_stream(table: Any, what: str, wanted: Wanted = ()) -> Any:
    """What the extension reads: an object with an Arrow stream, or the object if it cannot be made one.

    ``wanted`` are the columns that are looked at: whether each is required, its name if the caller says it, and
    the names that it may have, in lower case. The others are left out where that can be done, so that they may
    be of any type. None at all: every column is.
    """
    table = _narrowed(table, wanted)
    if isinstance(table, Mapping):
        return _of_columns([(str(name), values) for name, values in table.items()])
    if _is_pandas(table):
        return _of_pandas(table)
    if getattr(table, "ndim", None) == 2 and hasattr(table, "dtype"):
        return _of_columns([(str(at), table[:, at]) for at in range(table.shape[1])])
    if hasattr(table, "__arrow_c_stream__"):
        return table
    if hasattr(table, "to_arrow_table"):
        return table.to_arrow_table()
    if hasattr(table, "collect") and type(table).__module__.startswith("polars"):
        return table.collect()
    if hasattr(table, "scanner") and type(table).__module__.startswith("pyarrow"):
        return table.scanner().to_reader()
    return table


def _is_pandas(table: Any) -> bool:
    return type(table).__module__.partition(".")[0] == "pandas" and hasattr(table, "columns")


def _of_pandas(table: Any) -> Any:
    columns = [(str(name), table.iloc[:, at]) for at, name in enumerate(table.columns)]
    # pandas hands its columns over through pyarrow; without it they go one by one.
    try:
        import pyarrow
    except ImportError:
        return _of_columns([(name, _plain(values)) for name, values in columns])
    try:
        # The index is no column of the table.
        return pyarrow.Table.from_pandas(table, preserve_index=False)
    except (pyarrow.ArrowException, ValueError, TypeError):
        # Some column is of mixed types, or two have one name: perhaps none that is wanted.
        arrays = [_arrow_column(pyarrow, values) for _, values in columns]
        return pyarrow.table(arrays, names=[name for name, _ in columns])


def _arrow_column(pyarrow: Any, values: Any) -> Any:
    try:
        return pyarrow.array(values, from_pandas=True)
    except (pyarrow.ArrowException, ValueError, TypeError):
        return pyarrow.array([None if value is None else str(value) for value in values.tolist()])


def _plain(values: Any) -> Any:
    """A column of pandas without what only pandas knows: as numbers, or as a list."""
    if getattr(values.dtype, "kind", "O") in "iufb" and type(values.dtype).__module__.startswith("numpy"):
        return values.to_numpy()
    if hasattr(values, "cat"):
        values = values.astype(values.cat.categories.dtype)
    return [None if missing else value for value, missing in zip(values.tolist(), values.isna().tolist())]


def _of_columns(columns: list[tuple[str, Any]]) -> Table:
    """A table of lists and arrays, also of those of one name."""
    parts: list[tuple[str, str, bytes, bytes | None, bytes | None]] = []
    for name, values in columns:
        kind = getattr(getattr(values, "dtype", None), "kind", "O")
        if kind in "iufb" and getattr(values, "ndim", 1) == 1 and hasattr(values, "tobytes"):
            parts.append((name, *_numbers(values, kind)))
        else:
            parts.append((name, *Table({name: _as_list(values)})._parts(name)))
    return Table._of_parts(parts, [])


def _numbers(values: Any, kind: str) -> tuple[str, bytes, None, None]:
    if kind == "b":
        return "boolean", values.tobytes(), None, None
    if kind == "f" or (kind == "u" and values.dtype.itemsize == 8):
        return "number", values.astype("<f8", copy=False).tobytes(), None, None
    return "int64", values.astype("<i8", copy=False).tobytes(), None, None


def _as_list(values: Any) -> list[Any]:
    listed = values.tolist() if hasattr(values, "tolist") else values
    if not isinstance(listed, (list, tuple, range)):
        return values  # type: ignore[no-any-return]
    # An empty cell is NaN or NaT to pandas, and neither is equal to itself.
    return [None if value is None or value != value else value for value in listed]


def to_pyarrow(table: Table) -> pyarrow.Table:
    import pyarrow

    return pyarrow.table(table)


def to_polars(table: Table) -> polars.DataFrame:
    import polars

    return polars.DataFrame(table)


def to_pandas(table: Table) -> pandas.DataFrame:
    import pandas

    try:
        import pyarrow  # noqa: F401
    except ImportError:
        return pandas.DataFrame({name: _numpy_column(table, name) for name in table.column_names})
    return to_pyarrow(table).to_pandas()


def _numpy_column(table: Table, name: str) -> Any:
    import numpy

    kind, values, known, _ = table._parts(name)
    if kind == "text" or (kind in ("boolean", "int32", "int64") and known is not None):
        return numpy.array(table[name], dtype=object)
    dtype = {"number": "<f8", "int32": "<i4", "int64": "<i8", "boolean": "?"}[kind]
    column = numpy.frombuffer(values, dtype=dtype)
    if known is None:
        return column.copy()
    return numpy.where(numpy.frombuffer(known, dtype="?"), column, numpy.nan)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}"
    return str(value)


def _shown(table: Table) -> tuple[list[list[str]], int]:
    """The first and last rows as texts, and how many rows are left out between them."""
    rows = len(table)
    if rows <= 2 * _SHOWN:
        parts, left_out = [table], 0
    else:
        parts, left_out = [table.slice(0, _SHOWN), table.slice(rows - _SHOWN, rows)], rows - 2 * _SHOWN
    cells: list[list[str]] = []
    for part in parts:
        columns = [part[name] for name in part.column_names]
        cells += [[_cell(value) for value in row] for row in zip(*columns)]
    return cells, left_out


def as_text(table: Table) -> str:
    cells, left_out = _shown(table)
    if left_out:
        cells.insert(_SHOWN, ["…"] * len(table.column_names))
    lines = [table.column_names, *cells]
    widths = [max(len(line[at]) for line in lines) for at in range(len(table.column_names))]
    text = "\n".join("  ".join(cell.rjust(width) for cell, width in zip(line, widths)) for line in lines)
    return f"{text}\n{len(table):,} rows"


def as_html(table: Table) -> str:
    cells, left_out = _shown(table)
    head = "".join(f"<th>{html.escape(name)}</th>" for name in table.column_names)
    rows = ["<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in cells]
    if left_out:
        gap = f'<tr><td colspan="{len(table.column_names)}">… {left_out:,} more rows …</td></tr>'
        rows.insert(_SHOWN, gap)
    notes = "".join(f"<p>{html.escape(note)}</p>" for note in table.notes)
    style = "text-align:right;font-variant-numeric:tabular-nums"
    return (
        f'<table class="monazite" style="{style}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
        f"<p>{len(table):,} rows</p>{notes}"
    )
