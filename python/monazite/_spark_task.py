"""What a task of Spark does: whole product-years out of the batches that come in go to the engine.

Runs in Python processes of the cluster. Needs pyarrow, and not pyspark.
"""

from __future__ import annotations

import re
import tempfile
import warnings
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

import monazite
from monazite._errors import InputError, MonaziteError, MonaziteWarning

# So many flows go to the engine at once: enough that a call costs nothing, and some fifty megabytes.
ROWS_AT_ONCE = 524_288
# Rows of a batch that goes back to Spark.
ROWS_BACK = 65_536


class Settings(NamedTuple):
    """Settings as text, where the functions of monazite ask for an object."""

    text: str

    def to_toml(self) -> str:
        return self.text


class File(NamedTuple):
    """A small file that goes to the tasks with them, since the nodes may not see it."""

    name: str
    content: bytes


class Call(NamedTuple):
    """What is asked of the engine, for every part of the table."""

    version: str
    function: str
    stability: Any
    country_codes: dict[int, str] | None
    options: str
    arguments: dict[str, Any]
    declared_sorted: bool
    restrict: bool


def compute(call: Call, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The results of the product-years of a partition."""
    if call.version != monazite.__version__:
        raise MonaziteError(
            f"this node has monazite {monazite.__version__}, the driver {call.version}; install the same "
            "version on every node"
        )
    with tempfile.TemporaryDirectory(prefix="monazite-") as folder:
        stability = call.stability
        if isinstance(stability, File):
            path = Path(folder) / stability.name
            path.write_bytes(stability.content)
            stability = path
        for flows in whole_product_years(batches, call.declared_sorted):
            result = _of_part(call, flows, stability)
            if result is not None:
                yield from pa.table(result).to_batches(max_chunksize=ROWS_BACK)


def whole_product_years(
    batches: Iterable[pa.RecordBatch], declared_sorted: bool, rows_at_once: int = ROWS_AT_ONCE
) -> Iterator[pa.Table]:
    """Tables of whole product-years. The last of a batch waits until the next shows that it is over."""
    waiting: list[pa.RecordBatch] = []
    rows = 0
    seen: set[tuple[Any, Any]] = set()
    now: tuple[Any, Any] | None = None
    for batch in batches:
        if batch.num_rows == 0:
            continue
        border = None
        for start, key in _runs(batch):
            if key == now:
                continue
            if key in seen:
                raise _comes_again(key, declared_sorted)
            seen.add(key)
            now, border = key, start
        if border is None or rows + border < rows_at_once:
            waiting.append(batch)
            rows += batch.num_rows
            continue
        if border > 0:
            waiting.append(batch.slice(0, border))
        if waiting:
            yield pa.Table.from_batches(waiting)
        waiting, rows = [batch.slice(border)], batch.num_rows - border
    if waiting:
        yield pa.Table.from_batches(waiting)


def _runs(batch: pa.RecordBatch) -> Iterator[tuple[int, tuple[Any, Any]]]:
    """Where each product-year of a batch begins."""
    years = pc.run_end_encode(batch.column("year"))
    products = pc.run_end_encode(batch.column("product"))
    year_ends, year_values = years.run_ends.to_pylist(), years.values.to_pylist()
    product_ends, product_values = products.run_ends.to_pylist(), products.values.to_pylist()
    start, y, p = 0, 0, 0
    while start < batch.num_rows:
        yield start, (year_values[y], product_values[p])
        start = min(year_ends[y], product_ends[p])
        y += year_ends[y] == start
        p += product_ends[p] == start


def _comes_again(key: tuple[Any, Any], declared_sorted: bool) -> MonaziteError:
    year, product = key
    if not declared_sorted:
        return MonaziteError(
            f"{product} in {year} comes twice in a partition that was sorted; this is a mistake of monazite "
            "or of Spark"
        )
    return InputError(
        f"the files are not sorted: {product} in {year} comes a second time in a partition; "
        'with layout="store" all rows of a product '
        'and year stand together and end with a row group; say layout="any", and Spark sorts them',
        file="flows",
        value=str(product),
    )


def _of_part(call: Call, flows: pa.Table, stability: Any) -> Any:
    """The result for some product-years; None if there is no trade in them."""

    def ask(stability: Any) -> Any:
        with warnings.catch_warnings():
            # What is to be known of a part of the trade need not hold for all of it.
            warnings.simplefilter("ignore", MonaziteWarning)
            return getattr(monazite, call.function)(
                flows,
                *(() if stability is None else (stability,)),
                country_codes=call.country_codes,
                options=Settings(call.options),
                threads=1,
                **call.arguments,
            )

    try:
        try:
            return ask(stability)
        except InputError as error:
            fewer = _of_traders(flows, stability, call.country_codes) if call.restrict else None
            if fewer is None or "are no country of the trade data" not in str(error):
                raise
            # Codes of one's own are known by the trade alone, and this part of it may lack most of them.
            return ask(fewer)
    except InputError as error:
        if error.column is None and str(error).startswith("there is no flow in the table"):
            return None
        raise _with_row(error, flows) from None


def _of_traders(flows: pa.Table, stability: Any, names: Mapping[int, str] | None) -> pa.Table | None:
    """The rows of the stability of those who trade; None if there is none, or it is a file."""
    if not isinstance(stability, pa.Table) or "iso3" not in stability.column_names:
        return None
    codes = set()
    for side in ("exporter", "importer"):
        found = pc.unique(flows.column(side)).to_pylist()
        codes.update(found if names is None else (names.get(code, code) for code in found))
    texts = sorted(str(code) for code in codes)
    fewer = stability.filter(
        pc.is_in(stability.column("iso3"), value_set=pa.array(texts, stability.schema.field("iso3").type))
    )
    return fewer if fewer.num_rows else None


def _with_row(error: InputError, flows: pa.Table) -> InputError:
    """Says which row it is by what is in it: the number of a row in a part of a table helps nobody."""
    if error.line is None or error.file not in (None, "flows") or not 0 < error.line <= flows.num_rows:
        return error
    row = flows.slice(error.line - 1, 1).to_pylist()[0]
    place = ", ".join(f"{name} {'(empty)' if value is None else value}" for name, value in row.items())
    message = re.sub(r"^row \d+ of (the )?flows: ", "", str(error))
    return InputError(
        f"flows: {message} (the row is {place})", file="flows", column=error.column, value=error.value
    )
