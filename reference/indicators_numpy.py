"""An independent computation of the indicators of the example study, with numpy and dense matrices.

    python reference/indicators_numpy.py            compare with runs/example, cell by cell
    python reference/indicators_numpy.py --write    and write reference/values/example_indicators.csv

Reads the flows straight from the store's Parquet files and the PV file with pandas, and shares nothing with the engine
but the definitions (docs/methods): for every product-year a dense 230 x 230 system, numpy.linalg.inv for L, sums
over its rows and columns. The written file has one row a product-year and indicator: the number of defined values and three projections
of them (sums with weights 1, cos(n) and cos(2n), n the rank of the country's code), so that a change
of any one value shows. `cargo test` compares the engine with that file; no Python is needed there.
"""
import argparse, glob, sys
from pathlib import Path
import numpy as np
import pandas as pd

root = Path(__file__).resolve().parent.parent
ap = argparse.ArgumentParser()
ap.add_argument("--run", default=root / "runs/example")
ap.add_argument("--write", action="store_true")
args = ap.parse_args()

store = root / "data/baci-hs92-raw-materials"
countries = pd.read_csv(glob.glob(str(store / "codes-*/countries.csv"))[0], keep_default_na=False)
iso3_of = {int(code): row.iso3 for row in countries.itertuples() for code in str(row.baci_codes).split()}
flows = pd.concat(pd.read_parquet(f) for f in sorted(glob.glob(str(store / "flows/*.parquet"))))
flows["value"] = flows.value_exact.fillna(flows.value_usd / 1000)
flows["a"] = flows.exporter.map(iso3_of)
flows["c"] = flows.importer.map(iso3_of)
codes = sorted(set(flows.a) | set(flows.c))
place = {code: n for n, code in enumerate(codes)}
n = len(codes)
years = sorted(flows.year.unique())

# PV: percentile rank; linear between published years, nearest outside, 50 where never covered.
wgi = pd.read_csv(root / "data/wgi/wgi_pv_1996_2023.csv", keep_default_na=False)
wgi["pctrank"] = pd.to_numeric(wgi.pctrank, errors="coerce")
pv = {}
for code in codes:
    own = wgi[(wgi.iso3 == code) & wgi.pctrank.notna()].sort_values("year")
    for year in years:
        pv[year, code] = np.interp(year, own.year, own.pctrank) if len(own) else 50.0

totals = pd.read_csv(root / "data/totals/exports_by_country_year.csv", keep_default_na=False)
exports_of = {(r.year, r.iso3): r.exports for r in totals.itertuples()}
world_of = totals.groupby("year").exports.sum()
active = {year: {*g.a, *g.c} for year, g in flows.groupby("year")}

rows = []
for (product, year), g in flows.groupby(["product", "year"]):
    T = np.zeros((n, n))
    np.add.at(T, (g.a.map(place).values, g.c.map(place).values), g.value.values)
    np.fill_diagonal(T, 0)
    M, X = T.sum(0), T.sum(1)
    share = np.divide(T, M, out=np.zeros_like(T), where=M > 0)
    w = np.array([1 - pv[year, code] / 100 for code in codes])
    L = np.linalg.inv(np.eye(n) - w[:, None] * share)
    traded = (M > 0) | (X > 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        exposure = np.where(traded, M / (M + X), np.nan)
        hhi = np.where(M > 0, (share ** 2).sum(0), np.nan)
        largest = np.where(M > 0, share.max(0), np.nan)
    str_ = np.where(traded, L.sum(0), np.nan)
    influence = np.where(traded, L.sum(1) - np.diag(L), np.nan)
    rca = np.array([
        (X[i] / exports_of[year, code]) / (X.sum() / world_of[year]) if (year, code) in exports_of else np.nan
        for i, code in enumerate(codes)
    ])
    for i, code in enumerate(codes):
        if code in active[year]:
            rows.append((product, year, code, M[i], X[i], exposure[i], hhi[i], str_[i], influence[i], rca[i], largest[i]))
names = ["imports", "exports", "exposure", "hhi", "str", "influence", "rca", "largest_supplier_share"]
reference = pd.DataFrame(rows, columns=["product", "year", "country", *names])

run = pd.read_parquet(Path(args.run) / "indicators.parquet")
# Product-years without any trade have rows in the panel but no group here: all their indicators must be missing.
merged = run.merge(reference, on=["product", "year", "country"], how="outer", suffixes=("", "_ref"), indicator=True)
assert (merged._merge != "right_only").all(), "rows are missing from the run"
alone = merged[merged._merge == "left_only"]
assert (alone.imports == 0).all() and alone[["exposure", "hhi", "str", "influence", "rca"]].isna().all().all()
both = merged[merged._merge == "both"]
print(f"{len(both):,} country-product-years in {reference.groupby(['product', 'year']).ngroups:,} product-years")
worst = 0.0
for name in names:
    a, b = both[name].to_numpy(), both[name + "_ref"].to_numpy()
    assert (np.isnan(a) == np.isnan(b)).all(), f"{name}: defined in one and not in the other"
    difference = np.nanmax(np.abs(a - b) / np.maximum(1, np.abs(b)))
    worst = max(worst, difference)
    print(f"  {name:10} {np.isfinite(b).sum():8,} values, largest relative difference {difference:.1e}")
assert worst < 1e-9

# The composite, from the whole panel, with a plain singular value decomposition.
Z = reference[["exposure", "hhi", "str"]].dropna()
Z = (Z - Z.mean()) / Z.std(ddof=1)
_, s, vt = np.linalg.svd(Z.to_numpy(), full_matrices=False)
loading = vt[0] * np.sign(vt[0].sum())
composite = pd.read_csv(Path(args.run) / "composite.csv")
print("  composite loadings", loading, "explained", s[0] ** 2 / (s ** 2).sum())
assert np.allclose(composite.loading, loading, atol=1e-9)
assert np.allclose(composite.explained_variance, s[0] ** 2 / (s ** 2).sum(), atol=1e-9)
pc1 = run.dropna(subset=["exposure", "hhi", "str"])
score = ((pc1[["exposure", "hhi", "str"]] - composite["mean"].values) / composite.sd.values) @ loading
assert np.allclose(pc1.pc1, score, atol=1e-8)

if args.write:
    out = root / "reference/values/example_indicators.csv"
    out.parent.mkdir(exist_ok=True)
    rank = reference.country.map(place).to_numpy()
    with open(out, "w") as f:
        f.write("product,year,indicator,defined,sum,cos_1,cos_2\n")
        for (product, year), g in reference.groupby(["product", "year"]):
            for name in ["exposure", "hhi", "str", "influence", "rca"]:
                v, k = g[name].to_numpy(), rank[g.index]
                d = np.isfinite(v)
                f.write(f"{product},{year},{name},{d.sum()},{v[d].sum():.15g},{(v * np.cos(k))[d].sum():.15g},{(v * np.cos(2 * k))[d].sum():.15g}\n")
    print("wrote", out.relative_to(root))
print("the engine and numpy agree")
