"""Profiles of 168 products x 17 years x 230 countries, side by side with pandas.

    python bench/profiles.py [--runs 5]

Makes a run folder of that size in a temporary folder, lets both sides read it and make the 16 features on one thread, compares all values,
and prints CPU seconds: of the making alone (for pandas the group-bys), and of reading and making (for monazite the whole process, writing included; for pandas
without its import). Needs `cargo build --release --examples` and Python with pandas and pyarrow.
"""
import argparse, os, re, statistics, subprocess, tempfile, time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

root = Path(__file__).resolve().parent.parent
ap = argparse.ArgumentParser()
ap.add_argument("--runs", type=int, default=5)
a = ap.parse_args()
driver = root / "target/release/examples/typology"
run = Path(tempfile.mkdtemp())


def cpu():
    return time.process_time()


def make(products=168, years=17, countries=230):
    r = np.random.default_rng(3)
    codes = [f"{280000 + 17 * n:06d}" for n in range(products)]
    iso3 = sorted({f"{chr(65 + n // 26 % 26)}{chr(65 + n % 26)}{chr(65 + n // 7 % 26)}" for n in range(countries)})
    tier = np.minimum(r.integers(0, 5, products), np.arange(products))
    index = pd.MultiIndex.from_product([codes, range(2007, 2007 + years), iso3], names=["product", "year", "country"])
    d = pd.DataFrame(index=index).reset_index()[["year", "product", "country"]]
    n = len(d)
    imports = np.where(r.random(n) < 0.8, r.lognormal(3, 3, n), 0.0)
    exports = np.where(r.random(n) < 0.5, r.lognormal(3, 3, n), 0.0)
    d["imports"], d["exports"] = imports, exports
    traded, bought = imports + exports > 0, imports > 0
    d["exposure"] = np.where(traded, imports / np.where(traded, imports + exports, 1), np.nan)
    d["hhi"] = np.where(bought, r.random(n), np.nan)
    d["str"] = np.where(traded, 1 + r.random(n), np.nan)
    d["influence"] = np.where(traded, r.random(n), np.nan)
    d["rca"] = np.where(exports > 0, r.lognormal(0, 1, n), 0.0)
    d["pc1"] = np.where(bought, r.normal(size=n), np.nan)
    d["hhi_normalised"] = d["hhi"]
    d["str_indirect"] = np.where(traded, r.random(n), np.nan)
    d["str_direct"] = d["str"] - d["str_indirect"]
    d["year"] = d["year"].astype("int32")
    table = pa.Table.from_pandas(d, preserve_index=False)
    never_missing = ("year", "product", "country", "imports", "exports")
    table = table.cast(pa.schema([f.with_nullable(f.name not in never_missing).with_metadata(None) for f in table.schema]))
    pq.write_table(table, run / "indicators.parquet", compression="zstd", row_group_size=48_000)
    (run / "chain").mkdir()
    pd.DataFrame({"product": codes, "description": "", "tier": tier}).to_csv(run / "chain/nodes.csv", index=False)
    inputs = [(c, p) for c in iso3 for p in np.array(codes)[r.random(products) < 0.2]]
    pd.DataFrame(inputs, columns=["country", "product"]).to_csv(run / "inputs.csv", index=False)
    (run / "study.toml").write_text('[study]\nseeds = ["280000"]\n[data]\ntrade = "x"\ngovernance = "y"\n')


def with_pandas():
    start = cpu()
    d = pd.read_parquet(run / "indicators.parquet", columns=["year", "product", "country", "imports", "exports", "exposure", "hhi", "str", "influence", "pc1"])
    tier = pd.read_csv(run / "chain/nodes.csv", dtype={"product": str}).set_index("product")["tier"]
    inputs = pd.read_csv(run / "inputs.csv", dtype=str)
    for key in ("product", "country"):
        d[key] = d[key].astype("category")
    read = cpu() - start
    d["w"] = d["imports"] + d["exports"]
    d = d[d["w"] > 0]
    d["tier"] = d["product"].map(tier).astype("int8")
    table = pd.crosstab(inputs["product"], inputs["country"]).reindex(index=d["product"].cat.categories, columns=d["country"].cat.categories, fill_value=0).to_numpy() > 0
    d["own"] = table[d["product"].cat.codes, d["country"].cat.codes]
    out = {}
    for name, part in (("all", d), ("inputs", d[d["own"]])):
        for indicator in ("exposure", "hhi", "str"):
            x = part[part[indicator].notna()]
            g = x.assign(v=x["w"] * x[indicator]).groupby(["year", "country"], observed=True)[["v", "w"]].sum()
            out[f"{indicator}_{name}"] = g["v"] / g["w"]
    for indicator in ("pc1", "influence"):
        x = d[d[indicator].notna()]
        g = x.assign(v=x["w"] * x[indicator]).groupby(["year", "country", "tier"], observed=True)[["v", "w"]].sum()
        m = (g["v"] / g["w"]).unstack("tier")
        for t in m.columns:
            out[f"{indicator}_tier{t}"] = m[t]
    return pd.DataFrame(out), cpu() - start - read, cpu() - start


def ours():
    process = subprocess.Popen([str(driver), "profiles", str(run), str(run / "out.csv")], stdout=subprocess.PIPE, env={**os.environ, "RAYON_NUM_THREADS": "1"})
    said = process.stdout.read().decode().strip()
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0
    return float(re.search(r"made in ([0-9.]+) s", said)[1]), usage.ru_utime + usage.ru_stime, said


make()
theirs, *_ = with_pandas()
ours()
rows = []
for _ in range(a.runs):
    made, whole, said = ours()
    _, group_bys, other = with_pandas()
    rows.append((made, group_bys, whole, other))
found = pd.read_csv(run / "out.csv", dtype={"country": str}).set_index(["year", "country"]).sort_index()
theirs = theirs.sort_index()
theirs.index = theirs.index.set_levels(theirs.index.levels[1].astype(str), level=1)
assert list(found.index) == list(theirs.index)
worst = max((found[c] - theirs[c]).abs().max() for c in theirs)
assert found.isna().sum().sum() == theirs[found.columns].isna().sum().sum()
print(f"{said}; largest difference {worst:.1e} over {found.notna().sum().sum()} values")
for name, own, other in (("making", 0, 1), ("reading and making", 2, 3)):
    ratios = [r[other] / r[own] for r in rows]
    print(f"{name}: CPU s {statistics.median(r[own] for r in rows):.3f} (pandas {statistics.median(r[other] for r in rows):.3f}), "
          f"{statistics.median(ratios):.1f} times less ({min(ratios):.1f} to {max(ratios):.1f})")
