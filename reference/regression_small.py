"""Standard errors of the small hand-made regression G1, from statsmodels and, where it has none, from the formulas in numpy.

    python reference/regression_small.py        writes reference/values/regression_small.csv

statsmodels: classical, HC1, HC3, one-way and two-way clustered. numpy, written from the definitions with an explicit inverse and loops: the same
again, the clipping of negative eigenvalues, and the wild cluster bootstrap by full enumeration of all sign vectors with a
refit for every one of them.
"""
import csv, itertools
from pathlib import Path
import numpy as np
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.sandwich_covariance import cov_cluster_2groups

x1 = np.arange(1.0, 11)
x2 = np.array([0, 1, 0, 1, 1, 0, 1, 0, 1, 1.0])
y = np.array([2.1, 3.9, 5.2, 8.3, 9.8, 11.1, 14.9, 15.2, 18.8, 20.4])
g = np.array([0, 0, 0, 1, 1, 1, 2, 2, 3, 3])
h = np.array([0, 1, 2, 0, 1, 2, 0, 1, 0, 1])
X = np.column_stack([np.ones(10), x1, x2])
n, k = X.shape
B = np.linalg.inv(X.T @ X)
b = B @ X.T @ y
e = y - X @ b
ols = sm.OLS(y, X)


def cr(*groups):
    labels = list(zip(*groups))
    distinct = sorted(set(labels))
    G = len(distinct)
    meat = np.zeros((k, k))
    for label in distinct:
        at = [i for i in range(n) if labels[i] == label]
        s = X[at].T @ e[at]
        meat += np.outer(s, s)
    return G / (G - 1) * (n - 1) / (n - k) * B @ meat @ B


def clip(V):
    w, Q = np.linalg.eigh(V)
    return Q @ np.diag(np.maximum(w, 0)) @ Q.T


two = cr(g) + cr(h) - cr(g, h)
theirs = cov_cluster_2groups(ols.fit(), g, h)[0]
assert np.allclose(two, theirs, rtol=1e-12), "statsmodels agrees before clipping"
assert two[1, 1] < 0
clipped = clip(two)
fits = {
    "classical": (np.sqrt(np.diag(ols.fit().cov_params())), n - k),
    "hc1": (ols.fit(cov_type="HC1").bse, n - k),
    "hc3": (ols.fit(cov_type="HC3").bse, n - k),
    "clustered": (ols.fit(cov_type="cluster", cov_kwds={"groups": g}).bse, 3),
    "two_way": (np.sqrt(np.diag(clipped)), 2),
}
assert np.allclose(fits["clustered"][0], np.sqrt(np.diag(cr(g))), rtol=1e-12)


def t_of(yy, j):
    bb = B @ X.T @ yy
    r = yy - X @ bb
    meat = sum(np.outer(X[g == q].T @ r[g == q], X[g == q].T @ r[g == q]) for q in range(4))
    V = 4 / 3 * (n - 1) / (n - k) * B @ meat @ B
    return bb[j] / np.sqrt(V[j, j])


def wild(j):
    others = [c for c in range(k) if c != j]
    Z = X[:, others]
    br = np.linalg.lstsq(Z, y, rcond=None)[0]
    fitted, ru = Z @ br, y - Z @ br
    t = abs(t_of(y, j))
    draws = [abs(t_of(fitted + ru * np.array(v)[g], j)) for v in itertools.product((-1, 1), repeat=4)]
    return np.mean([d >= t * (1 - 1e-10) for d in draws])


rows = [["kind", "term", "estimate", "standard_error", "p", "wild_p"]]
for kind, (se, df) in fits.items():
    for j, term in enumerate(("constant", "x1", "x2")):
        p = 2 * stats.t.sf(abs(b[j] / se[j]), df)
        rows.append([kind, term, repr(float(b[j])), repr(float(se[j])), repr(float(p)), repr(float(wild(j))) if kind == "clustered" else ""])
with open(Path(__file__).resolve().parent / "values/regression_small.csv", "w", newline="") as f:
    csv.writer(f, lineterminator="\n").writerows(rows)
for row in rows:
    print(*row)
