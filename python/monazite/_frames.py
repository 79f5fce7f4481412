"""Tables from and to other libraries. None of them is needed to import monazite."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from monazite._monazite import Table

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

_SHOWN = 10


def as_stream(table: Any, what: str) -> Any:
    """What the extension reads: an object with ``__arrow_c_stream__``, or the object as it is if it cannot be made one."""
    if isinstance(table, Mapping):
        return Table({str(name): _as_list(values) for name, values in table.items()})
    if _is_pandas(table):
        # pandas hands its columns over through pyarrow; without it they go one by one.
        try:
            import pyarrow  # noqa: F401
        except ImportError:
            return Table({str(name): _as_list(table[name]) for name in table.columns})
        # The index is no column of the table.
        return table.reset_index(drop=True)
    if not hasattr(table, "__arrow_c_stream__") and hasattr(table, "to_arrow_table"):
        return table.to_arrow_table()
    if hasattr(table, "collect") and type(table).__module__.startswith("polars"):
        return table.collect()
    return table


def _is_pandas(table: Any) -> bool:
    return type(table).__module__.partition(".")[0] == "pandas" and hasattr(table, "columns")


def _as_list(values: Any) -> list[Any]:
    listed = values.tolist() if hasattr(values, "tolist") else list(values)
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
    return (
        f'<table class="monazite"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
        f"<p>{len(table):,} rows</p>{notes}"
    )
