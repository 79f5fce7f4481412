"""An independent computation of shocks with numpy: dense matrices, plain iteration and plain solves, all sets tried.

    python reference/shocks.py

Makes small networks and chains with random numbers, computes for each what the engine computes (docs of the module `shock`), and writes networks and results to
reference/values/shocks.json, which `cargo test --release -p monazite --test engine shock_reference` holds against the engine, to 1e-10. Each loss is found in two ways where there
are two: iteration from 0 and a linear solve. Shares nothing with the engine but the definitions.
"""
import itertools, json
from pathlib import Path

import numpy as np

rng = np.random.default_rng(20231115)
root = Path(__file__).resolve().parent.parent


def network(n, density=0.55):
    t = np.where(rng.random((n, n)) < density, np.ceil(np.exp(rng.normal(3, 1.5, (n, n)))), 0.0)
    np.fill_diagonal(t, 0)
    t[:, rng.integers(n)] = 0  # somebody who buys nothing
    return t


def shares(t):
    m = t.sum(0)
    return np.divide(t, m, out=np.zeros_like(t), where=m > 0)


def content(t, reading):
    m, x = t.sum(0), t.sum(1)
    if reading == "mass":
        return np.where(m > 0, np.minimum(1, np.divide(m, x, out=np.ones_like(m), where=x > 0)), 0.0)
    return np.divide(m, m + x, out=np.zeros_like(m), where=m + x > 0)


def shock_matrices(n, shock):
    k, y = np.zeros((n, n)), np.zeros(n)
    for cut in shock["cuts"]:
        to = range(n) if cut["to"] is None else cut["to"]
        for c in to:
            k[cut["supplier"], c] = max(k[cut["supplier"], c], cut["share"])
    for loss in shock["losses"]:
        y[loss["country"]] = max(y[loss["country"]], loss["share"])
    return k, y


def flow_loss(k, u, combine):
    return np.maximum(k, u[:, None]) if combine == "max" else 1 - (1 - k) * (1 - u[:, None])


def within(t, phi, k, y, combine="max", fill=0.0):
    """Iteration from 0 until nothing changes."""
    s, l = shares(t), np.zeros(len(phi))
    for _ in range(1_000_000):
        u = phi * l + (1 - phi) * y
        x = flow_loss(k, u, combine)
        new = (1 - fill) * (s * x).sum(0)
        if np.abs(new - l).max() < 1e-16:
            break
        l = new
    u = phi * new + (1 - phi) * y
    return new, u, flow_loss(k, u, combine)


def hit(t, phi, group):
    """Probability that the way back from each importer meets the group: one solve."""
    s, passed = shares(t), phi.copy()
    passed[group] = 0
    return np.linalg.solve(np.eye(len(phi)) - (passed[:, None] * s).T, s[group].sum(0))


def scan(t, phi):
    rows, m, x = [], t.sum(0), t.sum(1)
    for a in np.flatnonzero(x > 0):
        l = hit(t, phi, [a])
        k = np.zeros_like(t)
        k[a] = 1
        assert np.allclose(l, within(t, phi, k, np.zeros(len(x)))[0], atol=1e-12)
        lost = m * l
        lost[a] = 0
        p = lost.sum()
        of_others = m.sum() - m[a]
        rows.append({"supplier": int(a), "loss": l, "power": p, "power_share": p / of_others, "direct": x[a], "direct_share": x[a] / of_others, "multiplier": p / x[a],
                     "damage_hhi": ((lost / p) ** 2).sum(), "top_importer": int(np.argmax(lost)), "top_importer_share": lost.max() / p})
    return rows


def substitute(t, phi, k, y, combine, kappa, rationing, may):
    """Fills and losses together, a round at a time, from what is lost without any fill."""
    s, m = shares(t), t.sum(0)
    l, fill = within(t, phi, k, y, combine)[0], np.zeros(len(m))
    for _ in range(1_000_000):
        u = phi * l + (1 - phi) * y
        x = flow_loss(k, u, combine)
        lacking = (s * x).sum(0)
        d = m * lacking
        spare = kappa * (t * (1 - x)).sum(1) * may
        if rationing == "pool":
            new = np.full(len(m), 1.0 if d.sum() <= 0 else min(1.0, spare.sum() / d.sum()))
        elif rationing == "incumbent":
            customers = (t > 0) @ d
            part = np.divide(spare, customers, out=np.zeros_like(spare), where=customers > 0)
            new = np.minimum(1, (part[:, None] * (t > 0)).sum(0))
        else:
            new, left = np.zeros(len(m)), spare.sum()
            for c in rationing:
                got = min(d[c], left)
                new[c] = got / d[c] if d[c] > 0 else 1.0
                left -= got
            others = [c for c in range(len(m)) if c not in rationing]
            rest = d[others].sum()
            new[others] = 1.0 if rest <= 0 else min(1.0, left / rest)
        now = (1 - new) * lacking
        done = max(np.abs(now - l).max(), np.abs(new - fill).max()) < 1e-16
        l, fill = now, new
        if done:
            break
    return l, [float(f) if w > 0 else None for f, w in zip(fill, d)], d.sum(), spare.sum()


def worst(t, phi, count):
    m = t.sum(0)
    cost = lambda g: float(m @ hit(t, phi, list(g)))
    sellers = np.flatnonzero(t.sum(1) > 0).tolist()
    greedy, steps = [], []
    for _ in range(count):
        best = max((a for a in sellers if a not in greedy), key=lambda a: (round(cost(greedy + [a]), 9), -a))
        greedy.append(best)
        steps.append({"supplier": best, "lost": cost(greedy)})
    return {"greedy": steps, "optimum": max(cost(g) for g in itertools.combinations(sellers, count))}


def chain(products, shocks, reading, production, weights):
    """Forward, product after product. production: "linear", "leontief" or an exponent."""
    n = len(products[0]["T"])
    totals = [p["T"].sum() for p in products]
    theta = [min(1.0, totals[i] / out) if (out := sum(totals[j] for j, q in enumerate(products) for e in q["inputs"] if e["product"] == i)) > 0 else 1.0 for i in range(len(products))]
    lacking, results = [], []
    for j, p in enumerate(products):
        k, y = shock_matrices(n, next((s["shock"] for s in shocks if s["product"] == j), {"cuts": [], "losses": []}))
        for c in range(n):
            traded = [e for e in p["inputs"] if products[e["product"]]["T"][:, c].sum() + products[e["product"]]["T"][c].sum() > 0]
            if not traded:
                continue
            u = np.array([lacking[e["product"]][c] for e in traded])
            m = np.array([products[e["product"]]["T"][:, c].sum() for e in traded])
            w = m / m.sum() if weights == "imports" and m.sum() > 0 else np.full(len(m), 1 / len(m))
            if reading == "content":
                th = np.array([theta[e["product"]] if e["share"] is None else e["share"] for e in traded])
                down = min(1.0, (th * u).sum())
            elif production == "leontief":
                down = u.max()
            else:
                rho = 1.0 if production == "linear" else production
                ess = np.array([e["essential"] for e in traded])
                down = max(u[ess].max() if ess.any() else 0.0, (w[~ess] * u[~ess] ** rho).sum() ** (1 / rho))
            y[c] = max(y[c], down)
        l, u, _ = within(p["T"], p["phi"], k, y)
        if not k.any():
            s = shares(p["T"])
            direct = np.linalg.solve(np.eye(n) - (p["phi"][:, None] * s).T, s.T @ ((1 - p["phi"]) * y))
            assert np.allclose(l, direct, atol=1e-12)
        lacking.append(np.maximum(0, u - (p["stocks"] if p["stocks"] is not None else 0)) * (totals[j] > 0))
        results.append({"l": l, "u": u, "y": y, "value": float(p["T"].sum(0) @ l)})
    return results


def random_shock(n):
    draw = lambda: round(float(rng.random()), 3)
    cuts = [{"supplier": int(rng.integers(n)), "to": None if rng.random() < 0.5 else sorted({int(c) for c in rng.integers(n, size=3)}), "share": 1.0 if rng.random() < 0.3 else draw()} for _ in range(3)]
    losses = [{"country": int(rng.integers(n)), "share": draw()} for _ in range(int(rng.integers(3)))]
    return {"cuts": cuts, "losses": losses}


def plain(x):
    if isinstance(x, dict):
        return {k: plain(v) for k, v in x.items()}
    if isinstance(x, (list, tuple)):
        return [plain(v) for v in x]
    if isinstance(x, np.ndarray):
        return plain(x.tolist())
    return x.item() if isinstance(x, np.generic) else x


def network_cases():
    for n, reading in [(4, "mass"), (5, "exposure"), (6, "mass"), (7, "mass"), (8, "exposure")]:
        t = network(n)
        phi = content(t, reading)
        shocks = []
        for combine in ("max", "product"):
            shock = random_shock(n)
            k, y = shock_matrices(n, shock)
            l, u, x = within(t, phi, k, y, combine)
            may = np.array([not any(c["supplier"] == a and c["share"] > 0 for c in shock["cuts"]) for a in range(n)])
            excluded = [int(np.flatnonzero(may)[0])]
            may[excluded] = False
            first = [int(c) for c in rng.permutation(n)[:2]]
            kappa = np.round(rng.random(n) * 0.6, 3)
            filled = []
            for rationing in ("pool", "incumbent", first):
                left, fill, unmet, spare = substitute(t, phi, k, y, combine, kappa, rationing, may)
                filled.append({"rationing": rationing, "l": left, "fill": fill, "unmet": unmet, "spare": spare})
            shocks.append({"combine": combine, **shock, "l": l, "u": u, "x": [x[a, c] for c in range(n) for a in range(n) if t[a, c] > 0],
                           "kappa": kappa, "exclude": excluded, "filled": filled})
        yield {"T": t, "phi": phi, "scan": scan(t, phi), "worst": worst(t, phi, 3), "shocks": shocks}


def chain_cases():
    for n, inputs in [(5, [[], [0], [0, 1], [1, 2]]), (6, [[], [], [0, 1], [0, 1, 2], [2]]), (7, [[], [0], [1], [0, 2], [1, 3]])]:
        products = []
        for i, of in enumerate(inputs):
            t = network(n, 0.4)
            products.append({"T": t * 4.0**i, "phi": None, "inputs": [{"product": p, "essential": bool(rng.random() < 0.3), "share": None if rng.random() < 0.7 else 0.25} for p in of],
                             "stocks": np.round(rng.random(n) * 0.2, 3) if rng.random() < 0.3 else None})
            products[-1]["phi"] = content(products[-1]["T"], "mass" if n != 6 else "exposure")
        runs = []
        for reading, production, weights in [("reach", "linear", "imports"), ("reach", "leontief", "equal"), ("reach", 2.5, "imports"), ("content", "linear", "imports"), ("reach", "linear", "equal")]:
            shocks = [{"product": 0, "shock": random_shock(n)}, {"product": 2, "shock": random_shock(n)}]
            runs.append({"reading": reading, "production": production, "weights": weights, "shocks": shocks, "products": chain(products, shocks, reading, production, weights)})
        yield {"products": products, "runs": runs}


out = root / "reference/values/shocks.json"
out.write_text(json.dumps(plain({"networks": list(network_cases()), "chains": list(chain_cases())}), separators=(",", ":")) + "\n")
print(out.relative_to(root), out.stat().st_size, "bytes")
