"""Profiles of 168 products x 17 years x 230 countries, side by side with pandas.

    python bench/profiles.py [--runs 5]

Makes a run folder of that size in a temporary folder, lets both sides read it and make the 16 features, compares all values, and prints CPU
seconds (user + system): for pandas of reading and grouping, without its import; for monazite of the whole process. Needs
`cargo build --release --examples` and Python with pandas and pyarrow.
"""
import argparse, os, statistics, subprocess, tempfile
from pathlib import Path

import numpy as np
import pandas as pd

root = Path(__file__).resolve().parent.parent
ap = argparse.ArgumentParser()
ap.add_argument("--runs", type=int, default=5)
a = ap.parse_args()
driver = root / "target/release/examples/typology"
run = Path(tempfile.mkdtemp())


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
    d["year"] = d["year"].astype("int32")
    d.to_parquet(run / "indicators.parquet", index=False, compression="zstd", row_group_size=48_000)
    (run / "chain").mkdir()
    pd.DataFrame({"product": codes, "description": "", "tier": tier}).to_csv(run / "chain/nodes.csv", index=False)
    inputs = [(c, p) for c in iso3 for p in np.array(codes)[r.random(products) < 0.2]]
    pd.DataFrame(inputs, columns=["country", "product"]).to_csv(run / "inputs.csv", index=False)
    (run / "study.toml").write_text('[study]\nseeds = ["280000"]\n[data]\ntrade = "x"\ngovernance = "y"\n')


def with_pandas():
    d = pd.read_parquet(run / "indicators.parquet", columns=["year", "product", "country", "imports", "exports", "exposure", "hhi", "str", "influence", "pc1"])
    tier = pd.read_csv(run / "chain/nodes.csv", dtype={"product": str}).set_index("product")["tier"]
    inputs = pd.read_csv(run / "inputs.csv", dtype=str)
    for key in ("product", "country"):
        d[key] = d[key].astype("category")
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
    return pd.DataFrame(out)


def ours():
    process = subprocess.Popen([str(driver), "profiles", str(run), str(run / "out.csv")], stdout=subprocess.PIPE)
    said = process.stdout.read().decode().strip()
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0
    return usage.ru_utime + usage.ru_stime, said


def cpu():
    t = os.times()
    return t.user + t.system


make()
theirs = with_pandas()
ours()
pairs = []
for _ in range(a.runs):
    own, said = ours()
    start = cpu()
    with_pandas()
    pairs.append((own, cpu() - start))
found = pd.read_csv(run / "out.csv", dtype={"country": str}).set_index(["year", "country"]).sort_index()
theirs = theirs.sort_index()
theirs.index = theirs.index.set_levels(theirs.index.levels[1].astype(str), level=1)
assert list(found.index) == list(theirs.index)
worst = max((found[c] - theirs[c]).abs().max() for c in theirs)
assert found.isna().sum().sum() == theirs[found.columns].isna().sum().sum()
ratios = [p[1] / p[0] for p in pairs]
print(f"{said}\nCPU s {statistics.median(p[0] for p in pairs):.3f} (pandas {statistics.median(p[1] for p in pairs):.3f}), {statistics.median(ratios):.1f} times less "
      f"({min(ratios):.1f} to {max(ratios):.1f}); largest difference {worst:.1e} over {found.notna().sum().sum()} values")
