"""An independent computation of plans to buy elsewhere, with scipy's linear programs.

    python reference/diversification.py           write reference/values/diversification.json, which the tests of the engine compare with
    python reference/diversification.py --time    how long linear programs take for the frontiers of all importers of a full-size product-year

Small random networks, each with its own import content, limits and importer. What is found and how, always another way than the engine's:

- risk: dense solves of the whole network with the new shares in it, never the importer's own function of its shares;
- least risk and its frontier: the linear-fractional program after Charnes and Cooper, by HiGHS; its coefficients by solves of the whole
  network in which the importer buys from one supplier alone (a linear-fractional function is known from its values);
- least HHI: a quadratic program with what is moved split into gains and losses, by SLSQP;
- least largest supplier: a linear program, and the least risk under it by Charnes and Cooper;
- losses at a stop: the least fixed point, by iteration; the least worst stop: the root in t of a linear program in the shares, by Brent's method;
- all at once: value iteration.

numpy and scipy.
"""
import argparse, json, time
from pathlib import Path
import numpy as np
from scipy import sparse
from scipy.optimize import brentq, linprog, minimize

root = Path(__file__).resolve().parent.parent
STEPS = [0.05 * k for k in range(11)]


def shares_of(T):
    M = T.sum(0)
    return np.divide(T, M, out=np.zeros_like(T), where=M > 0)


def content_of(T, kind):
    M, X = T.sum(0), T.sum(1)
    if kind == "full":
        return np.ones(len(M))
    if kind == "none":
        return np.zeros(len(M))
    if kind == "exposure":
        return np.divide(M, M + X, out=np.zeros_like(M), where=M > 0)
    return np.where(M > 0, np.minimum(1, np.divide(M, X, out=np.ones_like(M), where=X > 0)), 0.0)


def excess(S, w, f):
    return np.linalg.solve(np.eye(len(w)) - ((f * w)[:, None] * S).T, w @ S)


def with_column(S, c, s):
    S = S.copy()
    S[:, c] = s
    return S


def coefficients(S, w, f, c):
    """alpha and beta of e_c(s) = s.alpha/(1 - s.beta): shares need no sum of 1, and with a half or a quarter of c's purchases from a and the rest from nobody
    1/e_c = (2 - beta_a)/alpha_a or (4 - beta_a)/alpha_a."""
    n = len(w)
    alpha, beta = np.zeros(n), np.zeros(n)
    for a in range(n):
        if a != c:
            half, quarter = (1 / excess(with_column(S, c, part * np.eye(n)[a]), w, f)[c] for part in (0.5, 0.25))
            alpha[a] = 2 / (quarter - half)
            beta[a] = 2 - alpha[a] * half
    return alpha, beta


def bounds(T, c, o):
    M, X, S = T.sum(0), T.sum(1), shares_of(T)
    s0 = S[:, c]
    kappa = np.full(len(M), o["capacity"])
    for a, own in o["capacity_by_supplier"]:
        kappa[a] = own
    whole = X if o["all_exports"] else X - T[:, c]
    up = s0.copy()
    for a in range(len(M)):
        new = s0[a] == 0 and (not o["new_suppliers"] or X[a] < o["min_supplier_share"] * T.sum())
        if a != c and a not in o["exclude"] and not new:
            up[a] = min(1, s0[a] + kappa[a] * whole[a] / M[c])
    return s0, o["keep"] * s0, up


def polytope(s0, lo, up, delta):
    """G z <= h t, E z = d t over z = (s, gains), homogeneous in t: the last column is t."""
    n = len(s0)
    I, O = sparse.identity(n), sparse.csr_matrix((n, n))
    col = lambda v: sparse.csr_matrix(np.asarray(v, float).reshape(-1, 1))
    G = sparse.vstack([
        sparse.hstack([I, O, col(-up)]),
        sparse.hstack([-I, O, col(lo)]),
        sparse.hstack([I, -I, col(-s0)]),
        sparse.hstack([sparse.csr_matrix((1, n)), sparse.csr_matrix(np.ones((1, n))), col([-delta])]),
    ]).tocsr()
    return G


def least_risk(alpha, beta, s0, lo, up, delta):
    """Charnes and Cooper: z = t s with t = 1/(1 - s.beta)."""
    n = len(s0)
    G = polytope(s0, lo, up, delta)
    E = sparse.csr_matrix(np.vstack([np.r_[-beta, np.zeros(n), 1], np.r_[np.ones(n), np.zeros(n), -1]]))
    r = linprog(np.r_[alpha, np.zeros(n + 1)], A_ub=G, b_ub=np.zeros(G.shape[0]), A_eq=E, b_eq=[1, 0],
                bounds=(0, None), method="highs")
    assert r.status == 0, r.message
    return r.fun


def least_largest(s0, lo, up, delta):
    n = len(s0)
    G = polytope(s0, lo, up, delta)
    fixed = -np.asarray(G[:, -1].todense()).ravel()
    A = sparse.vstack([sparse.hstack([G[:, :-1], sparse.csr_matrix((G.shape[0], 1))]),
                       sparse.hstack([sparse.identity(n), sparse.csr_matrix((n, n)), sparse.csr_matrix(-np.ones((n, 1)))])])
    r = linprog(np.r_[np.zeros(2 * n), 1], A_ub=A, b_ub=np.r_[fixed, np.zeros(n)],
                A_eq=[np.r_[np.ones(n), np.zeros(n + 1)]], b_eq=[1], bounds=(0, None), method="highs")
    assert r.status == 0, r.message
    return r.fun


def least_hhi(s0, lo, up, delta):
    n = len(s0)
    gains, losses = [(0, max(0.0, up[a] - s0[a])) for a in range(n)], [(0, s0[a] - lo[a]) for a in range(n)]
    of = lambda z: s0 + z[:n] - z[n:]
    r = minimize(lambda z: (of(z) ** 2).sum(), np.zeros(2 * n), jac=lambda z: np.r_[2 * of(z), -2 * of(z)],
                 bounds=gains + losses, method="SLSQP", options={"ftol": 1e-16, "maxiter": 2000},
                 constraints=[{"type": "eq", "fun": lambda z: z[:n].sum() - z[n:].sum(), "jac": lambda z: np.r_[np.ones(n), -np.ones(n)]},
                              {"type": "ineq", "fun": lambda z: delta - z[:n].sum(), "jac": lambda z: np.r_[-np.ones(n), np.zeros(n)]}])
    return r.fun


def loss(S, f, a):
    """The part of every importer's goods that is lost if a stops; by iteration from nothing."""
    l = np.zeros(len(f))
    while True:
        x = f * l
        x[a] = 1
        new = x @ S
        if np.abs(new - l).max() < 1e-16:
            return l
        l = new


def stop_coefficients(S, f, c, a):
    """alpha and beta of c's loss s.alpha/(1 - s.beta) if a stops: a quarter of c's purchases from a, a half or a quarter from b, the rest from nobody."""
    n = len(f)
    unit = np.eye(n)
    alpha, beta = np.zeros(n), np.zeros(n)
    alpha[a] = 1
    for b in range(n):
        if b not in (a, c):
            more, less = (loss(with_column(S, c, unit[a] / 4 + part * unit[b]), f, a)[c] for part in (0.5, 0.25))
            if more - less > 1e-15:
                alpha[b], beta[b] = np.linalg.solve([[0.5, more / 2], [0.25, less / 4]], [more - 0.25, less - 0.25])
    return alpha, beta


def least_worst_stop(S, f, X, c, s0, lo, up, delta):
    n = len(s0)
    stops = [stop_coefficients(S, f, c, a) for a in range(n) if a != c and X[a] > 0]
    al, be = np.array([x[0] for x in stops]), np.array([x[1] for x in stops])
    G = polytope(s0, lo, up, delta)
    fixed = -np.asarray(G[:, -1].todense()).ravel()
    base = sparse.hstack([G[:, :-1], sparse.csr_matrix((G.shape[0], 1))])

    def over(t):
        rows = sparse.csr_matrix(np.hstack([al + t * be, np.zeros((len(al), n)), -np.ones((len(al), 1))]))
        r = linprog(np.r_[np.zeros(2 * n), 1], A_ub=sparse.vstack([base, rows]), b_ub=np.r_[fixed, np.zeros(len(al))],
                    A_eq=[np.r_[np.ones(n), np.zeros(n + 1)]], b_eq=[1], bounds=[(0, None)] * (2 * n) + [(None, None)], method="highs")
        assert r.status == 0, r.message
        return r.fun - t

    return brentq(over, 0, 1.0000001, xtol=1e-13, rtol=1e-14)


def cheapest(g, s0, lo, up, delta):
    n = len(g)
    G = polytope(s0, lo, up, delta)
    fixed = -np.asarray(G[:, -1].todense()).ravel()
    r = linprog(np.r_[g, np.zeros(n)], A_ub=G[:, :-1], b_ub=fixed, A_eq=[np.r_[np.ones(n), np.zeros(n)]], b_eq=[1], bounds=(0, None), method="highs")
    assert r.status == 0, r.message
    return r.fun


def all_at_once(T, w, f, o):
    e = excess(shares_of(T), w, f)
    importers = [c for c in range(len(w)) if T[:, c].sum() > 0]
    limits = {c: bounds(T, c, o) for c in importers}
    while True:
        g = w * (1 + f * e)
        new = e.copy()
        for c in importers:
            new[c] = cheapest(g, *limits[c], o["moved"])
        if np.abs(new - e).max() < 1e-11:
            return new
        e = new


def network(rng, n):
    T = np.zeros((n, n))
    for a in range(n):
        for c in range(n):
            if a != c and rng.random() < 0.55:
                T[a, c] = round(float(10 ** rng.uniform(0, 3)), 2)
    if rng.random() < 0.5:
        T[:, rng.integers(n)] = 0
    if rng.random() < 0.3:
        T[rng.integers(n)] = 0
    return T


def case(rng, k):
    n = int(rng.integers(4, 9))
    T = network(rng, n)
    M, X = T.sum(0), T.sum(1)
    kind = ["mass_balance", "full", "exposure", "none"][k % 4]
    w = rng.uniform(0.02, 0.95, n).round(3)
    f = content_of(T, kind)
    importers = [c for c in range(n) if M[c] > 0]
    if len(importers) < 2:
        return None
    c = int(rng.choice(importers))
    o = {"moved": round(float(rng.uniform(0.02, 0.6)), 3), "keep": round(float(rng.choice([0, 0, rng.uniform(0, 0.6)])), 3),
         "capacity": round(float(rng.choice([0.25, rng.uniform(0, 1.5)])), 3), "all_exports": bool(rng.random() < 0.4),
         "min_supplier_share": float(rng.choice([0, 0.01, 0.08])), "new_suppliers": bool(rng.random() < 0.8), "exclude": [], "capacity_by_supplier": []}
    sellers = [a for a in range(n) if X[a] > 0 and a != c]
    if rng.random() < 0.4:
        o["exclude"] = [int(rng.choice(sellers))]
    if rng.random() < 0.4:
        o["capacity_by_supplier"] = [[int(rng.choice(sellers)), round(float(rng.uniform(0, 2)), 3)]]
    s0, lo, up = bounds(T, c, o)
    if (up - s0).max() <= 1e-9:
        return None
    S, d = shares_of(T), o["moved"]
    alpha, beta = coefficients(S, w, f, c)
    e = excess(S, w, f)
    cap = least_largest(s0, lo, up, d)
    caps = [cap, (cap + s0.max()) / 2]
    out = {"trade": T.tolist(), "instability": w.tolist(), "content": kind, "importer": c, "options": o, "lower": lo.tolist(), "upper": up.tolist(),
           "alpha": alpha.tolist(), "beta": beta.tolist(), "excess": e.tolist(), "least_risk": least_risk(alpha, beta, s0, lo, up, d),
           "frontier": [least_risk(alpha, beta, s0, lo, up, x) for x in STEPS], "least_hhi": least_hhi(s0, lo, up, d), "least_largest": cap,
           "trade_off": [[t, least_risk(alpha, beta, s0, lo, np.minimum(up, t + 1e-12), d)] for t in caps],
           "losses": [0.0 if a == c else float(loss(S, f, a)[c]) for a in range(n)], "least_worst_stop": least_worst_stop(S, f, X, c, s0, lo, up, d), "all_at_once": all_at_once(T, w, f, o).tolist()}
    return out


def write():
    rng = np.random.default_rng(20260101)
    cases = []
    k = 0
    while len(cases) < 48:
        found = case(rng, k)
        k += 1
        if found:
            cases.append(found)
    path = root / "reference/values/diversification.json"
    path.write_text(json.dumps({"steps": STEPS, "cases": cases}, separators=(",", ":")) + "\n")
    print(f"{path.relative_to(root)}: {len(cases)} networks, {path.stat().st_size / 1000:.0f} kB")


def timing():
    """The product-year of bench/kernels: 230 countries, about 10,000 flows by the generator of Knuth's MMIX."""
    state = 10_000

    def uniform():
        nonlocal state
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (state >> 11) / 2**53

    n = 230
    T = np.zeros((n, n))
    for _ in range(10_000):
        a, c = int(uniform() * uniform() * n), int(uniform() * n)
        v = 1 + 1000 * uniform()
        if a != c:
            T[a, c] += v
    state = 1
    w = np.array([uniform() for _ in range(n)])
    f, S, X = content_of(T, "mass_balance"), shares_of(T), T.sum(1)
    o = {"capacity": 0.25, "all_exports": False, "min_supplier_share": 0.01, "new_suppliers": True, "exclude": [], "capacity_by_supplier": [], "keep": 0.0}
    begun = time.process_time()
    L = np.linalg.inv(np.eye(n) - (f * w)[:, None] * S)
    e = excess(S, w, f)
    total, count = 0.0, 0
    for c in range(n):
        if T[:, c].sum() == 0:
            continue
        q = L[c] / L[c, c]
        r = e - q * e[c]
        r[c] = q[c] = 0
        s0, lo, up = bounds(T, c, o)
        can = np.flatnonzero(up > 0)
        for d in STEPS[1:]:
            total += least_risk((w * (1 + f * r))[can], (w * f * q)[can], s0[can], lo[can], up[can], d)
            count += 1
    print(f"{int((T > 0).sum())} flows; {count} linear programs, {time.process_time() - begun:.2f} s of CPU; sum of the least risks {total!r}")


ap = argparse.ArgumentParser()
ap.add_argument("--time", action="store_true")
timing() if ap.parse_args().time else write()
