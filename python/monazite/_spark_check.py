"""Whether results hold every product-year of a table once, and whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from monazite._errors import InputError, MonaziteError
from monazite._spark_columns import flows_of, is_traded, product_text, year_number
from monazite._spark_errors import as_raised

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

# Sums of doubles in another order differ by less; a lost flow that is worth less than this is not seen.
TOLERANCE = 1e-9
_NAMED = 10


class Verified(NamedTuple):
    """What was counted: product-years with trade, and rows of the result."""

    product_years: int
    rows: int


class VerificationError(MonaziteError):
    """A result does not hold every product-year once and whole.

    ``lost``, ``doubled``, ``torn``, ``unknown`` and ``differing`` have the (year, product) of each.
    """

    def __init__(self, message: str, found: Mapping[str, list[tuple[int, str]]] | None = None) -> None:
        super().__init__(message, found)
        found = found or {}
        self.lost = found.get("lost", [])
        self.doubled = found.get("doubled", [])
        self.torn = found.get("torn", [])
        self.unknown = found.get("unknown", [])
        self.differing = found.get("differing", [])

    def __str__(self) -> str:
        return str(self.args[0])


_WORDS = {
    "lost": "in the flows and not in the result",
    "doubled": "in the result more than once",
    "torn": "computed in parts, each without the rest of its flows",
    "unknown": "in the result and not in the flows",
    "differing": "with other imports or exports than the flows",
}


# What makes a row of a result unique, beside product and year: the first of these that it has.
_ROWS_OF = (("country", "reading"), ("importer", "supplier"), ("importer", "origin"), ("country",))


def verify(
    source: DataFrame,
    result: DataFrame,
    columns: Mapping[str, str] | None,
    country_codes: Mapping[int, str] | None,
    values: bool,
) -> Verified:
    """Compares a result with the flows that it was computed from; one pass over each."""
    from pyspark.sql import functions as F

    joined = _of_source(source, columns, country_codes).join(
        _of_result(result, values), ["year", "product"], "full_outer"
    )
    # A product-year need not have rows where small ones are left out.
    kind = _kind(values, complete="country" in result.columns)
    listed = F.sort_array(F.collect_list(F.when(F.col("kind") != "right", F.struct("year", "product"))))
    with as_raised():
        found = (
            joined.withColumn("kind", kind)
            .groupBy("kind")
            .agg(F.count(F.lit(1)).alias("count"), F.sum("rows").alias("rows"), listed.alias("listed"))
            .collect()
        )
    right = [row for row in found if row["kind"] == "right"]
    wrong = {
        row["kind"]: [(at["year"], at["product"]) for at in row["listed"]]
        for row in found
        if row["kind"] != "right"
    }
    if wrong:
        raise VerificationError(_message(wrong, sum(row["count"] for row in found)), wrong)
    if not right:
        raise InputError("there is no flow in the table", file="flows")
    return Verified(right[0]["count"], right[0]["rows"] or 0)


def _of_source(
    source: DataFrame, columns: Mapping[str, str] | None, country_codes: Mapping[int, str] | None
) -> DataFrame:
    """By product-year: the value of its trade."""
    from pyspark.sql import functions as F

    flows = flows_of(source, columns)
    return (
        flows.filter(is_traded(flows, country_codes))
        .groupBy(year_number(flows).alias("year"), product_text(flows).alias("product"))
        .agg(F.sum(F.col("value").cast("double")).alias("value"))
    )


def _of_result(result: DataFrame, values: bool) -> DataFrame:
    """By product-year: rows, how often the same one comes, and what was imported and exported."""
    from pyspark.sql import functions as F

    unique = next((list(names) for names in _ROWS_OF if set(names) <= set(result.columns)), ["country"])
    sums = ["imports", "exports"] if values else []
    needed = ["year", "product", *unique, *sums]
    lacking = [name for name in needed if name not in result.columns]
    if lacking:
        raise InputError(
            f"result: there is no column {lacking[0]}; the table has {', '.join(result.columns)}; what is to "
            f"be verified needs {', '.join(needed)}" + (", or values=False" if values else ""),
            file="result",
            column=lacking[0],
        )
    by_row = result.groupBy("year", "product", *unique).agg(
        F.count(F.lit(1)).alias("times"), *(F.sum(name).alias(name) for name in sums)
    )
    return by_row.groupBy(F.col("year").cast("int").alias("year"), "product").agg(
        F.sum("times").alias("rows"),
        F.min("times").alias("fewest"),
        F.max("times").alias("most"),
        *(F.sum(name).alias(name) for name in sums),
    )


def _kind(values: bool, complete: bool) -> Column:
    from pyspark.sql import functions as F

    def is_off(times: Column) -> Column:
        wanted = F.col("value") * times
        return ~(F.abs(F.col("imports") - wanted) <= wanted * TOLERANCE) | ~(
            F.abs(F.col("exports") - wanted) <= wanted * TOLERANCE
        )

    alike = F.col("fewest") == F.col("most")
    several = F.col("most") > 1
    kind = F.when(F.col("rows").isNull(), "lost" if complete else "right").when(
        F.col("value").isNull(), "unknown"
    )
    if not values:
        # Without sums, what came several times over came alike, or did not.
        return kind.when(several & alike, "doubled").when(several, "torn").otherwise("right")
    kind = kind.when(several & alike & ~is_off(F.col("most")), "doubled").when(several, "torn")
    return kind.when(is_off(F.lit(1)), "differing").otherwise("right")


def _message(wrong: Mapping[str, list[tuple[int, str]]], count: int) -> str:
    parts = []
    for kind, words in _WORDS.items():
        at = wrong.get(kind)
        if not at:
            continue
        named = ", ".join(f"{product} in {year}" for year, product in at[:_NAMED])
        more = f" and {len(at) - _NAMED:,} more" if len(at) > _NAMED else ""
        parts.append(f"{len(at):,} {words} ({named}{more})")
    return f"of {count:,} product-years are " + "; ".join(parts)
