"""A store as other programs see it: DuckDB, polars, pandas and pyarrow must agree on rows, kinds, order and sums, and with each file's checksum.

    python reference/check_store.py STORE

Needs duckdb, polars, pandas, pyarrow. Ends with an error if anything differs.
"""
import hashlib, sys, tomllib
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow.dataset as ds
import pyarrow.parquet as pq

store = Path(sys.argv[1])
text = (store / "store.toml").read_bytes()
above, last = text.rstrip(b"\n").rsplit(b"\n", 1)
assert last.split()[-1].decode() == hashlib.sha256(above + b"\n").hexdigest(), "store.toml"
manifest = tomllib.loads(text.decode())
for year in manifest["years"]:
    for role in ("flows", "index", "pages", "margins"):
        path = store / role / f"{year['name']}.parquet"
        assert hashlib.sha256(path.read_bytes()).hexdigest() == year[f"{role}_sha256"], path
files = [str(store / "flows" / f"{year['name']}.parquet") for year in manifest["years"]]
folder = str(store / "flows")
rows = sum(year["flows"] for year in manifest["years"])

kinds = {"year": "int32", "product": "string", "exporter": "int16", "importer": "int16", "value_usd": "int64", "quantity_kg": "int64",
         "value_exact": "double", "quantity_exact": "double"}
for path in files:
    file = pq.ParquetFile(path)
    assert {f.name: str(f.type) for f in file.schema_arrow} == kinds, file.schema_arrow
    last = ""
    for group in range(file.metadata.num_row_groups):
        names = [file.schema_arrow.names[c.column_index] for c in file.metadata.row_group(group).sorting_columns]
        assert names == ["year", "product"], names
        statistics = file.metadata.row_group(group).column(1).statistics
        assert last < statistics.min <= statistics.max, "a row group ends with a product"
        last = statistics.max

usd, kg = {}, {}
table = ds.dataset(folder).to_table()
assert table.num_rows == rows
usd["pyarrow"], kg["pyarrow"] = sum(table["value_usd"].to_pylist()), sum(q for q in table["quantity_kg"].to_pylist() if q is not None)
frame = pd.read_parquet(folder)
assert len(frame) == rows and frame.value_usd.dtype == "int64"
usd["pandas"], kg["pandas"] = int(frame.value_usd.sum()), int(frame.quantity_kg.sum())
for name, source in (("polars, folder", folder), ("polars, list", files)):
    usd[name], kg[name] = pl.scan_parquet(source).select("value_usd", "quantity_kg").sum().collect().row(0)
for name, source in (("DuckDB, glob", f"{folder}/*.parquet"), ("DuckDB, list", files)):
    usd[name], kg[name] = (int(x) for x in duckdb.execute("SELECT sum(value_usd), sum(quantity_kg) FROM read_parquet(?)", [source]).fetchone())
assert len(set(usd.values())) == 1 and len(set(kg.values())) == 1, (usd, kg)

countries = pd.read_csv(store / manifest["codes"] / "countries.csv", keep_default_na=False, dtype=str)
place = {int(code): n for n, codes in enumerate(countries.baci_codes) for code in codes.split()}
value = frame.value_exact.fillna(frame.value_usd / 1000)
for year in manifest["years"]:
    of_year = frame.year == year["year"]
    assert of_year.sum() == year["flows"]
    assert abs(value[of_year].sum() / year["value"] - 1) < 1e-12
    one = frame[of_year]
    order = list(zip(one["product"], one.importer.map(place), one.exporter.map(place)))
    assert all(a < b for a, b in zip(order, order[1:])), "by product, importer and exporter, each pair once"
print(f"{rows:,} rows, {len(files)} years, {usd['pandas']:,} USD: pyarrow, pandas, polars and DuckDB agree, every checksum fits, "
      f"{frame.value_exact.notna().sum():,} values are not whole")
