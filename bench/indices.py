"""The indices that others publish, of all 5,000 products of a year, beside what one would write with pandas and numpy.

    python bench/generate.py --out bench/data/year --rows 9e6
    cargo run --release -- import bench/data/year --out bench/data/year.store
    cargo build --release --examples
    python bench/indices.py bench/data/year.store bench/data/year-parquet bench/data/year/wgi_pv.csv [--repeat 3]

CPU seconds (user + system), one thread, medians. Ours: from opening the store to the last number (the example measure_indices). pandas: from a table in memory whose codes are read already; group by, merge, and for `worst` a dense
inverse a product-year (reference/indices.py, which is also how a run is checked). All numbers are compared, to 1e-9.

The last line is `monazite indices` as a whole process: GeoPolRisk of ten raw materials and thirty importers in a year of the shipped store, 300 scores.
"""
import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
import argparse, json, resource, statistics, subprocess, sys, tempfile, time
from pathlib import Path

import numpy as np
import pandas as pd

root = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(root / "reference"))
from indices import trade_only

ap = argparse.ArgumentParser()
ap.add_argument("store")
ap.add_argument("parquet")
ap.add_argument("governance")
ap.add_argument("--year", type=int, default=2023)
ap.add_argument("--repeat", type=int, default=3)
ap.add_argument("--target", default=root / "target", type=Path)
a = ap.parse_args()
program = a.target / "release/examples/measure_indices"
LIGHT = "whhi,eu_sr_trade,geopolrisk_trade,ec_flag,geodep"


def ours(indices, *more):
    done = subprocess.run([str(program), a.store, a.governance, str(a.year), indices, *more], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def table():
    """Flows and stability with countries and products as numbers, which pandas groups fastest; and the names of countries."""
    codes = pd.read_csv(f"{Path(a.governance).parent}/country_codes_V202501.csv", keep_default_na=False)
    f = pd.read_parquet(f"{a.parquet}/baci_Y{a.year}.parquet")
    f = pd.DataFrame({"year": a.year, "product": f.k.astype(int), "exporter": f.i, "importer": f.j, "value": f.v})
    pv = pd.read_csv(a.governance, keep_default_na=False).rename(columns={"pv_rank": "pv"})
    pv = codes.merge(pv[pv.year == a.year], left_on="country_iso3", right_on="iso3", how="left").fillna({"pv": 50})
    return f, pv.assign(year=a.year).rename(columns={"country_code": "country"})[["year", "country", "pv"]], dict(zip(codes.country_code, codes.country_iso3))


flows, stability, names = table()
with tempfile.TemporaryDirectory() as folder:
    mine = {"light": [], "all": []}
    theirs = {"light": [], "all": []}
    for n in range(a.repeat):
        mine["light"].append(ours(LIGHT)["cpu"])
        mine["all"].append(ours(f"{LIGHT},worst", *([f"{folder}/rows.csv"] if n == 0 else []))["cpu"])
        for what in theirs:
            before = time.process_time()
            want = trade_only(flows, stability, [a.year], with_worst=what == "all")
            theirs[what].append(time.process_time() - before)
    got = pd.read_csv(f"{folder}/rows.csv", dtype={"product": str, "country": str, "worst_supplier": str}, keep_default_na=False, na_values=[""])
want["product"], want["importer"] = want["product"].map("{:06d}".format), want.importer.map(names)
both = got.rename(columns={"country": "importer"}).merge(want, on=["year", "product", "importer"], how="outer", suffixes=("", "_want"))
on_the_limit = ((both.hhi - 0.4).abs() < 1e-12) | ((both.m - both.x).abs() < 1e-12 * both.m)
for name in ["export_hhi", *LIGHT.split(","), "worst"]:
    if name == "geodep":
        assert both[name].isna().all() and both[f"{name}_want"].isna().all(), "one year says nothing of three"
        continue
    off = (both[name] - both[f"{name}_want"]).abs()[~(on_the_limit & (name == "ec_flag"))].max()
    assert off < 1e-9 and both[name].notna().all(), f"{name}: {off}"
print(f"{len(got):,} importers of {got['product'].nunique():,} product-years; all numbers agree to 1e-9, but for {on_the_limit.sum()} flags on their limit, which rounding decides")
for what, words in [("light", "without worst"), ("all", "all")]:
    m, t = statistics.median(mine[what]), statistics.median(theirs[what])
    print(f"  {words:<16} monazite {m:7.2f}   pandas and numpy {t:7.2f}   {t / m:5.1f} times")

PRODUCTS = "284690,282200,283691,250410,261100,282520,252922,260300,260400,260600"
IMPORTERS = ("USA,JPN,DEU,KOR,CHN,FRA,IND,ITA,GBR,NLD,BEL,ESP,POL,CAN,MEX,BRA,TUR,THA,VNM,MYS,IDN,AUS,ZAF,SWE,AUT,CHE,CZE,FIN,NOR,PRT")
times = []
for _ in range(5):
    with tempfile.TemporaryDirectory() as folder:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([str(a.target / "release/monazite"), "--quiet", "indices", str(root / "data/baci-hs92-raw-materials"), "--governance", str(root / "data/wgi/wgi_pv_1996_2023.csv"), "--products", PRODUCTS,
                        "--importers", IMPORTERS, "--years", "2023", "--compute", "geopolrisk_trade", "--out", f"{folder}/scores.csv"], check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        scores = len(pd.read_csv(f"{folder}/scores.csv"))
print(f"  GeoPolRisk of {scores} importers and products, whole process: {statistics.median(times):.3f} CPU s")
