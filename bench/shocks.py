"""Chokepoints and frontiers, beside what one would write with numpy and scipy.

    python bench/shocks.py [--sample 12] [--importers 8]

The same product-years of the shipped data on both sides, in one process each, CPU seconds of the computation alone (user + system). The stop of every supplier: ours is `scan` of every product-year;
numpy has one inverse a product-year with the same closed form, over the countries that trade; iterating runs every scenario for itself to 1e-14, on `--sample` product-years, and is scaled up by suppliers times flows.
Frontiers: ten steps for all importers of 284690 in 2023 under mass balance; scipy's linprog (highs) solves the Charnes-Cooper form for `--importers` importers and is scaled up. The optima are compared.
Needs `cargo build --release --examples` and Python with numpy, scipy and pyarrow.
"""
import argparse, glob, json, subprocess, time
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

root = Path(__file__).resolve().parent.parent
ap = argparse.ArgumentParser()
ap.add_argument("--sample", type=int, default=12)
ap.add_argument("--importers", type=int, default=8)
ap.add_argument("--all-countries", action="store_true", help="numpy's matrices over all countries of the data, as a table of all pairs gives them")
a = ap.parse_args()
store, pv = root / "data/baci-hs92-raw-materials", root / "data/wgi/wgi_pv_1996_2023.csv"
program = root / "target/release/examples/measure_shocks"


def ours(*arguments):
    return json.loads(subprocess.run([str(program), *map(str, arguments)], check=True, capture_output=True, text=True).stdout)


def product_years():
    found = []
    for file in sorted(glob.glob(str(store / "flows/*.parquet"))):
        t = pq.read_table(file, columns=["year", "product", "exporter", "importer", "value_usd"])
        product = np.array(t["product"].to_pylist())
        arrays = [np.asarray(t[c]) for c in ("exporter", "importer", "value_usd")]
        year = int(np.asarray(t["year"])[0])
        for p in sorted(set(product)):
            rows = product == p
            exporter, importer, value = [x[rows] for x in arrays]
            codes, both = np.unique(np.concatenate([exporter, importer]), return_inverse=True)
            T = np.zeros((len(codes), len(codes)))
            np.add.at(T, (both[: len(exporter)], both[len(exporter):]), value / 1000.0)
            np.fill_diagonal(T, 0.0)
            found.append((p, year, codes, T))
    return found


def prepared(T):
    M, X = T.sum(0), T.sum(1)
    S = T / np.where(M > 0, M, 1)
    f = np.where(M > 0, np.minimum(1, M / np.where(X > 0, X, M + (M == 0))), 0.0)
    return S, f, M, X


def inverse(T):
    S, f, M, X = prepared(T)
    K = S @ np.linalg.inv(np.eye(len(f)) - f[:, None] * S)
    loss = K / (1 + f * np.diag(K))[:, None]
    np.fill_diagonal(loss, 0.0)
    return float((loss @ M)[X > 0].sum())


def iterated(T):
    S, f, M, X = prepared(T)
    total = 0.0
    for s in np.flatnonzero(X > 0):
        loss = np.zeros(len(f))
        for _ in range(100000):
            u = f * loss
            u[s] = 1.0
            new = u @ S
            if np.abs(new - loss).max() < 1e-14:
                break
            loss = new
        loss[s] = 0.0
        total += float(loss @ M)
    return total


years = product_years()
if a.all_countries:
    everyone = np.unique(np.concatenate([codes for _, _, codes, _ in years]))
    wide = []
    for p, year, codes, T in years:
        at = np.searchsorted(everyone, codes)
        W = np.zeros((len(everyone), len(everyone)))
        W[np.ix_(at, at)] = T
        wide.append((p, year, everyone, W))
    years = wide
mine = ours("scan", store)
before, power = time.process_time(), 0.0
for _, _, _, T in years:
    try:
        power += inverse(T)
    except np.linalg.LinAlgError:
        power += iterated(T)  # two countries that buy from one another alone
numpy_cpu = time.process_time() - before
print(f"scan of {mine['product_years']} product-years, {mine['suppliers']} suppliers: {mine['cpu']:.2f} CPU s; numpy, one inverse each: {numpy_cpu:.2f}; ratio {numpy_cpu / mine['cpu']:.1f}; "
      f"sums {mine['power']:.6e} and {power:.6e}")
sample = years[:: max(1, len(years) // a.sample)][: a.sample]
before = time.process_time()
for _, _, _, T in sample:
    iterated(T)
cpu = time.process_time() - before
work = lambda T: (T.sum(1) > 0).sum() * T.size
scaled = cpu * sum(work(T) for *_, T in years) / sum(work(T) for *_, T in sample)
print(f"iterating each scenario: {cpu:.1f} CPU s on {len(sample)} product-years, {scaled:.0f} scaled up; ratio {scaled / mine['cpu']:.0f}")

# Frontiers: the Charnes-Cooper form by linprog, with the coefficients of METHODS2 C1 made by numpy.
from scipy.optimize import linprog  # noqa: E402

mine = ours("frontier", store, pv, "284690", 2023)
p, year, codes, T = next(row for row in years if row[0] == "284690" and row[1] == 2023)
S, f, M, X = prepared(T)
w = np.array([mine["instability"].get(str(c), 0.5) for c in codes])
U = (f * w)[:, None] * S
n = len(w)


def points(c):
    o = [i for i in range(n) if i != c]
    A = np.eye(n - 1) - U[np.ix_(o, o)].T
    r, q = np.zeros(n), np.zeros(n)
    r[o], q[o] = np.linalg.solve(A, (w @ S)[o]), np.linalg.solve(A, U[c, o])
    alpha, beta, s0 = w * (1 + f * r), w * f * q, S[:, c]
    new = (s0 == 0) & (X < 0.01 * T.sum())
    up = np.minimum(1, s0 + 0.25 * (X - T[:, c]) / M[c])
    up[c], up[new] = 0.0, 0.0
    found = []
    for delta in np.arange(1, 11) * 0.05:
        z = np.zeros(n)
        cost = np.r_[alpha, z, 0.0]
        equal = np.zeros((2, 2 * n + 1))
        equal[0, :n], equal[0, -1], equal[1, :n], equal[1, -1] = -beta, 1, 1, -1
        I, O = np.eye(n), np.zeros((n, n))
        rows = np.vstack([np.c_[I, O, -up], np.c_[I, -I, -s0], np.r_[z, np.ones(n), -delta][None, :]])
        best = linprog(cost, A_ub=rows, b_ub=np.zeros(len(rows)), A_eq=equal, b_eq=[1, 0], bounds=[(0, None)] * (2 * n + 1), method="highs")
        found.append(1 + best.fun)
    return found


importers = [c for c in np.argsort(-M) if M[c] > 0]
before = time.process_time()
theirs = [points(int(c)) for c in importers[:: max(1, len(importers) // a.importers)][: a.importers]]
cpu = time.process_time() - before
scaled = cpu * len(importers) / len(theirs)
print(f"ten steps for {mine['importers']} importers of 284690 in 2023: {mine['cpu']:.4f} CPU s; scipy linprog {cpu:.1f} for {len(theirs)}, {scaled:.0f} for all; ratio {scaled / mine['cpu']:.0f}; "
      f"largest difference for the largest importer {np.abs(np.array(theirs[0]) - np.array(mine['largest'])).max():.1e}")
print("chain of 168 products, reach and content under exposure and mass balance:", json.dumps(ours("chain", store, 2023, 168)))
