"""The functions of monazite on Spark, by product-year: ``import monazite.spark``.

Needs ``pip install "monazite[spark]"`` on every node. For trade between countries no cluster is needed, at
any frequency or number of digits; this is for data that live on Spark already. See docs/spark.md.

    import monazite.spark as ms
    flows = ms.read_store(spark, "store")
    result = ms.product_years(flows, "wgi.xlsx", layout="store")
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

try:
    import pyspark  # noqa: F401
except ImportError as _error:
    raise ImportError('monazite.spark needs Spark: pip install "monazite[spark]"') from _error
try:
    import pyarrow
except ImportError as _error:
    raise ImportError('monazite.spark needs pyarrow: pip install "monazite[spark]"') from _error

import monazite
from monazite import _spark_check, _spark_columns, _spark_settings, _spark_store
from monazite._frames import as_stream
from monazite._spark_check import VerificationError, Verified
from monazite._spark_errors import as_raised
from monazite._spark_task import Call, File, compute
from monazite._tables import _PRODUCT_YEARS

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = [
    "VerificationError",
    "Verified",
    "dependencies",
    "draws",
    "links",
    "origins",
    "product_years",
    "read_store",
    "suppliers",
    "verify",
    "write",
]

_LAYOUTS = ("any", "store")
_KINDS = {"string": "string", "int32": "int", "int64": "bigint", "double": "double", "bool": "boolean"}
_WITHOUT_STABILITY = ("origins", "suppliers")
# Columns that rest on all products of a country, and why they are not here.
_OF_ALL_PRODUCTS = ("rca", "pc1")
# From here on a value is a mistake, in whatever unit: more than decimal(38,12) holds.
_BEYOND_DECIMAL = 1e25
# So that a task that fails is small, and all cores have work until the end.
_TASKS_A_CORE = 4


def product_years(
    df: DataFrame,
    stability: Any = None,
    *,
    columns: Mapping[str, str] | None = None,
    country_codes: Mapping[int, str] | None = None,
    indicators: Sequence[str] = _PRODUCT_YEARS,
    layout: str = "any",
    add_up: bool = False,
    options: Any = None,
    partitions: int | None = None,
    verify: bool = True,
) -> DataFrame:
    """Indicators of every product, year and country, computed on Spark.

    One row for each country that trades the product in the year. The columns, and every number to the last
    bit, are those of :func:`monazite.product_years` for the whole table in one process, whatever the
    partitions, and whoever dies on the way. The rows come in no order.

    ``df`` has year, product, exporter, importer and value (thousand USD); other columns are not read.
    ``columns``, ``country_codes`` and ``options`` are as in :func:`monazite.product_years`. ``stability`` is
    a table of any kind with iso3, year and pv, a DataFrame of Spark too, or the path of a file of the
    Governance Indicators on the driver. It is small and goes to the tasks with them.

    ``layout``: ``"any"`` brings the rows of a product and year together by a shuffle. ``"store"`` says that
    they are together already, and that a row group of the files ends with a product, as in a store of
    monazite; nothing is shuffled, which costs half.

    ``add_up``: with False, rows of the same product, year, exporter and importer are added up by the engine,
    which gives the same bytes however they are dealt out. With True, Spark adds them up first, exactly (as
    decimal numbers of 12 decimals), so that fewer rows are shuffled: for records of shipments, many a pair.
    Sums may then differ from those of the engine in the last bit, but not from run to run.

    ``partitions`` is the number of parts of the shuffle, four a core if not said.

    ``verify``: with True, the work is done at once, the result kept by Spark (``unpersist`` lets it go),
    checked by :func:`verify`, and errors of the tasks are raised as those of monazite. With False, nothing is
    computed until somebody asks for the result; use :func:`write`, which checks what it has written.

    RCA rests on the trade of a country in all products and is not here. Notes on the data are not collected
    from the tasks. Settings that rest on more than one product-year, or name a file, are refused.

    Raises :class:`monazite.InputError` for a column that is missing or of a wrong kind, rows that are wrong,
    files that are not sorted as said, and a table without trade, :class:`ValueError` for an unknown layout,
    indicator or setting, :class:`TypeError` if ``df`` is no DataFrame of Spark, :class:`VerificationError` if
    the result is not whole.

    >>> rows = [("CHN", "USA", 60.0), ("CHN", "MYS", 20.0), ("MYS", "USA", 20.0)]
    >>> flows = spark.createDataFrame(rows, ["exporter", "importer", "value"])
    >>> flows = flows.selectExpr("2019 year", "'284690' product", "*")
    >>> stability = {"iso3": ["CHN", "MYS", "USA"], "year": [2019] * 3, "pv": [40.0, 50.0, 60.0]}
    >>> found = product_years(flows, stability, indicators=["imports", "exports", "str"])
    >>> [(row.country, round(row.str, 2)) for row in found.orderBy("country").collect()]
    [('CHN', 1.0), ('MYS', 1.6), ('USA', 1.65)]
    """
    wanted = _indicators(indicators)
    asked = list(dict.fromkeys([*wanted, "imports", "exports"])) if verify else wanted
    way = _Way(columns, country_codes, layout, add_up, partitions, verify)
    result = _by_product_year("product_years", df, stability, options, {"indicators": asked}, way)
    return result if asked == wanted else result.select("product", "year", "country", *wanted)


def dependencies(
    df: DataFrame,
    stability: Any,
    *,
    least: float = 0.001,
    columns: Mapping[str, str] | None = None,
    country_codes: Mapping[int, str] | None = None,
    layout: str = "any",
    add_up: bool = False,
    options: Any = None,
    partitions: int | None = None,
    verify: bool = True,
) -> DataFrame:
    """Who depends on whom: :func:`monazite.dependencies` on Spark, the same rows to the last bit.

    Arguments and exceptions are those of :func:`product_years`. A product-year without a contribution of at
    least ``least`` has no rows, so a lost one is not seen; a doubled or torn one is.
    """
    way = _Way(columns, country_codes, layout, add_up, partitions, verify)
    return _by_product_year("dependencies", df, stability, options, {"least": least}, way)


def origins(
    df: DataFrame,
    *,
    least: float = 0.001,
    columns: Mapping[str, str] | None = None,
    country_codes: Mapping[int, str] | None = None,
    layout: str = "any",
    add_up: bool = False,
    options: Any = None,
    partitions: int | None = None,
    verify: bool = True,
) -> DataFrame:
    """Whose goods importers buy in the end: :func:`monazite.origins` on Spark, the same rows to the last bit.

    Arguments and exceptions are those of :func:`product_years`; what is seen of lost ones is as in
    :func:`dependencies`.
    """
    way = _Way(columns, country_codes, layout, add_up, partitions, verify)
    return _by_product_year("origins", df, None, options, {"least": least}, way)


def suppliers(
    df: DataFrame,
    *,
    columns: Mapping[str, str] | None = None,
    country_codes: Mapping[int, str] | None = None,
    layout: str = "any",
    add_up: bool = False,
    options: Any = None,
    partitions: int | None = None,
    verify: bool = True,
) -> DataFrame:
    """The main suppliers of every importer: :func:`monazite.suppliers` on Spark, the same to the last bit.

    Arguments and exceptions are those of :func:`product_years`; what is seen of lost ones is as in
    :func:`dependencies`.
    """
    way = _Way(columns, country_codes, layout, add_up, partitions, verify)
    return _by_product_year("suppliers", df, None, options, {}, way)


def draws(
    df: DataFrame,
    stability: Any,
    *,
    draws: int = 500,
    seed: int | None = None,
    columns: Mapping[str, str] | None = None,
    country_codes: Mapping[int, str] | None = None,
    layout: str = "any",
    add_up: bool = False,
    options: Any = None,
    partitions: int | None = None,
    verify: bool = True,
) -> DataFrame:
    """How far STR is known: :func:`monazite.draws` on Spark, the same bands to the last bit.

    What is drawn depends on the seed, the country, the year and the number of the draw alone, not on the
    task. Arguments and exceptions are those of :func:`product_years`; ``stability`` has standard errors.
    """
    way = _Way(columns, country_codes, layout, add_up, partitions, verify)
    return _by_product_year("draws", df, stability, options, {"draws": draws, "seed": seed}, way)


def links(
    df: DataFrame,
    candidates: Any = None,
    *,
    columns: Mapping[str, str] | None = None,
    country_codes: Mapping[int, str] | None = None,
    add_up: bool = True,
    **arguments: Any,
) -> monazite.Table:
    """Whether trade bears out that one product is an input of another, on flows that Spark brings together.

    The answer is that of :func:`monazite.links`.

    A link rests on all products of all countries, so the test itself runs on the driver, in one process.
    Spark reads the flows and, with ``add_up``, adds them up by product, year, exporter and importer (as
    :func:`product_years` says); then they come to the driver, some 30 bytes a flow, and
    ``spark.driver.maxResultSize`` has to let them. Filter ``df`` to the years that are wanted first. With
    unique pairs, or ``add_up=False``, the result is that of :func:`monazite.links` to the last bit.
    ``arguments`` are its other ones.

    Raises what :func:`monazite.links` raises.
    """
    flows = _spark_columns.flows_of(_spark_columns.dataframe(df, "df"), columns)
    if add_up:
        flows = _added_up(flows)
    with as_raised():
        table = flows.toArrow()
    return monazite.links(table, candidates, country_codes=country_codes, **arguments)


def verify(
    source: DataFrame,
    result: DataFrame,
    *,
    columns: Mapping[str, str] | None = None,
    country_codes: Mapping[int, str] | None = None,
    values: bool | None = None,
) -> Verified:
    """Whether a result holds every product-year of its flows once, and whole.

    Counts, for each product and year, how often every row comes (of a country, or of an importer and a
    supplier), and compares the sums of imports and of exports with the value of the flows, to 1e-9 of it, if
    the result has both. ``values=True`` demands the sums, ``False`` leaves them out, for settings that take
    trade out (``min_trade``, ``remove_trickles_below``, ``missing = "drop_supplier"``). ``columns`` and
    ``country_codes`` are those of the call.

    One pass over the flows and one over the result. If either is not kept or on disk, it is computed for it:
    what is checked is then not what you use later. Check what is written (:func:`write`), or what is kept.

    Returns the number of product-years and of rows. Raises :class:`VerificationError`, which names those that
    are lost, doubled, torn or differ; :class:`monazite.InputError` if a column is missing, or there is no
    trade.
    """
    _spark_columns.dataframe(source, "source")
    _spark_columns.dataframe(result, "result")
    return _spark_check.verify(source, result, columns, country_codes, _with_sums(result, values))


def write(
    result: DataFrame,
    path: str,
    source: DataFrame,
    *,
    columns: Mapping[str, str] | None = None,
    country_codes: Mapping[int, str] | None = None,
    values: bool | None = None,
) -> DataFrame:
    """Writes a result as Parquet, reads it back, and checks by :func:`verify` that it is whole.

    What is at ``path`` is replaced. Returns the files as a DataFrame. ``source`` are the flows that the
    result was computed from; the other arguments are those of :func:`verify`.

    Raises what :func:`verify` raises, and the errors of the tasks as those of monazite. What was written is
    then still there, to be looked at.
    """
    _spark_columns.dataframe(result, "result")
    _spark_columns.dataframe(source, "source")
    with as_raised():
        # Never append: a job that is begun again would double its rows.
        result.write.mode("overwrite").parquet(path)
    written = result.sparkSession.read.schema(result.schema).parquet(path)
    _spark_check.verify(source, written, columns, country_codes, _with_sums(written, values))
    return written


def read_store(spark: SparkSession, path: str, *, numbers: bool = False) -> DataFrame:
    """The flows of a store of monazite.

    Columns: year, product, exporter and importer (ISO3), value (thousand USD) and quantity (tonnes). With
    ``numbers=True`` countries stay BACI's numbers, as they are in the files: :func:`product_years` knows them
    too, and less has to be sent to Python.

    Reads the live files that ``store.toml`` names, and no others: while a year is exchanged, old and new file
    lie side by side. The path is one that all nodes see. :func:`product_years` takes it with
    ``layout="store"``. With ``spark.sql.files.maxPartitionBytes`` of 8 MB, a year of nine million rows
    becomes about ten tasks.

    Raises :class:`FileNotFoundError` if there is no store, :class:`monazite.StoreError` if it is damaged or
    of another format.
    """
    return _spark_store.read_store(spark, str(path), numbers)


class _Way(NamedTuple):
    """How the work is dealt out, and whether it is checked."""

    columns: Mapping[str, str] | None
    country_codes: Mapping[int, str] | None
    layout: str
    add_up: bool
    partitions: int | None
    verify: bool


def _by_product_year(
    function: str, df: DataFrame, stability: Any, options: Any, arguments: dict[str, Any], way: _Way
) -> DataFrame:
    """What a function of monazite gives for every product-year."""
    settings = _spark_settings.of_options(options)
    schema = _schema(function, settings, arguments)
    flows = _laid_out(df, way)
    call = Call(
        version=monazite.__version__,
        function=function,
        stability=_small(stability),
        country_codes=None if way.country_codes is None else dict(way.country_codes),
        options=settings,
        arguments=arguments,
        declared_sorted=way.layout == "store",
        restrict=_spark_settings.keeps_unknown_suppliers_as_fifty(settings),
    )
    result = flows.mapInArrow(_task(call), schema)
    if not way.verify:
        return result
    values = function == "product_years" and not _spark_settings.changes_trade(settings)
    result = result.persist()
    try:
        _spark_check.verify(df, result, way.columns, way.country_codes, values)
    except BaseException:
        result.unpersist()
        raise
    return result


def _task(call: Call) -> Callable[[Iterator[Any]], Iterator[Any]]:
    # A function within a function goes to the workers by value, so that they can say that monazite is
    # missing.
    words = tuple(call)

    def task(batches: Iterator[Any]) -> Iterator[Any]:
        from monazite._spark_task import Call, compute

        yield from compute(Call(*words), batches)

    return task


def _schema(function: str, settings: str, arguments: dict[str, Any]) -> str:
    """The columns that come back. Wrong settings and arguments are refused here, before work is sent out."""
    flows = {"year": [2000], "product": ["284690"], "exporter": ["CHN"], "importer": ["USA"], "value": [1.0]}
    stability = {
        "iso3": ["CHN", "USA"],
        "year": [2000] * 2,
        "pv": [25.0, 75.0],
        "estimate": [-0.5, 0.5],
        "standard_error": [0.2, 0.2],
    }
    call = Call(
        version=monazite.__version__,
        function=function,
        stability=None if function in _WITHOUT_STABILITY else pyarrow.table(stability),
        country_codes=None,
        options=_spark_settings.without_stability(settings),
        arguments={**arguments, **({"draws": 2} if arguments.get("draws", 0) > 2 else {})},
        declared_sorted=False,
        restrict=False,
    )
    parts = list(compute(call, pyarrow.table(flows).to_batches()))
    return ", ".join(f"`{field.name}` {_KINDS[str(field.type)]}" for field in parts[0].schema)


def _with_sums(result: DataFrame, values: bool | None) -> bool:
    return {"imports", "exports"} <= set(result.columns) if values is None else values


def _small(stability: Any) -> Any:
    """The stability as something that goes with the tasks."""
    if stability is None:
        return None
    if isinstance(stability, str) or hasattr(stability, "__fspath__"):
        path = Path(stability)
        return File(path.name, path.read_bytes())
    if _spark_columns.is_dataframe(stability):
        return stability.toArrow()
    stream = as_stream(stability, "stability")
    if not hasattr(stream, "__arrow_c_stream__"):
        raise TypeError(
            "stability: a table with iso3, year and pv is wanted, or the path of a file of the Governance "
            f"Indicators, and this is {type(stability).__name__}"
        )
    return pyarrow.table(stream)


def _indicators(indicators: Sequence[str]) -> list[str]:
    wanted = list(dict.fromkeys([indicators] if isinstance(indicators, str) else indicators))
    for name in wanted:
        if name in _OF_ALL_PRODUCTS:
            raise ValueError(
                f"indicators: {name} rests on more than one product-year, which no task sees; leave it out, "
                "or compute it with monazite.product_years in one process"
            )
    return wanted


def _laid_out(df: DataFrame, way: _Way) -> DataFrame:
    """The flows with all rows of a product and year together."""
    flows = _spark_columns.flows_of(_spark_columns.dataframe(df, "df"), way.columns)
    if way.layout not in _LAYOUTS:
        raise ValueError(
            f'layout: "{way.layout}" is none; there are "any" and "store" (files sorted by product, row '
            "groups that end with a product)"
        )
    if way.layout == "store":
        if way.add_up or way.partitions is not None:
            raise ValueError(
                'layout: with "store" nothing is shuffled; leave out add_up and partitions, or say '
                'layout="any"'
            )
        return flows
    if way.partitions is not None and (not isinstance(way.partitions, int) or way.partitions < 1):
        raise ValueError(f"partitions: a number of at least 1 is wanted, and this is {way.partitions!r}")
    if way.add_up:
        flows = _added_up(flows)
    # By keys, never dealt out in turn: a task that is done again has to get the same rows.
    number = way.partitions or _partitions(flows.sparkSession)
    return flows.repartition(number, "year", "product").sortWithinPartitions("year", "product")


def _partitions(spark: SparkSession) -> int:
    try:
        return max(_TASKS_A_CORE * spark.sparkContext.defaultParallelism, 1)
    except Exception:
        # Spark Connect does not tell.
        return int(spark.conf.get("spark.sql.shuffle.partitions", "200") or 200)


def _added_up(flows: DataFrame) -> DataFrame:
    """One row a pair, whatever the order of its rows; what is wrong is left for the engine to refuse."""
    from pyspark.sql import functions as F

    value = F.col("value")
    number = value.cast("double")
    exact = dict(flows.dtypes)["value"] not in ("float", "double")
    total = F.sum(value if exact else number.try_cast("decimal(38,12)")).cast("double")
    least, most, rows = F.min(number), F.max(number), F.count(F.lit(1))
    added = (
        F.when(F.count(value) < rows, F.lit(None).cast("double"))
        .when(F.isnan(most) | (most >= _BEYOND_DECIMAL), F.sum(number))
        .when((least < 0) | (rows == 1), least)
        .otherwise(total)
    )
    return flows.groupBy("year", "product", "exporter", "importer").agg(added.alias("value"))
