"""The test of links against numpy: rho and the exhaustive null of all pairs, and 168 inputs against all outputs with drawn permutations.

    python bench/links.py [--runs 5] [--threads 1] [--only drawn]

Needs `cargo build --release --examples`, numpy and scipy. The trade is made up: 230 countries whose sizes span four decades, 5,000 products.
CPU seconds and memory are those of the computation alone: both sides read the matrices first. Memory is the peak above what was there when the
computation began. Each baseline is a process of its own (links.py --baseline NAME); one warm-up, then A B A B ...; the ratios are those of
neighbouring runs.
"""
import argparse, os, statistics, subprocess, sys, time
from pathlib import Path

root = Path(__file__).resolve().parent.parent
ap = argparse.ArgumentParser()
ap.add_argument("--runs", type=int, default=5)
ap.add_argument("--threads", type=int, default=1)
ap.add_argument("--only", default="")
ap.add_argument("--baseline", default="")
ap.add_argument("--data", default=str(root / "bench/data/links.f64"))
a = ap.parse_args()
C, P, FEW, DRAWS, Z = 230, 5000, 168, 1000, 1.96
os.environ["OPENBLAS_NUM_THREADS"] = str(a.threads)


def status(key):
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith(key)) / 1024


if a.baseline:
    import numpy as np
    from scipy import sparse
    few = a.baseline.startswith("drawn")
    X = np.fromfile(a.data, count=P * C).reshape(P, C)
    Y = np.fromfile(a.data, offset=8 * P * C).reshape(P, C)
    if few:
        X = X[:FEW].copy()
    if few:   # what is imported lazily should not count
        sparse.random(10, 10).tocsr() @ np.ones((10, 2))
    memory, start = status("VmRSS"), time.process_time()
    # In place: the trade itself is not needed any more.
    X -= X.mean(1, keepdims=True)
    X /= np.sqrt(np.einsum("ij,ij->i", X, X))[:, None]
    Y -= Y.mean(1, keepdims=True)
    Y /= np.sqrt(np.einsum("ij,ij->i", Y, Y))[:, None]
    n = P - 1
    if a.baseline == "moments":
        R = X @ Y.T
        m = R.mean(1)
        q = np.einsum("ij,ij->i", R, R) - P * m * m
        sums = m.sum(), q.sum(), 0
    elif a.baseline == "screen":
        R = X @ Y.T
        m = R.mean(1)
        q = np.einsum("ij,ij->i", R, R) - P * m * m
        # Z with the pair left out of its own null, and p of the pairs that stand out, a row at a time to stay in the cache.
        pairs = zsum = 0
        for i in range(P):
            r = R[i]
            d = r - m[i]
            z = (d * P / n) / np.sqrt((q[i] - d * d * P / n) / (n - 1))
            hit = np.flatnonzero(z >= Z)
            s = np.sort(r)
            p = (P - np.searchsorted(s, r[hit])) / P
            pairs += len(hit)
            zsum += z[hit].sum()
        print(f"z {zsum:.6f}")
        sums = m.sum(), q.sum(), pairs
    else:
        # Draws of other outputs, the same for all inputs. Rows of outputs, so that a draw is a row of contiguous memory.
        rng = np.random.default_rng(1)
        R = X @ Y.T
        T = np.ascontiguousarray(R.T)
        draws = rng.integers(0, n, (DRAWS, P))
        draws += draws >= np.arange(P)
        if a.baseline == "drawn-gather":
            s, q, k = np.zeros_like(T), np.zeros_like(T), np.zeros(T.shape, np.int32)
            d, t, b = np.empty_like(T), np.empty_like(T), np.empty(T.shape, bool)
            for row in draws:
                np.take(T, row, axis=0, out=d)
                s += d
                np.multiply(d, d, out=t)
                q += t
                np.greater_equal(d, T, out=b)
                k += b
        elif a.baseline == "drawn-blocks":
            # The same in blocks of outputs that fit the second-level cache.
            s, q, k = np.zeros_like(T), np.zeros_like(T), np.zeros(T.shape, np.int16)
            for f in range(0, P, 125):
                o = slice(f, f + 125)
                d, t, b = np.empty_like(T[o]), np.empty_like(T[o]), np.empty(T[o].shape, bool)
                own, s_, q_, k_ = T[o], s[o], q[o], k[o]
                for row in draws[:, o]:
                    np.take(T, row, axis=0, out=d)
                    s_ += d
                    np.multiply(d, d, out=t)
                    q_ += t
                    np.greater_equal(d, own, out=b)
                    k_ += b
        else:
            # Sums as a sparse product of how often each output was drawn; counts by comparing 16-bit ranks.
            K = sparse.csr_matrix((np.ones(DRAWS * P), draws.T.ravel(), np.arange(0, DRAWS * P + 1, DRAWS)), shape=(P, P))
            s, q = K @ T, K @ (T * T)
            order = np.argsort(R, axis=1)
            rank = np.empty((FEW, P), np.uint16)
            np.put_along_axis(rank, order, np.arange(P, dtype=np.uint16)[None], 1)
            G = np.ascontiguousarray(rank.T)
            k = np.zeros(G.shape, np.int16)
            for f in range(0, P, 250):
                o = slice(f, f + 250)
                d, b, own, k_ = np.empty_like(G[o]), np.empty(G[o].shape, bool), G[o], k[o]
                for row in draws[:, o]:
                    np.take(G, row, axis=0, out=d)
                    np.greater_equal(d, own, out=b)
                    k_ += b
        mean = s / DRAWS
        z = (T - mean) / np.sqrt((q - DRAWS * mean * mean) / (DRAWS - 1))
        p = (1 + k) / (1 + DRAWS)
        sums = T.sum(), z.sum(), p.sum()
    print(f"cpu {time.process_time() - start:.4f} mb {status('VmHWM') - memory:.1f}")
    print(f"sums {sums[0]:.9f} {sums[1]:.9f} {sums[2]:.9f}")
    sys.exit()

if not Path(a.data).exists():
    import numpy as np
    r = np.random.default_rng(7)
    size = 10 ** r.uniform(0, 4, C)
    Path(a.data).parent.mkdir(parents=True, exist_ok=True)
    with open(a.data, "wb") as f:
        for _ in range(2):
            (size * r.lognormal(0, 1.5, (P, C)) * (r.random((P, C)) < 0.6)).tofile(f)

measure = root / "target/release/examples/measure_links"


def run(command):
    environment = dict(os.environ, RAYON_NUM_THREADS=str(a.threads))
    out = subprocess.run([str(c) for c in command], capture_output=True, text=True, check=True, env=environment).stdout
    words = out.split()
    value = lambda key: float(words[words.index(key) + 1])
    return dict(cpu=value("cpu"), mb=value("mb"), sums=words[words.index("sums") + 1:words.index("sums") + 4])


def pair(name, ours, baseline):
    if a.only and a.only not in name:
        return
    theirs = [sys.executable, __file__, "--baseline", baseline, "--threads", a.threads, "--data", a.data]
    run(ours), run(theirs)
    rows = [(run(ours), run(theirs)) for _ in range(a.runs)]
    middle = lambda which, key: statistics.median(row[which][key] for row in rows)
    ratios = [row[1]["cpu"] / row[0]["cpu"] for row in rows]
    print(f"{name}\n  monazite  {middle(0, 'cpu'):7.3f} CPU s  {middle(0, 'mb'):7.1f} MB   {' '.join(rows[0][0]['sums'])}"
          f"\n  numpy     {middle(1, 'cpu'):7.3f} CPU s  {middle(1, 'mb'):7.1f} MB   {' '.join(rows[0][1]['sums'])}"
          f"\n  numpy / monazite: CPU {statistics.median(ratios):.2f} (from {min(ratios):.2f} to {max(ratios):.2f}), memory {middle(1, 'mb') / middle(0, 'mb'):.1f}",
          flush=True)


pair("all pairs: rho and moments of the null", [measure, "moments", a.data, P, P, C], "moments")
pair("all pairs: rho, null, Z, and p of what stands out", [measure, "screen", a.data, P, P, C, Z], "screen")
# The file has 5,000 inputs; the drawn job takes the first 168, so it gets a file of its own.
few = Path(a.data).with_suffix(".few.f64")
if not few.exists():
    whole = Path(a.data).read_bytes()
    few.write_bytes(whole[: 8 * FEW * C] + whole[8 * P * C:])
for baseline in ("drawn-gather", "drawn-blocks", "drawn-sparse"):
    pair(f"168 x 5,000, 1,000 drawn: {baseline}", [measure, "drawn", few, FEW, P, C, DRAWS], baseline)
