"""An independent computation of the bands of uncertainty, with numpy, dense solves and random numbers of its own.

    python reference/uncertainty.py [--run runs/example] [--draws 1000]

Reads the flows from the shipped store and estimates, standard errors and ranks from the shipped file of the Governance Indicators, draws governance with
numpy's generator, ranks it anew by the indicators' own rule, and solves every draw of both readings of STR for some products: bands of the mean of a year and of the change from 2007 to
2023, ranks, and Shapley parts of the change. Then it compares with the tables of bands of a finished run, whose draws are others: points to 1e-9, ends of bands and shares of draws within the
Monte Carlo error of both (five standard errors of a quantile, from binomial order statistics). Prints both side by side; exits with 1 if anything is outside.
Shares nothing with the engine but the definitions (docs/methods/22).
"""
import argparse, csv, glob, itertools, math, os, sys
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small matrices: more threads only wait for one another

import numpy as np
import pyarrow.parquet as pq

root = Path(__file__).resolve().parent.parent
ap = argparse.ArgumentParser()
ap.add_argument("--run", default=root / "runs/example", type=Path)
ap.add_argument("--draws", type=int, default=1000)
ap.add_argument("--rho", type=float, default=0.9)
args = ap.parse_args()
B, FIRST, LAST = args.draws, 2007, 2023
PRODUCTS = ["284690", "280530", "284610", "282200", "810510", "250410"]
rng = np.random.default_rng(20260101)

store = root / "data/baci-hs92-raw-materials"
iso3_of = {}
with open(glob.glob(str(store / "codes-*/countries.csv"))[0], newline="") as f:
    for row in csv.DictReader(f):
        for code in row["baci_codes"].split():
            iso3_of[int(code)] = row["iso3"]
flows = {}
for file in sorted(glob.glob(str(store / "flows/*.parquet"))):
    t = pq.read_table(file).to_pydict()
    exact = t.get("value_exact", [None] * len(t["year"]))
    for y, p, a, c, usd, ex in zip(t["year"], t["product"], t["exporter"], t["importer"], t["value_usd"], exact):
        p = f"{int(p):06d}" if not isinstance(p, str) else p
        if p in PRODUCTS and y in (FIRST, LAST):
            flows.setdefault((p, y), []).append((iso3_of[int(a)], iso3_of[int(c)], ex if ex is not None else usd / 1000))

# ------------------------------------------------------------------ governance
wgi = {}
with open(root / "data/wgi/wgi_pv_1996_2023.csv", newline="") as f:
    for row in csv.DictReader(f):
        if row["estimate"]:
            se = float(row["stddev"]) if row["stddev"] else math.nan
            wgi.setdefault(int(row["year"]), {})[row["iso3"]] = (float(row["estimate"]), se, float(row["pctrank"]))
everybody = sorted({c for year in wgi.values() for c in year})
z, scores = rng.standard_normal((len(everybody), B)), {}
for year in range(1996, LAST + 1):
    if year > 1996:
        z = args.rho * z + math.sqrt(1 - args.rho**2) * rng.standard_normal(z.shape)
    scores[year] = z


def ranks(e):
    """100 (number not above - 1)/(N - 1), by column."""
    order = np.sort(e, axis=0)
    return np.stack([(np.searchsorted(order[:, b], e[:, b], side="right") - 1) * 100 / (len(e) - 1) for b in range(e.shape[1])], 1)


drawn = {}
for year in (FIRST, LAST):
    codes = [c for c in everybody if c in wgi[year]]
    est = np.array([wgi[year][c][0] for c in codes])
    se = np.array([wgi[year][c][1] for c in codes])
    se = np.where(np.isnan(se), np.nanmedian(se), se)
    at = [everybody.index(c) for c in codes]
    own = ranks(est[:, None])[:, 0]
    assert abs(own - [wgi[year][c][2] for c in codes]).max() < 1e-3, "the rule of the ranks"
    drawn[year] = dict(zip(codes, ranks(est[:, None] + se[:, None] * scores[year][at])))
# PV with nothing drawn: linear between published years, nearest outside, 50 where never covered.
known = {}
for year in sorted(wgi):
    for c, v in wgi[year].items():
        known.setdefault(c, []).append((year, v[2]))


def point_pv(c, year):
    return np.interp(year, *zip(*known[c])) if c in known else 50.0


def stability(codes, year):
    """w with the published ranks, and in every draw: countries x draws."""
    w = np.array([1 - point_pv(c, year) / 100 for c in codes])
    return w, np.stack([1 - drawn[year][c] / 100 if c in drawn[year] else np.full(B, w[i]) for i, c in enumerate(codes)])


# ------------------------------------------------------------------ risk
def solve(S, w, phi):
    """e = (I - Uᵀ)⁻¹ σ, one dense solve a draw."""
    if w.ndim == 1:
        return np.linalg.solve(np.eye(len(w)) - ((phi * w)[:, None] * S).T, w @ S)
    A = np.eye(len(w)) - (phi * w.T)[:, None, :] * S.T[None]
    return np.linalg.solve(A, (w.T @ S)[:, :, None])[:, :, 0].T


def content(T, reading):
    if reading == "full":
        return np.ones(len(T))
    M, X = T.sum(0), T.sum(1)
    return np.where(M > 0, np.minimum(1, np.divide(M, X, out=np.ones_like(M), where=X > 0)), 0.0)


def study(product, reading):
    """Means, changes and parts: name -> (point, draws)."""
    codes = sorted({x for y in (FIRST, LAST) for f in flows[product, y] for x in f[:2]})
    n, at, out = len(codes), {c: i for i, c in enumerate(codes)}, {}
    T, S, W, F, m, e = {}, {}, {}, {}, {}, {}
    for y in (FIRST, LAST):
        T[y] = np.zeros((n, n))
        for a, c, v in flows[product, y]:
            if a != c:
                T[y][at[a], at[c]] += v
        M = T[y].sum(0)
        S[y] = np.divide(T[y], M, out=np.zeros_like(T[y]), where=M > 0)
        W[y], F[y], m[y] = stability(codes, y), content(T[y], reading), M / M.sum()
        e[y] = [solve(S[y], w, F[y]) for w in W[y]]
        out["mean", y, "WORLD"] = [1 + m[y] @ v for v in e[y]]
        large = [i for i in range(n) if m[y][i] >= 0.005]
        for c in ("CHN", "USA", "JPN", "DEU"):
            out["level", y, c] = [1 + v[at[c]] for v in e[y]]
            out["rank", y, c] = [1 + (v[large] > v[at[c]]).sum(0) for v in e[y]] if at[c] in large else None
    a, b = FIRST, LAST
    out["change", "WORLD"] = [m[b] @ e[b][k] - m[a] @ e[a][k] for k in (0, 1)]
    for c in ("CHN", "USA", "JPN", "DEU"):
        out["change", c] = [e[b][k][at[c]] - e[a][k][at[c]] for k in (0, 1)]
    Xa, Xb = T[a].sum(1), T[b].sum(1)
    phi = {a: np.where((Xa > 0) | (Xb <= 0), F[a], F[b]), b: np.where((Xb > 0) | (Xa <= 0), F[b], F[a])}
    both = ((T[a].sum(0) + Xa) > 0) & ((T[b].sum(0) + Xb) > 0)
    mean = (m[a] + m[b]) / 2 * both
    traders = {y: (T[y].sum(0) + T[y].sum(1)) > 0 for y in (a, b)}
    for k in (0, 1):
        value = {q: mean @ solve(S[q[0]], W[q[1]][k], phi[q[2]]) for q in itertools.product((a, b), repeat=3)}
        parts = np.zeros((3,) + np.shape(value[a, a, a]))
        for order in itertools.permutations(range(3)):
            q = [a, a, a]
            for i in order:
                before = value[tuple(q)]
                q[i] = b
                parts[i] = parts[i] + (value[tuple(q)] - before) / 6
        half = {y: (np.where(both, 0.5, 1.0) * traders[y]) for y in (a, b)}
        who = ((m[b] - m[a]) * half[a]) @ e[a][k] + ((m[b] - m[a]) * half[b]) @ e[b][k]
        names = {"shares": parts[0], "stability": parts[1], "import_content": parts[2], "importers": who, "network": parts[0] + parts[2]}
        assert np.allclose(parts.sum(0) + who, out["change", "WORLD"][k], atol=1e-10)
        for name, part in names.items():
            out.setdefault(("part", name), []).append(part)
    return out


# ------------------------------------------------------------------ comparison
wrong, compared = [], 0


def table(name, keys):
    with open(args.run / name, newline="") as f:
        return {tuple(r[k] for k in keys): r for r in csv.DictReader(f)}


means = table("band_means.csv", ["product", "who", "year", "reading"])
changes = table("band_changes.csv", ["product", "who", "reading", "part"])
levels = {}
t = pq.read_table(args.run / "bands.parquet").to_pylist()
for r in t:
    if r["product"] in PRODUCTS and r["year"] in (FIRST, LAST):
        levels[r["product"], r["country"], r["year"], r["reading"]] = r
manifest = (args.run / "manifest.toml").read_text()
N = int(next(line for line in manifest.splitlines() if line.startswith("draws = ")).split("=")[1])


def within(draws, p, found, slack=1e-9):
    """Whether a quantile of N other draws can be `found`: between the quantiles of ours at p ± five standard errors of both."""
    d = 5 * math.sqrt(p * (1 - p) * (1 / B + 1 / N)) + 1 / min(B, N)
    # Beyond the outermost of our draws nothing is known.
    low = np.quantile(draws, p - d) if p > d else -math.inf
    high = np.quantile(draws, p + d) if p + d < 1 else math.inf
    return low - slack <= found <= high + slack


def compare(what, ours, row, names, shares, above=False):
    global compared
    point, draws = ours
    q = np.quantile(draws, shares)
    their = [float(row[n]) for n in names]
    bad = [] if abs(float(row["point" if "point" in row else "rank"]) - point) < 1e-9 * max(1, abs(point)) or what[0] == "rank" else ["point"]
    bad += [n for n, p, f in zip(names, shares, their) if not within(draws, p, f)]
    text = f"{' '.join(map(str, what)):44} ours {point:8.3f} [{q[0]:7.3f}, {q[1]:7.3f}, {q[2]:7.3f}]   run [{their[0]:7.3f}, {their[1]:7.3f}, {their[2]:7.3f}]"
    if above:
        share, theirs = (draws > 0).mean(), float(row["share_above_0"])
        error = 5 * math.sqrt(max(share * (1 - share), 0.25 / min(B, N)) * (1 / B + 1 / N))
        if abs(share - theirs) > error:
            bad.append("share_above_0")
        text += f"   P(>0) {share:5.3f} {theirs:5.3f}"
    compared += 1
    if bad:
        wrong.append((what, bad))
        text += "   <-- " + ", ".join(bad)
    print(text)


print(f"ours: {B} draws; the run: {N}; [5, 50, 95 %] of means and ranks, [2.5, 50, 97.5 %] of changes\n")
for product in PRODUCTS:
    for reading in ("mass_balance", "full"):
        own = study(product, reading)
        for key, ours in own.items():
            if ours is None:
                continue
            what = (key[0], product, reading) + key[1:]
            if key[0] == "mean":
                compare(what, ours, means[product, "WORLD", str(key[1]), reading], ["p05", "median", "p95"], [0.05, 0.5, 0.95])
            elif key[0] == "level":
                compare(what, ours, levels[product, key[2], key[1], reading], ["p05", "median", "p95"], [0.05, 0.5, 0.95])
            elif key[0] == "rank":
                row = levels[product, key[2], key[1], reading]
                if row["rank"] != ours[0]:
                    wrong.append((what, [f"rank {row['rank']} is not {ours[0]}"]))
                compare(what, ours, row, ["rank_p05", "rank_median", "rank_p95"], [0.05, 0.5, 0.95])
            elif key[0] == "change":
                compare(what, ours, changes[product, key[1], reading, "change"], ["p025", "median", "p975"], [0.025, 0.5, 0.975], True)
            elif not (reading == "full" and key[1] == "import_content"):
                compare(what, ours, changes[product, "WORLD", reading, key[1]], ["p025", "median", "p975"], [0.025, 0.5, 0.975], True)
print(f"\n{compared} bands compared, {len(wrong)} outside")
for what, bad in wrong:
    print("outside:", *what, bad)
sys.exit(bool(wrong))
