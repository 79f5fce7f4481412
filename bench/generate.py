"""A synthetic BACI release in the layout of CEPII, skewed as real trade is. For benchmarks; every number in it is made up.

    python bench/generate.py --out bench/data/year   --rows 9e6                                         one full year
    python bench/generate.py --out bench/data/panel  --rows 9e6 --only-products 168 --years 2007-2023   a value chain

Writes BACI_HS07_Y<year>_V202501.csv (t,i,j,k,v,q; k zero-padded, q sometimes NA), country_codes_V202501.csv,
product_codes_HS07_V202501.csv, wgi_pv.csv (iso3, year, pv_rank), study.toml, and for the Python baselines the same rows as
baci_Y<year>.parquet in a folder beside it, OUT-parquet (in OUT they would be the same year twice). A flow
exists with a probability that follows the fit of the exporter's capability, both countries' size and distance, so few countries export complex
goods and nearly all import them. The same seed gives the same rows.
"""
import argparse, os
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pc

ap = argparse.ArgumentParser()
ap.add_argument("--out", required=True)
ap.add_argument("--countries", type=int, default=230)
ap.add_argument("--products", type=int, default=5000)
ap.add_argument("--rows", type=float, default=9e6, help="rows a year if all products are written")
ap.add_argument("--years", default="2023-2023")
ap.add_argument("--only-products", type=int, default=0, help="write the first N products only")
ap.add_argument("--seed", type=int, default=7)
a = ap.parse_args()
os.makedirs(a.out, exist_ok=True)
rng = np.random.default_rng(a.seed)
C, P = a.countries, a.products
first, last = (int(x) for x in a.years.split("-"))

codes = np.sort(rng.choice(np.setdiff1d(np.arange(4, 895), [490]), C, replace=False))  # 490 is Taiwan, by rule
iso3 = ["X" + chr(65 + n // 26) + chr(65 + n % 26) for n in range(C)]  # codes that ISO leaves to users
pd.DataFrame({"country_code": codes, "country_name": [f"Country {s}" for s in iso3], "country_iso2": [s[:2] for s in iso3],
              "country_iso3": iso3}).to_csv(f"{a.out}/country_codes_V202501.csv", index=False)
seeds = np.array([280530, 284610, 284690])
others = rng.choice(np.setdiff1d(np.arange(10111, 970691), seeds), P - 3, replace=False)
hs = np.r_[seeds, np.sort(others)]
pd.DataFrame({"code": [f"{k:06d}" for k in hs], "description": [f"Synthetic product {k:06d}" for k in hs]}).to_csv(
    f"{a.out}/product_codes_HS07_V202501.csv", index=False)

size = rng.lognormal(0, 1.9, C)
size /= size.sum()
capability = np.argsort(np.argsort(size)) / C * 0.6 + rng.random(C) * 0.4
complexity, product_size = rng.beta(2, 2, P), rng.lognormal(0, 1.5, P)
where = rng.random((C, 2))
distance = np.sqrt(((where[:, None] - where[None]) ** 2).sum(-1)) + 0.05
i, j = np.nonzero(~np.eye(C, dtype=bool))
pull = 0.85 * np.log(size)[j] - 0.9 * np.log(distance)[i, j]
flows = product_size ** 0.45
flows *= a.rows / flows.sum()
pv = np.clip(100 * (0.2 + 0.6 * capability + rng.normal(0, 0.18, C)), 0.5, 99.5)
ranks = []
for year in range(first, last + 1):
    this = np.clip(pv + rng.normal(0, 3, C), 0.5, 99.5)
    ranks += [(iso3[c], year, round(float(this[c]), 4)) for c in range(C) if c % 23 != 5]
pd.DataFrame(ranks, columns=["iso3", "year", "pv_rank"]).to_csv(f"{a.out}/wgi_pv.csv", index=False)
with open(f"{a.out}/SYNTHETIC.md", "w") as f:
    f.write("# SYNTHETIC: made up for benchmarks; no number here is about the real world.\n")
with open(f"{a.out}/study.toml", "w") as f:
    f.write('[study]\nname = "Synthetic benchmark"\nseeds = ["280530", "284610", "284690"]\nproducts = "all"\n'
            '[data]\ntrade = "."\nstore = "store"\ngovernance = "wgi_pv.csv"\n[trade]\nhubs = []\n'
            '[indicators]\ndependencies = "none"\ndecomposition = "none"\n')

for year in range(first, last + 1):
    r = np.random.default_rng(a.seed * 100003 + year)
    parts = []
    for p in range(a.only_products or P):
        fit = -9 * np.maximum(complexity[p] - capability, 0) + r.normal(0, 1.1, C) + np.log(size)
        strength = np.exp(s := fit[i] + pull - (fit[i] + pull).max())
        wanted = min(flows[p], 0.8 * len(i))
        low, high = 0.0, 60.0
        for _ in range(30):
            middle = (low + high) / 2
            if (1 - np.exp(-np.exp(middle) * strength)).sum() < wanted:
                low = middle
            else:
                high = middle
        on = r.random(len(i)) < 1 - np.exp(-np.exp(high) * strength)
        n = int(on.sum())
        if n == 0:
            continue
        v = np.round(np.maximum(strength[on] / strength[on].sum() * product_size[p] * 4e5 * r.lognormal(0, 1.2, n), 0.001), 3)
        q = np.round(v / np.exp(r.normal(1 + 3 * complexity[p], 0.5, n)), 3)
        q[r.random(n) < 0.03] = np.nan
        parts.append(pd.DataFrame({"t": np.int16(year), "i": codes[i[on]].astype("int16"), "j": codes[j[on]].astype("int16"),
                                   "k": np.int32(hs[p]), "v": v, "q": q}))
    d = pd.concat(parts).sort_values(["i", "j", "k"], kind="stable", ignore_index=True)
    os.makedirs(f"{a.out}-parquet", exist_ok=True)
    d.to_parquet(f"{a.out}-parquet/baci_Y{year}.parquet", compression="zstd", index=False)
    d["k"] = d.k.map("{:06d}".format)
    d["q"] = d.q.map(lambda x: "NA" if x != x else f"{x:.3f}")
    with open(f"{a.out}/BACI_HS07_Y{year}_V202501.csv", "wb") as f:
        f.write(b"t,i,j,k,v,q\n")
        pc.write_csv(pa.Table.from_pandas(d, preserve_index=False), f, pc.WriteOptions(include_header=False, quoting_style="none"))
    print(year, f"{len(d):,} rows", flush=True)
