"""Small trade tables as other programs write them: the files in crates/monazite/tests/data/foreign.

    python reference/foreign_tables.py crates/monazite/tests/data/foreign

Needs pyarrow, pandas, polars, duckdb and fastparquet. The tests hold what is read against the rows below, which stand in
crates/monazite/tests/foreign_tables.rs a second time. Files of other versions of these libraries differ in their bytes, not in their rows.
"""

import datetime
import decimal
import shutil
import sys
import warnings
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

warnings.simplefilter("ignore")
out = Path(sys.argv[1])
shutil.rmtree(out, ignore_errors=True)
out.mkdir(parents=True)

# Columns in an order of their own, one that nobody asks for, text codes and number codes, a quantity that is missing.
rows = {
    "value": [60.0, 30.5, 20.0, 0.001, 7.25, 1e6],
    "exporter": ["CHN", "CHN", "JPN", "USA", None, "CHN"],
    "year": [2019, 2019, 2019, 2020, 2020, 2021],
    "note": ["a", "b", "Côte d'Ivoire", "", "e", None],
    "product": ["284690", "284690", "850511", "030110", "850511", "284690"],
    "importer": [842, 392, 842, 56, 842, 392],
    "quantity": [1.0, None, 3.0, 2.0, None, 12.5],
}
frame = pd.DataFrame(rows)
table = pa.table(rows)


def arrow(name, table=table, **options):
    pq.write_table(table, out / name, store_schema=False, **options)


for codec in ["none", "snappy", "gzip", "brotli", "zstd", "lz4"]:
    frame.to_parquet(out / f"pandas-{codec}.parquet", compression=None if codec == "none" else codec)

arrow("pyarrow-plain.parquet", use_dictionary=False, compression="none", row_group_size=4)
arrow("pyarrow-v2-brotli.parquet", data_page_version="2.0", compression="brotli", row_group_size=2)
arrow("pyarrow-v2-zstd.parquet", data_page_version="2.0", compression="zstd")
arrow(
    "pyarrow-delta.parquet",
    use_dictionary=False,
    compression="snappy",
    version="2.6",
    column_encoding={
        "year": "DELTA_BINARY_PACKED",
        "importer": "DELTA_BINARY_PACKED",
        "exporter": "DELTA_BYTE_ARRAY",
        "product": "DELTA_LENGTH_BYTE_ARRAY",
        "value": "BYTE_STREAM_SPLIT",
        "quantity": "BYTE_STREAM_SPLIT",
    },
)
for engine in ["snappy", "gzip", "zstd"]:
    frame.to_parquet(out / f"fastparquet-{engine}.parquet", engine="fastparquet", compression=engine)

polars = pl.DataFrame(rows)
for codec in ["zstd", "snappy", "lz4", "gzip", "brotli"]:
    polars.write_parquet(out / f"polars-{codec}.parquet", compression=codec)

for codec in ["snappy", "zstd", "gzip", "brotli", "lz4_raw", "uncompressed"]:
    duckdb.sql(f"copy (select * from frame) to '{out}/duckdb-{codec}.parquet' (format parquet, codec '{codec}')")
duckdb.sql(f"copy (select * from frame) to '{out}/duckdb-v2.parquet' (format parquet, codec 'zstd', parquet_version v2)")

# Every type that a column may have.
day, moment = datetime.date(2019, 12, 31), datetime.datetime(2020, 1, 1, 0, 0, 0)
early = datetime.datetime(1969, 12, 31, 23, 59, 59)
types = {
    "int8": pa.array([-1, None], pa.int8()),
    "int16": pa.array([-300, None], pa.int16()),
    "int64": pa.array([-(2**62), None], pa.int64()),
    "uint8": pa.array([200, None], pa.uint8()),
    "uint16": pa.array([60000, None], pa.uint16()),
    "uint32": pa.array([4_000_000_000, None], pa.uint32()),
    "uint64": pa.array([2**62, None], pa.uint64()),
    "half": pa.array(np.array([0.5, np.nan], np.float16), pa.float16()),
    "float": pa.array([0.1, float("nan")], pa.float32()),
    "bool": pa.array([True, None], pa.bool_()),
    "decimal9": pa.array([decimal.Decimal("-1234.567"), None], pa.decimal128(9, 3)),
    "decimal18": pa.array([decimal.Decimal("123456789012.3456"), None], pa.decimal128(18, 4)),
    "decimal38": pa.array([decimal.Decimal("12345678901234567890.123"), None], pa.decimal128(38, 3)),
    "decimal76": pa.array([decimal.Decimal("-0.001"), None], pa.decimal256(76, 3)),
    "decimal0": pa.array([decimal.Decimal("284690"), None], pa.decimal128(38, 0)),
    "date": pa.array([day, None], pa.date32()),
    "ms": pa.array([moment, None], pa.timestamp("ms")),
    "us": pa.array([early, None], pa.timestamp("us", tz="UTC")),
    "ns": pa.array([moment, None], pa.timestamp("ns")),
    "large": pa.array(["x" * 20, None], pa.large_string()),
    "binary": pa.array([b"bytes", None], pa.binary()),
    "fixed": pa.array([b"284690", None], pa.binary(6)),
    "category": pa.array(["CHN", None]).dictionary_encode(),
    "null": pa.nulls(2),
    "time": pa.array([datetime.time(1, 2), None], pa.time64("us")),
    "list": pa.array([[1, 2], None]),
    "struct": pa.array([{"a": 1, "b": "x"}, None]),
    "last": pa.array(["z", "y"]),
}
arrow("types.parquet", pa.table(types), version="2.6")
arrow("decimals-as-integers.parquet", pa.table({k: types[k] for k in ["decimal9", "decimal18"]}), store_decimal_as_integer=True)
arrow("int96.parquet", pa.table({"when": pa.array([moment, None, early], pa.timestamp("ns"))}), use_deprecated_int96_timestamps=True)
required = pa.schema([pa.field("year", pa.int32(), nullable=False), pa.field("exporter", pa.string(), nullable=False)])
arrow("required.parquet", pa.table({"year": [2019, 2020], "exporter": ["CHN", "JPN"]}, schema=required))
arrow("latin-1.parquet", pa.table({"name": pa.array([b"Chad", "Côte".encode("latin-1")], pa.binary())}))
arrow("empty.parquet", table.slice(0, 0))

# A folder with a key in the names of its folders, one of them without a value, as Spark and pyarrow write it.
parts = pa.table({k: rows[k] for k in ["value", "product", "exporter", "year"]})
ds.write_dataset(
    parts,
    out / "hive",
    format="parquet",
    partitioning=ds.partitioning(pa.schema([("year", pa.int64()), ("exporter", pa.string())]), flavor="hive"),
    file_options=ds.ParquetFileFormat().make_write_options(store_schema=False),
)
(out / "hive" / "_SUCCESS").touch()
(out / "hive" / "year=2019" / "._SUCCESS.crc").write_bytes(b"crc\0")
(out / "hive" / "README.txt").write_text("about this table\n")

stata = frame.assign(exporter=frame.exporter.fillna(""), note=frame.note.fillna(""), year=frame.year.astype("int16"))
for version in [114, 117, 118, 119]:
    stata.to_stata(out / f"pandas-{version}.dta", version=version, write_index=False)
stata.to_stata(out / "big-endian.dta", version=118, byteorder="big", write_index=False)
stata.to_stata(out / "strl.dta", version=118, write_index=False, convert_strl=["product", "note"])
more = pd.DataFrame(
    {
        "flow": pd.Categorical(["imports", "exports", "imports", None]),
        "day": pd.to_datetime(["2019-12-31", "2020-01-01", "1959-12-31", None]),
        "a_byte": np.array([1, -2, 3, 100], np.int8),
        "a_float": np.array([0.1, np.nan, 3.0, -1.0], np.float32),
        "a_double": [2019.0, np.nan, 1e300, -0.5],
    }
)
for version in [114, 118]:
    more.to_stata(out / f"labels-{version}.dta", version=version, write_index=False, convert_dates={"day": "td"})

for path in sorted(out.rglob("*")):
    if path.is_file():
        assert path.stat().st_size < 10_000, path
        print(path.relative_to(out), path.stat().st_size)
