"""A store of monazite as a DataFrame of Spark."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from typing import TYPE_CHECKING

from monazite._errors import StoreError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_LAST = "# sha256 of the lines above: "
_FORMAT = "2"


def read_store(spark: SparkSession, path: str, numbers: bool) -> DataFrame:
    """The flows of the live files of a store."""
    from pyspark.sql import functions as F

    folder = path.rstrip("/")
    text = _text(spark, f"{folder}/store.toml", path)
    _check(text, path)
    names = re.findall(r'^name = "(\d{4}-[0-9a-f]+)"$', text, re.MULTILINE)
    codes = re.search(r'^codes = "([^"/]+)"$', text, re.MULTILINE)
    if not names or codes is None:
        raise StoreError(f"{path}: store.toml names no files with flows; import the release again", file=path)
    sides = [F.col("exporter"), F.col("importer")]
    if not numbers:
        countries = _countries(_text(spark, f"{folder}/{codes[1]}/countries.csv", path))
        known = F.array(*(F.lit(code) for code in countries))
        # A number that the table does not have is null, and refused when it is computed with; a join would
        # lose the row.
        sides = [F.get(known, side.cast("int")) for side in sides]
    flows = spark.read.parquet(*(f"{folder}/flows/{name}.parquet" for name in names))
    value = F.coalesce(F.col("value_exact"), F.col("value_usd") / F.lit(1000.0))
    quantity = F.coalesce(F.col("quantity_exact"), F.col("quantity_kg") / F.lit(1000.0))
    return flows.select(
        "year",
        "product",
        sides[0].alias("exporter"),
        sides[1].alias("importer"),
        value.alias("value"),
        quantity.alias("quantity"),
    )


def _text(spark: SparkSession, file: str, store: str) -> str:
    from pyspark.errors import AnalysisException

    try:
        rows = spark.read.text(file, wholetext=True).collect()
    except AnalysisException as error:
        if "PATH_NOT_FOUND" in str(error):
            raise FileNotFoundError(
                f"{store}: there is no {file.rpartition('/')[2]}, so this is no store; make one with "
                "`monazite import RELEASE --out STORE`, where all nodes see it"
            ) from error
        raise
    return "".join(str(row[0]) for row in rows)


def _check(text: str, path: str) -> None:
    above, mark, said = text.rpartition(_LAST)
    if not mark or hashlib.sha256(above.encode()).hexdigest() != said.strip():
        raise StoreError(
            f"{path}: store.toml is damaged: it is not what its checksum says; import the release again",
            file=path,
        )
    found = re.search(r"^format = (\d+)$", above, re.MULTILINE)
    number = found[1] if found else "unknown"
    if number == "1":
        raise StoreError(
            f"{path}: the store is of format 1; write it anew with `monazite store upgrade {path}`", file=path
        )
    if number != _FORMAT:
        raise StoreError(
            f"{path}: the store is of format {number}, and this version reads format {_FORMAT}", file=path
        )


def _countries(text: str) -> list[str | None]:
    """ISO3 codes by BACI's number."""
    found: dict[int, str] = {}
    for row in csv.DictReader(io.StringIO(text)):
        for number in row["baci_codes"].split():
            found[int(number)] = row["iso3"]
    return [found.get(number) for number in range(max(found, default=0) + 1)]
