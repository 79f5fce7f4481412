"""Side by side: monazite and what a user would pick instead, on the same machine and files, in turn.

    python bench/compare.py --year bench/data/year --panel bench/data/panel [--runs 5] [--only import]

Each job is timed as a whole process (user + system CPU seconds and peak memory by the operating system's own account, wall seconds), one warm-up, then
A B A B ...; the ratios are those of neighbouring runs. STR and influence of one year run on one thread each, the rest on all. Needs `cargo build --release --examples` and, for the baselines, Python with numpy,
scipy, polars, duckdb, pyarrow.
"""
import argparse, os, shutil, statistics, subprocess, sys, time
from pathlib import Path

root = Path(__file__).resolve().parent.parent
ap = argparse.ArgumentParser()
ap.add_argument("--year", default=str(root / "bench/data/year"))
ap.add_argument("--panel", default=str(root / "bench/data/panel"))
ap.add_argument("--runs", type=int, default=5)
ap.add_argument("--only", default="")
a = ap.parse_args()
monazite, measure = root / "target/release/monazite", root / "target/release/examples/measure"
python = [sys.executable, str(root / "bench/baselines.py")]


def run(command, before=None, threads=None):
    if before:
        before()
    start = time.perf_counter()
    process = subprocess.Popen([str(c) for c in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               env=dict(os.environ, OPENBLAS_NUM_THREADS="1", **({"RAYON_NUM_THREADS": str(threads)} if threads else {})))
    out = process.stdout.read()
    process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    assert status == 0, (command, out)
    return dict(cpu=usage.ru_utime + usage.ru_stime, wall=wall, mb=usage.ru_maxrss / 1024, out=out.decode().strip().splitlines()[-1:])


def pair(name, ours, theirs, before=None, threads=None):
    if a.only and a.only not in name:
        return
    run(ours, before, threads), run(theirs)
    rows = [(run(ours, before, threads), run(theirs)) for _ in range(a.runs)]
    middle = lambda which, key: statistics.median(row[which][key] for row in rows)
    ratios = [row[1]["cpu"] / row[0]["cpu"] for row in rows]
    print(f"{name}\n  monazite  {middle(0, 'cpu'):7.2f} CPU s  {middle(0, 'wall'):6.2f} s wall  {middle(0, 'mb'):6.0f} MB   {rows[0][0]['out']}"
          f"\n  baseline  {middle(1, 'cpu'):7.2f} CPU s  {middle(1, 'wall'):6.2f} s wall  {middle(1, 'mb'):6.0f} MB   {rows[0][1]['out']}"
          f"\n  baseline / monazite, CPU: {statistics.median(ratios):.1f} (from {min(ratios):.1f} to {max(ratios):.1f})", flush=True)


stores = {}
for key, data in (("year", a.year), ("panel", a.panel)):
    stores[key] = Path(data) / "store"
    if not stores[key].exists():
        run([monazite, "import", data, "--out", stores[key]])
fresh = Path(a.year) / "store-bench"
pair("import one year: polars, csv to zstd Parquet", [monazite, "import", a.year, "--out", fresh], [*python, "import", a.year],
     lambda: shutil.rmtree(fresh, ignore_errors=True))
shutil.rmtree(fresh, ignore_errors=True)
for engine in ("polars", "duckdb"):
    pair(f"direct indicators, one year: {engine}", [measure, "direct", stores["year"]], [*python, "direct", a.year, "--engine", engine])
pv = Path(a.year) / "wgi_pv.csv"
for engine, job in (("solve", "risk"), ("block", "risk"), ("inverse", "risk"), ("solve", "transmission"), ("block", "transmission")):
    pair(f"STR and influence, one year ({job}): numpy {engine}", [measure, job, stores["year"], pv], [*python, "risk", a.year, "--engine", engine], threads=1)
pv = Path(a.panel) / "wgi_pv.csv"
pair("STR and influence, 168 products x 17 years: numpy solve", [measure, "risk", stores["panel"], pv],
     [*python, "risk", a.panel, "--engine", "solve"])
out = Path(a.panel) / "run-bench"
pair("all tables, 168 products x 17 years: numpy solve (STR and influence alone)",
     [monazite, "indicators", Path(a.panel) / "study.toml", "--out", out], [*python, "risk", a.panel, "--engine", "solve"],
     lambda: shutil.rmtree(out, ignore_errors=True))
shutil.rmtree(out, ignore_errors=True)
