"""The columns of a DataFrame of Spark, found by the names that the other functions know them by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from monazite._errors import InputError

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

NEEDED: dict[str, tuple[str, ...]] = {
    "year": ("t", "period", "refyear"),
    "product": ("k", "hs6", "cmdcode", "product_code"),
    "exporter": ("i", "exporter_iso3", "exporter_id"),
    "importer": ("j", "importer_iso3", "importer_id"),
    "value": ("v",),
}
_WHOLE = ("tinyint", "smallint", "int", "bigint")


def is_dataframe(thing: Any) -> bool:
    """Whether it is a DataFrame of Spark, of a session here or of Spark Connect."""
    return type(thing).__module__.startswith("pyspark.sql") and hasattr(thing, "mapInArrow")


def dataframe(thing: Any, what: str) -> DataFrame:
    """The DataFrame that was given; TypeError if it is none."""
    if not is_dataframe(thing):
        kind = f"{type(thing).__module__}.{type(thing).__name__}".removeprefix("builtins.")
        raise TypeError(
            f"{what}: a DataFrame of Spark is wanted, and this is {kind}; for tables in memory there are the "
            "functions of monazite itself, or make one with spark.createDataFrame"
        )
    return thing


def flows_of(df: DataFrame, columns: Mapping[str, str] | None) -> DataFrame:
    """The columns that are needed, under their own names, and no others."""
    from pyspark.sql import functions as F

    said = dict(columns or {})
    unknown = sorted(set(said) - set(NEEDED))
    if unknown:
        raise ValueError(f"columns: there is no {unknown[0]}; there are {', '.join(NEEDED)}")
    found = {wanted: _find(df, wanted, said.get(wanted)) for wanted in NEEDED}
    kinds = dict(df.dtypes)
    for wanted, name in found.items():
        _check_kind(wanted, name, kinds[name])
    return df.select(*(F.col(f"`{name}`").alias(wanted) for wanted, name in found.items()))


def _find(df: DataFrame, wanted: str, said: str | None) -> str:
    names = df.columns
    if said is not None:
        found = [name for name in names if name == said]
    else:
        found = [name for name in names if name.lower() == wanted]
        found = found or [name for name in names if name.lower() in NEEDED[wanted]]
    if not found:
        advice = "" if said is not None else f'; say which it is with columns={{"{wanted}": ...}}'
        has = ", ".join(names) or "none"
        raise InputError(
            f"flows: there is no column {said or wanted}; the table has {has}{advice}",
            file="flows",
            column=said or wanted,
        )
    if len(found) > 1:
        raise InputError(
            f"flows: several columns may be {wanted}: {', '.join(found)}; "
            f'say which it is with columns={{"{wanted}": ...}}',
            file="flows",
        )
    return found[0]


def _check_kind(wanted: str, name: str, kind: str) -> None:
    number = kind in (*_WHOLE, "float", "double")
    text = kind == "string" or kind.startswith(("varchar", "char"))
    if wanted == "value":
        fits, words = number or kind.startswith("decimal"), "numbers are wanted"
    elif wanted == "year":
        fits, words = number or text, "whole numbers are wanted"
    else:
        fits, words = number or text, "codes are wanted, texts or whole numbers"
    if not fits:
        raise InputError(f"flows: column {name}: {words}, and it has {kind}", file="flows", column=name)


def year_number(flows: DataFrame) -> Column:
    """The year as the results have it."""
    from pyspark.sql import functions as F

    return F.col("year").cast("int")


def product_text(flows: DataFrame) -> Column:
    """The product as the results have it: six digits, with the zero that a number cannot have in front."""
    from pyspark.sql import functions as F

    kind = dict(flows.dtypes)["product"]
    if kind.startswith(("string", "varchar", "char")):
        return F.col("product")
    text = F.col("product").cast("bigint").cast("string")
    return F.when(F.length(text) == 5, F.concat(F.lit("0"), text)).otherwise(text)


def is_traded(flows: DataFrame, names: Mapping[int, str] | None) -> Column:
    """Whether a row is trade: above zero, and not of a country with itself."""
    from pyspark.sql import functions as F

    same = F.col("exporter") == F.col("importer")
    by_name: dict[str, list[int]] = {}
    for number, name in (names or {}).items():
        by_name.setdefault(name, []).append(number)
    for numbers in by_name.values():
        if len(numbers) > 1:
            same = same | (F.col("exporter").isin(numbers) & F.col("importer").isin(numbers))
    return (F.col("value") > 0) & ~same
