"""Side by side: the regression of monazite and pyfixest, statsmodels, linearmodels and hand-written numpy, on the same panel, in turn.

    cargo build --release --example regression
    python bench/regression.py [--runs 5] [--only fit]

The panel is synthetic and of the paper's size: 168 products, 230 countries, 18 years, 38,640 rows and 18 coefficients a regression. CPU time is
that of the work alone, after everything has been read and imported, on one thread: time.process_time here, the scheduler's account of the
process there. One warm-up, then A B A B ...; ratios are those of neighbouring runs. Estimates and standard errors are compared too.
Needs numpy, pandas, pyfixest, statsmodels, wildboottest.
"""
import argparse, os, statistics, subprocess, tempfile, time, warnings
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"
os.environ["RAYON_NUM_THREADS"] = "1"
warnings.filterwarnings("ignore")
from pathlib import Path
import numpy as np
import pandas as pd

root = Path(__file__).resolve().parent.parent
program = root / "target/release/examples/regression"
ap = argparse.ArgumentParser()
ap.add_argument("--runs", type=int, default=5)
ap.add_argument("--only", default="")
args = ap.parse_args()
folder = Path(tempfile.mkdtemp())
subprocess.run([program, "write", folder], check=True, stdout=subprocess.DEVNULL)
P, T, C = 168, 18, 230
load = lambda name: np.fromfile(folder / f"{name}.f64")
y = load("y")
cont = np.column_stack([load(f"x{j}") for j in range(8)])
cluster, tier, country, product = (load(n).astype(int) for n in ("cluster", "tier", "country", "product"))
cluster = np.where(cluster == 1, 0, np.where(cluster == 0, 1, cluster))  # the reference first, as monazite has it
dummy = lambda codes: (codes[:, None] == np.arange(1, codes.max() + 1)).astype(float)
X = np.column_stack([np.ones(len(y)), cont, dummy(cluster), dummy(tier)])
names = [f"x{j}" for j in range(8)]
frame = pd.DataFrame(dict(y=y, cluster=cluster, tier=tier, country=country, product=product, **{n: cont[:, j] for j, n in enumerate(names)}))
formula = "y ~ " + " + ".join(names) + " + C(cluster) + C(tier)"


def ours(job, repeats):
    out = subprocess.run([program, job, str(repeats)], check=True, capture_output=True, text=True).stdout.splitlines()
    return float(out[0]), np.array([[float(v) for v in line.split(",")[1:]] for line in out[1:]])


def timed(f, repeats):
    start = time.process_time()
    for _ in range(repeats):
        result = f()
    return (time.process_time() - start) * 1000 / repeats, result


def pair(what, job, mine, theirs, compare, repeats=1):
    if args.only and args.only not in f"{job} {what}":
        return
    ours(job, 1), theirs()
    rows = [(ours(job, mine), timed(theirs, repeats)) for _ in range(args.runs)]
    ratios = [b[0] / a[0] for a, b in rows]
    print(f"{job}: {what}\n  monazite {statistics.median(a[0] for a, _ in rows):9.2f} CPU ms   baseline {statistics.median(b[0] for _, b in rows):9.2f} CPU ms"
          f"   baseline / monazite {statistics.median(ratios):.1f} (from {min(ratios):.1f} to {max(ratios):.1f})\n  {compare(rows[0][0][1], rows[0][1][1])}", flush=True)


def difference(a, b):
    return f"largest relative difference: estimates {np.max(np.abs(a[:, 0] / b[:, 0] - 1)):.1e}, standard errors {np.max(np.abs(a[:, 1] / b[:, 1] - 1)):.1e}"


import pyfixest as pf
import statsmodels.api as sm
from statsmodels.stats.sandwich_covariance import cov_cluster_2groups

EACH = pf.ssc(k_adj=True, G_adj=True, G_df="conventional")


def with_pyfixest(data=frame):
    fit = pf.feols(formula, data, vcov={"CRV1": "country+product"}, ssc=EACH)
    return np.column_stack([fit.coef().values, fit.se().values])


def with_statsmodels():
    fit = sm.OLS(y, X).fit()
    V = cov_cluster_2groups(fit, country, product)[0]
    return np.column_stack([fit.params, np.sqrt(np.diag(V))])


def sums(codes, values, size):
    return np.stack([np.bincount(codes, weights=v, minlength=size) for v in values.T], axis=1)


def two_way(X, y, country, product):
    """As fast as it goes in plain numpy: normal equations, bincount for the scores, no copies."""
    n, k = X.shape
    B = np.linalg.inv(X.T @ X)
    b = B @ (X.T @ y)
    e = y - X @ b
    U = X * e[:, None]
    meat = np.zeros((k, k))
    for codes, sign in ((country, 1), (product, 1)):
        G = codes.max() + 1
        S = sums(codes, U, G)
        meat += sign * G / (G - 1) * (n - 1) / (n - k) * (S.T @ S)
    meat -= n / (n - k) * (U.T @ U)
    V = B @ meat @ B
    return np.column_stack([b, np.sqrt(np.diag(V))])


pair("pyfixest", "fit", 50, with_pyfixest, difference)
pair("statsmodels", "fit", 50, with_statsmodels, difference)
pair("numpy, normal equations", "fit", 50, lambda: two_way(X, y, country, product), difference, repeats=10)

# The sweep: everything from yearly indicators on.
yearly = {n: load(f"yearly_{n}").reshape(T, P, C) for n in ("rca", "exposure", "hhi", "str", "imports", "exports")}
chain = pd.read_csv(folder / "chain.csv", keep_default_na=False)
inputs = [[int(i) for i in text.split()] for text in chain.inputs]
tiers = chain.tier.values
A = np.zeros((P, P))
for p, of in enumerate(inputs):
    A[p, of] = 1
starts = [(b, a) for b in range(T - 3) for a in range(b + 4, T - 3)]
pp, cc = np.divmod(np.arange(P * C), C)
of_country = np.where(cc % 6 == 1, 0, np.where(cc % 6 == 0, 1, cc % 6))
D = np.column_stack([dummy(of_country), dummy(tiers[pp])])


def designs():
    means = {n: np.stack([v[s:s + 4].mean(0) for s in range(T - 3)]) for n, v in yearly.items()}
    weight = means["imports"] + means["exports"]
    base = {}
    for b, a in starts:
        if b not in base:
            w = A @ weight[b]
            own = [means[n][b] for n in ("rca", "exposure", "hhi", "str")]
            of_inputs = [np.divide(A @ (weight[b] * v), w, out=np.zeros_like(v), where=w > 0) for v in own]
            columns = [own[0], own[1], own[2], own[3], of_inputs[1], of_inputs[2], of_inputs[3], of_inputs[0]]
            base[b] = np.column_stack([np.ones(P * C), *(v.ravel() for v in columns), D])
        yield base[b], (means["rca"][a] - means["rca"][b]).ravel()


def sweep_numpy():
    return np.vstack([two_way(M, v, cc, pp) for M, v in designs()])


def sweep_pyfixest():
    rows = []
    for M, v in designs():
        data = pd.DataFrame(dict(y=v, cluster=of_country, tier=tiers[pp], country=cc, product=pp, **{n: M[:, j + 1] for j, n in enumerate(names)}))
        rows.append(with_pyfixest(data))
    return np.vstack(rows)


def swept(a, b):
    """Where the two-way covariance has negative eigenvalues monazite sets them to zero; the others do not, so those windows are left out."""
    a, b = a.reshape(len(starts), -1, a.shape[1]), b.reshape(len(starts), -1, b.shape[1])
    apart = np.max(np.abs(a[:, :, 1] / b[:, :, 1] - 1), axis=1)
    same = apart < 1e-8
    scale = np.maximum(np.abs(b[same][:, :, 0]), b[same][:, :, 1])
    return (f"{same.sum()} of {len(starts)} pairs without clipping: largest difference of estimates {np.max(np.abs(a[same][:, :, 0] - b[same][:, :, 0]) / scale):.1e}, "
            f"of standard errors {apart[same].max():.1e}")


pair("hand-written numpy, 66 pairs of windows", "sweep", 1, sweep_numpy, swept)
pair("pyfixest, 66 pairs of windows", "sweep", 1, sweep_pyfixest, swept)


def wild_pyfixest():
    fit = pf.feols(formula, frame, vcov={"CRV1": "country"})
    return np.array([fit.wildboottest(param=name, reps=999, seed=1, weights_type="webb")["Pr(>|t|)"] for name in fit.coef().index])


def p_difference(a, b):
    error = np.sqrt(np.maximum(b * (1 - b), 1e-3) / 999)
    return f"largest difference of p {np.max(np.abs(a[:, 0] - b)):.3f}, in Monte Carlo errors of the difference {np.max(np.abs(a[:, 0] - b) / (error * 2 ** .5)):.1f}"


pair("pyfixest (wildboottest), 18 coefficients, 999 draws", "wild", 3, wild_pyfixest, p_difference)
