"""Bands of STR from 1,000 draws, beside what one would write with scipy.

    python bench/uncertainty.py [--draws 1000] [--sample 40] [--solves 25]

Runs the example study over all 1,258 product-years of the shipped data with bands and without, and takes the difference of the CPU times (user + system, by the operating system's account): drawing and
ranking stability, both readings of STR in every draw, quantiles, ranks, parts, and the tables. The other side solves (I - Uᵀ) e = σ by scipy's sparse LU, once a draw and reading, with draws that are made already, and nothing
else; it is measured on `--sample` product-years, spread evenly, with `--solves` draws each, and scaled up. Needs `cargo build --release` and Python with numpy, scipy and pyarrow.
"""
import argparse, glob, os, resource, subprocess, tempfile, time
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import scipy.sparse as sp
from scipy.sparse.linalg import splu

root = Path(__file__).resolve().parent.parent
ap = argparse.ArgumentParser()
ap.add_argument("--draws", type=int, default=1000)
ap.add_argument("--sample", type=int, default=40)
ap.add_argument("--solves", type=int, default=25)
ap.add_argument("--program", default=root / "target/release/monazite")
a = ap.parse_args()


def ours(draws, folder):
    """CPU and wall seconds of a run with so many draws."""
    text = (root / "studies/example/study.toml").read_text().replace("../../data", str(root / "data"))
    text = text.replace('"chain.csv"', f'"{root / "studies/example/chain.csv"}"')
    study = Path(folder) / f"study-{draws}.toml"
    study.write_text(text + f'\n[uncertainty]\nbands = {draws}\nproducts = "all"\n')
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.time()
    out = Path(folder) / f"run-{draws}"
    subprocess.run([str(a.program), "run", str(study), "--out", str(out)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, time.time() - start, out


def matrices():
    store = root / "data/baci-hs92-raw-materials"
    found = []
    for file in sorted(glob.glob(str(store / "flows/*.parquet"))):
        t = pq.read_table(file, columns=["year", "product", "exporter", "importer", "value_usd"])
        product = np.array(t["product"].to_pylist())
        arrays = [np.asarray(t[c]) for c in ("year", "exporter", "importer", "value_usd")]
        for p in sorted(set(product)):
            rows = product == p
            found.append([x[rows] for x in arrays])
    return found


def scipy_side(years):
    """CPU seconds a draw of both readings, mean over a sample; and what e comes to, so that nothing is left out."""
    rng, cpu, total = np.random.default_rng(1), 0.0, 0.0
    sample = years[:: max(1, len(years) // a.sample)][: a.sample]
    for _, exporter, importer, value in sample:
        codes, both = np.unique(np.concatenate([exporter, importer]), return_inverse=True)
        n = len(codes)
        T = sp.coo_matrix((value.astype(float), (both[: len(exporter)], both[len(exporter) :])), (n, n)).tocsc()
        M, X = np.asarray(T.sum(0)).ravel(), np.asarray(T.sum(1)).ravel()
        S = T @ sp.diags(np.divide(1.0, M, out=np.zeros(n), where=M > 0))
        mass = np.where(M > 0, np.minimum(1, np.divide(M, X, out=np.ones(n), where=X > 0)), 0.0)
        W, St = rng.random((a.solves, n)), S.T.tocsc()
        start = time.process_time()
        for w in W:
            sigma = St @ w
            for phi in (np.ones(n), mass):
                total += splu((sp.identity(n, format="csc") - St @ sp.diags(phi * w)).tocsc()).solve(sigma).sum()
        cpu += time.process_time() - start
    return cpu / (len(sample) * a.solves), len(sample), total


with tempfile.TemporaryDirectory() as folder:
    years = matrices()
    without, wall_without, _ = ours(0, folder)
    cpu, wall, out = ours(a.draws, folder)
    stage = next(line for line in (out / "manifest.toml").read_text().split("[[timing.stages]]") if '"uncertainty"' in line)
    each, sample, total = scipy_side(years)
    scaled = each * len(years) * a.draws
    print(f"{len(years)} product-years, {a.draws} draws, two readings, {os.cpu_count()} cores")
    print(f"monazite: {cpu - without:.1f} CPU s more than without bands ({without:.1f}); wall {wall:.1f} s instead of {wall_without:.1f}; stage: {stage.split()[-1]} s")
    print(f"scipy: {1000 * each:.3f} CPU ms a draw of both readings on {sample} product-years x {a.solves} draws (sum {total:.3f}); scaled up {scaled:.0f} CPU s")
    print(f"scipy / monazite: {scaled / (cpu - without):.1f}")
