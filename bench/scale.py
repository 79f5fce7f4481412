"""Releases of full size from one made-up year: 30 years of 9 million rows, and 24 months of 4.2 million. For docs/scale.md; every value is made up.

    python bench/generate.py --out DIR/gen --rows 9e6 --years 2023-2023           one year; some minutes
    python bench/scale.py make --gen DIR/gen --out DIR/years --periods 1994-2023 --keep 0.97
    python bench/scale.py make --gen DIR/gen --out DIR/months --periods 2001-2024 --keep 0.467
    python bench/scale.py measure --out DIR/years --program target/release/monazite

`make` writes BACI files, each the year with some rows left out and lognormal noise. The program counts periods as years from 1900 to 2200, so months
have numbers of their own: 2001 is January of the first year, and so on. Political stability is that of the one year in all periods. `measure` imports
the release, computes the indicators of all products, and prints rows, seconds, CPU seconds, the largest memory, and sizes. Needs polars and numpy.
"""
import argparse, os, shutil, subprocess, sys, time
import numpy as np
import polars as pl

ap = argparse.ArgumentParser()
ap.add_argument("what", choices=["make", "measure"])
ap.add_argument("--gen")
ap.add_argument("--out", required=True)
ap.add_argument("--periods", default="1994-2023")
ap.add_argument("--keep", type=float, default=0.97)
ap.add_argument("--program", default="target/release/monazite")
a = ap.parse_args()

if a.what == "make":
    release = f"{a.out}/release"
    os.makedirs(release, exist_ok=True)
    base = pl.read_parquet(f"{a.gen}-parquet/baci_Y2023.parquet").with_columns(pl.col("k").cast(pl.String).str.zfill(6))
    for name in ("country_codes_V202501.csv", "product_codes_HS07_V202501.csv", "SYNTHETIC.md"):
        shutil.copy(f"{a.gen}/{name}", release)
    pv = pl.read_csv(f"{a.gen}/wgi_pv.csv")
    first, last = (int(x) for x in a.periods.split("-"))
    periods, rows = range(first, last + 1), 0
    pl.concat([pv.with_columns(pl.lit(p, dtype=pl.Int64).alias("year")) for p in periods]).write_csv(f"{a.out}/wgi_pv.csv")
    for period in periods:
        rng = np.random.default_rng(period)
        keep = pl.Series(rng.random(len(base)) < a.keep)
        noise = pl.Series(np.exp(rng.normal(0, 0.35, len(base))))
        made = base.with_columns((pl.col("v") * noise).round(3).clip(lower_bound=0.001).alias("v"), pl.lit(period).alias("t")).filter(keep)
        made.select("t", "i", "j", "k", "v", "q").write_csv(f"{release}/BACI_HS07_Y{period}_V202501.csv", null_value="NA", float_precision=3)
        rows += len(made)
        print(period, f"{rows:,} rows", flush=True)
    with open(f"{a.out}/study.toml", "w") as f:
        f.write('[study]\nname = "Synthetic scale"\nseeds = ["280530", "284610", "284690"]\nproducts = "all"\n[data]\ntrade = "store"\n'
                'governance = "wgi_pv.csv"\n[trade]\nhubs = []\n[indicators]\ndependencies = "none"\ndecomposition = "none"\n')
    sys.exit()


def size(path):
    return sum(os.path.getsize(os.path.join(f, n)) for f, _, names in os.walk(path) for n in names)


def measured(name, *command):
    """Runs a command and prints what it took."""
    started = time.time()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{name}: ended with {status}")
    cpu = used.ru_utime + used.ru_stime
    print(f"{name}: {time.time() - started:.1f} s, {cpu:.1f} CPU s, {used.ru_maxrss / 1024:.0f} MB")


for old in ("store", "run"):
    shutil.rmtree(f"{a.out}/{old}", ignore_errors=True)
print(f"release: {size(a.out + '/release') / 1e9:.2f} GB")
measured("import", a.program, "import", f"{a.out}/release", "--out", f"{a.out}/store")
print(f"store: {size(a.out + '/store') / 1e9:.2f} GB")
measured("indicators of all products", a.program, "indicators", f"{a.out}/study.toml", "--out", f"{a.out}/run")
print(f"tables: {size(a.out + '/run') / 1e9:.2f} GB")
