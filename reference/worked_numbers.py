"""The worked numbers of docs/methods and docs/tutorial.md, computed with numpy and compared with what the pages say.

    python reference/worked_numbers.py

Part 1 needs numpy only. Part 2 reads the shipped trade data: what a trickle of imports does to STR (methods 4, tutorial).
Part 3 looks at runs/example, if it is there (`monazite run`): among others, main suppliers, trickles and map against dense matrices. Shares nothing with the engine but the definitions.
"""
import glob
from pathlib import Path
import numpy as np

root = Path(__file__).resolve().parent.parent


def solve(T, PV, damping=1.0):
    """Imports, exports, shares, w, V, L."""
    T, w = np.asarray(T, float), 1 - np.asarray(PV, float) / 100
    M, X = T.sum(0), T.sum(1)
    S = np.divide(T, M, out=np.zeros_like(T), where=M > 0)
    V = damping * w[:, None] * S
    return M, X, S, w, V, np.linalg.inv(np.eye(len(T)) - V)


def same(name, actual, expected, digits=4):
    actual, expected = np.asarray(actual, float), np.asarray(expected, float)
    assert np.allclose(actual, expected, rtol=0, atol=0.51 * 10.0**-digits), (name, actual, expected)
    print(f"  {name}")


print("worked example")
E1, PV = [[0, 60, 30], [10, 0, 50], [0, 20, 0]], [25, 80, 50]
M, X, S, w, V, L = solve(E1, PV)
STR = L.sum(0)
same("exposure", M / (M + X), [0.1, 0.5714, 0.8])
H, n = (S**2).sum(0), (S > 0).sum(0)
same("hhi", H, [1, 0.625, 0.53125], 10)
same("hhi normalised", (H[1:] - 1 / n[1:]) / (1 - 1 / n[1:]), [0.25, 0.0625], 10)
same("V", V, [[0, 0.5625, 0.28125], [0.2, 0, 0.125], [0, 0.125, 0]], 10)
same("L", L, [[1.1382, 0.6911, 0.4065], [0.2313, 1.1563, 0.2096], [0.0289, 0.1445, 1.0262]])
same("STR", STR, [1.3983739837, 1.9918699187, 1.6422764228], 10)
same("rows", L.sum(1), [2.2358, 1.5971, 1.1996])
same("excess", STR - 1, [0.3984, 0.9919, 0.6423])
direct = V.sum(0)
same("direct", direct, [0.2, 0.6875, 0.40625], 10)
same("indirect", STR - 1 - direct, [0.1984, 0.3044, 0.2360])
same("indirect, share", (STR - 1 - direct) / (STR - 1), [0.50, 0.31, 0.37], 2)
same("partial sums of B", [sum(np.linalg.matrix_power(V, k).sum(0)[1] for k in range(m + 1)) for m in (1, 2, 3)], [1.6875, 1.8508, 1.9459])
same("damping .5", solve(E1, PV, 0.5)[5].sum(0), [1.1399, 1.3986, 1.2477])
same("damping .85", solve(E1, PV, 0.85)[5].sum(0), [1.3030, 1.7825, 1.5009])
infl = L.sum(1) - np.diag(L)
same("influence", infl, [1.0976, 0.4408, 0.1734])
same("mean", infl / 2, [0.5488, 0.2204, 0.0867])
same("import weighted", [(L[a] @ M - L[a, a] * M[a]) / (M.sum() - M[a]) for a in range(3)], [0.5488, 0.2120, 0.1317])
same("share", infl / ((STR - 1).sum() - (STR - 1)), [0.6716, 0.4236, 0.1248])
same("extraction", infl * STR / np.diag(L), [1.3484, 0.7594, 0.2776])
F = np.linalg.inv(np.eye(3) - 0.5 * S)
same("pv free", F.sum(1) - np.diag(F), [0.9231, 1.1897, 0.2462])
same("trade risk, net imports", np.maximum(0, (M - X) / M) * STR, [0, 0.4980, 1.2317])
same("trade risk, exposure", M / (M + X) * STR, [0.1398, 1.1382, 1.3138])
G = STR[:, None] * (S @ L)
same("gradient", G, [[0.2577, 1.2885, 0.7579], [2.3032, 1.5564, 2.0872], [0.0949, 0.4747, 0.0860]])
step = 1e-6
moved = [(solve(E1, np.array(PV) - 100 * step * np.eye(3)[a])[5].sum(0) - STR) / step for a in range(3)]
same("gradient, by differences", moved, G)
same("cost of a share", w * STR, [1.0488, 0.3984, 0.8211])
S2 = S + 0.25 * np.array([[0, -1, 0], [0, 0, 0], [0, 1, 0]])
same("shift", np.linalg.inv(np.eye(3) - w[:, None] * S2).sum(0), [1.3854, 1.9272, 1.6306])
for a, expected in enumerate([[0.8490, 0.4994], [0.3984, 0.3610], [0.0463, 0.2313]]):
    cut = V.copy()
    cut[a] = 0
    others = [c for c in range(3) if c != a]
    same(f"cut of {'ABC'[a]}", (STR - np.linalg.inv(np.eye(3) - cut).sum(0))[others], expected)
same("tutorial, PV of A 24", solve(E1, [24, 80, 50])[5].sum(0)[1] - STR[1], 0.01291, 5)
T1, P1 = [[0, 80, 60], [20, 0, 10], [0, 10, 0]], [20, 85, 45]
f = lambda T, P: solve(T, P)[5].sum(0)
f00, f11, f10, f01 = f(E1, PV), f(T1, P1), f(T1, PV), f(E1, P1)
same("change", f11 - f00, [-0.0912, 0.0563, 0.2980])
network, stability = (f10 - f00 + f11 - f01) / 2, (f01 - f00 + f11 - f10) / 2
same("network", network, [0.0096, 0.0544, 0.3429])
same("stability", stability, [-0.1007, 0.0019, -0.0449])
m0, m1 = M / M.sum(), np.sum(T1, 0) / np.sum(T1)
same("average importer", [m0 @ f00, m1 @ f11], [1.79244, 1.92387], 5)
same("its parts", [(m0 + m1) / 2 @ network, (m0 + m1) / 2 @ stability, (m1 - m0) @ (f00 + f11) / 2], [0.17457, -0.02694, -0.01620], 5)

print("economic complexity (methods 25)")
complex_m = np.array([[int(d) for d in row] for row in ("111111", "111100", "111010", "110000", "100100")], float)
kc, kp = complex_m.sum(1), complex_m.sum(0)
values, vectors = np.linalg.eig((complex_m / kc[:, None]) @ (complex_m / kp).T)
order = np.argsort(-values.real)
same("eigenvalues", values.real[order], [1, 0.2383281214, 0.1743202495, 0.0709652580, 0.0441641489], 10)
line = vectors.real[:, order[1]]
line *= np.sign(np.corrcoef(line, kc)[0, 1])
eci = (line - line.mean()) / line.std()
same("ECI", eci, [0.7341516205, -0.2518747817, 1.1930685417, 0.0485487481, -1.7238941285], 10)
same("PCI of p4", eci[[0, 2]].mean(), 0.9636100811, 10)
fit, quality = np.ones(5), np.ones(6)
for _ in range(200):
    fit, quality = complex_m @ quality, 1 / (complex_m.T @ (1 / fit))
    fit, quality = fit / fit.mean(), quality / quality.mean()
same("fitness", fit, [4.0428972250, 0.2145725541, 0.6380684894, 0.0501246855, 0.0543370461], 10)
near = (complex_m.T @ complex_m) / np.maximum(kp[:, None], kp)
same("proximity of p4 and p1, density of p4 around D", [near[4, 1], complex_m[3] @ near[4] / near[4].sum()], [0.5, 0.2647])
print("other small networks")
hub = np.zeros((11, 11))
for s in range(1, 11):
    hub[0, s], hub[s, 0], hub[s % 10 + 1, s] = 95, 10, 5
K = solve(hub, [28] + [60] * 10)[5]
same("hub and spokes", [*K.sum(0)[:2], *K.sum(1)[:2]], [1.954, 2.384, 11.070, 1.472], 3)
same("two-cycle", f([[0, 5], [7, 0]], [25, 50]), [2.4, 2.8], 10)
same("one without stability", f([[0, 5], [7, 0]], [0, 50]), [3, 4], 10)
same("entrepot", f([[0, 100, 50], [80, 0, 50], [0, 0, 0]], [28, 60, 70]), [1.966, 2.416, 2.191], 3)
same("merged", f([[0, 100], [0, 0]], [28, 70]), [1, 1.72], 10)
same("traced", f([[0, 100, 100], [0, 0, 0], [0, 0, 0]], [28, 60, 70]), [1, 1.72, 1.72], 10)
six = np.array([[0, 51, 75, 95, 4, 15], [82, 0, 25, 31, 87, 42], [28, 82, 0, 41, 64, 55], [9, 3, 86, 0, 83, 54], [81, 33, 45, 79, 0, 31], [13, 45, 97, 14, 38, 0]], float)
same("uniform stability", f(six, [40] * 6), [2.5] * 6, 10)
six[:, 0] = 0
same("termination", f(six, [40] * 6), [1, 2.1444, 2.1423, 2.0610, 2.2686, 2.2320])
same("share of the ending supplier", six[0].sum() / six.sum(), 0.19, 2)
R = np.array([[10, 0, 90], [30, 50, 20], [60, 50, 390]], float)
rca = (R / R.sum(1, keepdims=True)) / (R.sum(0) / R.sum())
same("rca", rca, [[0.70, 0, 1.26], [2.10, 3.50, 0.28], [0.84, 0.70, 1.092]], 10)
same("rca, identity", (R.sum(0) / R.sum() * rca).sum(1), [1, 1, 1], 10)
P = np.array([(0.9, 0.8, 2.0), (0.5, 0.4, 1.6), (0.2, 0.3, 1.2), (0.7, 0.9, 2.4), (0.1, 0.2, 1.1), (0.6, 0.35, 1.9)])
for scale, value, part, loading, score in (
    (P.std(0, ddof=1), 2.7380, 0.913, [0.5746, 0.5733, 0.5840], [1.7254, -0.3003, -1.5375, 2.0153, -2.0439, 0.1411]),
    (1, 0.3933, 0.931, [0.4519, 0.4242, 0.7848], [0.5470, -0.1174, -0.6093, 0.8129, -0.7753, 0.1420]),
):
    Z = (P - P.mean(0)) / scale
    values, vectors = np.linalg.eigh(np.cov(Z.T))
    first = vectors[:, -1] * np.sign(vectors[:, -1].sum())
    same("component", [values[-1], *first, *(Z @ first)], [value, *loading, *score])
    same("its share", values[-1] / values.sum(), part, 3)

print("shocks (methods 23)")


def content(T):
    """min(1, M/X): 0 without imports, 1 without exports."""
    M, X = np.sum(T, 0), np.sum(T, 1)
    return np.where(M > 0, np.minimum(1, np.divide(M, X, out=np.ones(len(M)), where=X > 0)), 0.0)


def losses(T, phi, k=0.0, y=0.0, fill=lambda d, x: 0.0):
    """Least loss shares of imports from l = 0: k cuts of flows, y losses of production, fill what others add of what is lacking. Returns l, u."""
    T = np.asarray(T, float)
    M = T.sum(0)
    S = np.divide(T, M, out=np.zeros_like(T), where=M > 0)
    l, part = np.zeros(len(T)), 0.0
    for _ in range(20_000):
        x = np.maximum(k, (phi * l + (1 - phi) * y)[:, None])
        lacking = (S * x).sum(0)
        part = fill(M * lacking, x)
        l = (1 - part) * lacking
    return l, phi * l + (1 - phi) * y


Q2 = np.array([[0, 60, 30], [10, 0, 20], [5, 60, 0]], float)
phi, M, X = content(Q2), Q2.sum(0), Q2.sum(1)
same("import content", phi, [1 / 6, 1, 0.7692307692], 10)
stop = np.array([[1.0] * 3, [0.0] * 3, [0.0] * 3])
K1 = Q2 / M @ np.linalg.inv(np.eye(3) - phi[:, None] * (Q2 / M))
each = K1 / (1 + phi * np.diag(K1))[:, None]
A, u = losses(Q2, phi, stop)
same("A stops", A, [0.8181818182, 0.8636363636, 0.9454545455], 10)
same("the same in closed form", each[0], A, 12)
power = np.array([sum(M[c] * each[a, c] for c in range(3) if c != a) for a in range(3)])
same("power", power, [150.9090909, 35.7894737, 77.6470588], 7)
same("share, multiplier of A", [power[0] / 170, power[0] / 90], [0.8877005348, 1.6767676768], 10)
same("shares of B and C", power[1:] / (M.sum() - M[1:]), [0.5506, 0.5752])
same("half of A", losses(Q2, phi, stop / 2)[0], [0.4090909091, 0.4318181818, 0.4727272727], 10)
same("embargo", losses(Q2, phi, np.array([[0, 1.0, 0], [0, 0, 0], [0, 0, 0]]))[0], [0.4838709677, 0.6129032258, 0.2935483871], 10)
same("production", losses(Q2, phi, y=np.array([0.4, 0, 0]))[0], [0.3157894737, 0.3333333333, 0.3649122807], 10)


def spare(kappa):
    """What B and C can add of what they still sell."""
    return lambda x: kappa * np.array([0, 1, 1]) * (X - (Q2 * x).sum(1))


def pool(kappa):
    return lambda d, x: min(1.0, spare(kappa)(x).sum() / d.sum()) if d.sum() > 0 else 1.0


def incumbent(kappa):
    def fill(d, x):
        add = spare(kappa)(x)
        wanted = np.array([d[Q2[a] > 0].sum() for a in range(3)])
        per = np.divide(add, wanted, out=np.zeros(3), where=wanted > 0)
        return np.minimum(1, np.array([per[Q2[:, c] > 0].sum() for c in range(3)]))

    return fill


same("pool, 10 %", losses(Q2, phi, stop, fill=pool(0.1))[0], [0.7869108275, 0.8426823128, 0.9234047246], 10)
same("pool, 50 %", losses(Q2, phi, stop, fill=pool(0.5))[0], [0.5948463388, 0.7081435768, 0.7813385338], 10)
same("present customers, 50 %", losses(Q2, phi, stop, fill=incumbent(0.5))[0], [0.5688833334, 0.7279043135, 0.8250429404], 10)
P2, P3 = np.array([[0, 0, 10], [40, 0, 60], [20, 30, 0]], float), np.array([[0, 5, 20], [25, 0, 5], [0, 0, 0]], float)
# Product 2 is made of this one and of another, of which nothing is lost; weights are what a country imports of each.
weight = M / (M + P3.sum(0))
same("its production", weight * u, [0.0511363636, 0.8290909091, 0.4848484848], 10)
same("its imports", losses(P2, content(P2), y=weight * u)[0], [0.8290909091] * 3, 10)

print("diversification (methods 24)")
T1, w = np.array(E1, float), 1 - np.array(PV) / 100
M, S, phi = T1.sum(0), T1 / T1.sum(0), content(E1)


def risk(shares, phi, c=1):
    """e of everybody with other shares of importer c."""
    S2 = S.copy()
    S2[:, c] = shares
    return np.linalg.solve(np.eye(3) - ((phi * w)[:, None] * S2).T, w @ S2)


for name, import_content, alpha, beta in (("paper", np.ones(3), [0.9, 0.2, 0.73125], [0.15, 0, 0.090625]), ("mass", phi, [0.7666666667, 0.2, 0.70625], [0.0166666667, 0, 0.065625])):
    out = np.array([0, 2])
    U = (import_content * w)[:, None] * S
    r, q = np.zeros(3), np.zeros(3)
    inner = np.eye(2) - U[np.ix_(out, out)].T
    r[out], q[out] = np.linalg.solve(inner, (w @ S)[out]), np.linalg.solve(inner, U[1, out])
    a, b = w * (1 + import_content * r), w * import_content * q
    same(f"alpha, beta, {name}", [*a, *b], [*alpha, *beta], 10)
    for shares in (S[:, 1], np.array([0.5, 0, 0.5])):
        same("the ratio", shares @ a / (1 - shares @ b), risk(shares, import_content)[1], 12)
same("mass, after", 1 + risk(np.array([0.5, 0, 0.5]), phi), [1.3536121673, 1.7680608365, 1.5133079848], 10)
same("mass, before", 1 + risk(S[:, 1], phi), [1.3547868061, 1.7739340306, 1.5140788415], 10)
same("paper, after", 1 + risk(np.array([0.5, 0, 0.5]), np.ones(3))[1], 1.9272)
T4, w4 = np.array([[0, 50, 20, 10], [10, 0, 30, 10], [5, 20, 0, 30], [15, 10, 10, 0]], float), np.array([0.7, 0.3, 0.1, 0.5])


def str_mass(T):
    S4, f4 = T / T.sum(0), content(T4)
    return 1 + np.linalg.solve(np.eye(4) - ((f4 * w4)[:, None] * S4).T, w4 @ S4)


swapped = T4.copy()
swapped[0, 1], swapped[2, 1], swapped[2, 3], swapped[0, 3] = 42, 28, 22, 18
before, after, m = str_mass(T4), str_mass(swapped), T4.sum(0) / T4.sum()
same("swap", [*before, *after], [1.5339, 1.6515, 1.6416, 1.3656, 1.5548, 1.5935, 1.6436, 1.4724])
same("swap, mean", [m @ before, m @ after], [1.5678, 1.5744])

print("shipped trade, 2023")
import pandas as pd

table = pd.read_csv(glob.glob(str(root / "data/baci-hs92-raw-materials/codes-*/countries.csv"))[0], keep_default_na=False)
iso3 = {int(code): row.iso3 for row in table.itertuples() for code in row.baci_codes.split()}
flows = pd.read_parquet(glob.glob(str(root / "data/baci-hs92-raw-materials/flows/2023-*.parquet"))[0])
flows["value"] = flows.value_exact.fillna(flows.value_usd / 1000)
wgi = pd.read_csv(root / "data/wgi/wgi_pv_1996_2023.csv", keep_default_na=False)
pv = pd.to_numeric(wgi[wgi.year == 2023].set_index("iso3").pctrank, errors="coerce").dropna()


def world(product):
    g = flows[flows["product"] == product]
    a, c = g.exporter.map(iso3), g.importer.map(iso3)
    codes = sorted(set(a) | set(c))
    place = {code: at for at, code in enumerate(codes)}
    T = np.zeros((len(codes), len(codes)))
    np.add.at(T, (a.map(place).values, c.map(place).values), g.value.values)
    return T, [pv.get(code, 50.0) for code in codes], place


T, stable, at = world("284690")
without = T.copy()
without[:, at["MMR"]] = 0
for name, matrix, expected in (("as recorded", T, [4.17, 3.43, 2.98, 3.59]), ("Myanmar imports nothing", without, [1.91, 2.21, 2.08, 1.94])):
    str_ = f(matrix, stable)
    mean = matrix.sum(0) @ str_ / matrix.sum()
    same(name, [*(str_[at[c]] for c in ("CHN", "USA", "JPN")), mean], expected, 2)
same("Myanmar's imports, thousand USD", T[:, at["MMR"]].sum(), 45, 0)
same("share of Myanmar in China, of China in Myanmar", [T[at["MMR"], at["CHN"]] / T[:, at["CHN"]].sum(), T[at["CHN"], at["MMR"]] / T[:, at["MMR"]].sum()], [0.74, 0.99], 2)
T, stable, at = world("282200")
K = solve(T, stable)[5]
order = np.argsort(-(K.sum(1) - np.diag(K)))[:5]
assert [code for p in order for code, place in at.items() if place == p] == ["COD", "CHN", "BEL", "LBN", "ZAF"]
same("exports of Lebanon, imports of the Congo", [T[at["LBN"]].sum(), T[:, at["COD"]].sum()], [3.3, 8.9], 1)
same("share of Lebanon in them", T[at["LBN"], at["COD"]] / T[:, at["COD"]].sum(), 0.38, 2)

run = root / "runs/example"
if (run / "manifest.toml").exists():
    print("runs/example")
    panel = pd.read_parquet(run / "indicators.parquet")
    complete = panel[["exposure", "hhi", "str"]].dropna()
    assert len(complete) == 137_336
    same("correlations", complete.corr().to_numpy()[[0, 0, 1], [1, 2, 2]], [0.08, 0.05, 0.06], 2)
    zeros = panel[["exposure", "hhi", "str"]].assign(hhi=panel.hhi.fillna(0)).dropna()
    assert len(zeros) == 148_661
    same("correlations with HHI of non-importers as 0", zeros.corr().to_numpy()[[0, 0, 1], [1, 2, 2]], [0.35, 0.25, 0.27], 2)
    same("explained variance with them", np.linalg.eigvalsh(zeros.corr())[-1] / 3, 0.528, 3)
    same("explained variance", pd.read_csv(run / "composite.csv").explained_variance[0], 0.377, 3)
    same("exposure of 1", (panel.exposure == 1).sum() / panel.exposure.notna().sum(), 0.38, 2)
    alone = panel[panel.hhi.notna() & panel.hhi_normalised.isna()]
    same("single supplier: rows, median imports, value", [len(alone) / panel.hhi.notna().sum(), alone.imports.median() / 100, alone.imports.sum() / panel.imports.sum()], [0.29, 0.028, 0.007], 2)
    trend = pd.read_csv(run / "trends.csv", dtype={"product": str}).query("product == '284690'").set_index("year")
    same("trend of 284690", trend.str_weighted[2023] - trend.str_weighted[2007], 1.87, 2)
    same("its parts", trend[["change_network", "change_stability", "change_importers"]].sum(), [0.92, 0.52, 0.42], 2)
    breaks = pd.read_csv(run / "breaks.csv", dtype={"product": str})
    assert (len(breaks), breaks.flagged.sum()) == (214, 7)
    years = pd.read_csv(run / "product_years.csv", dtype={"product": str})
    same("through hubs", [years.through_hubs.min(), years.through_hubs.max()], [0.004, 0.193], 3)
    same("imputed, largest product-year", years.imputed_share.max(), 0.188, 3)
if (run / "suppliers.parquet").exists():
    print("runs/example: main suppliers, trickles and the map of 2023, from dense matrices")
    pv = pd.read_csv(run / "stability.csv", keep_default_na=False).query("year == 2023").set_index("country").pv.astype(float)
    kept = pd.read_parquet(run / "suppliers.parquet").query("year == 2023 and rank == 1").set_index(["product", "importer"])
    listed = pd.read_csv(run / "trickle_loops.csv", dtype={"product": str}, keep_default_na=False)
    assert listed.groupby(["product", "year"]).ngroups == 732
    listed = listed.query("year == 2023").set_index(["product", "supplier"])
    effects = pd.read_parquet(run / "trickle_importers.parquet").query("year == 2023").set_index(["product", "supplier", "importer"]).str_without
    found, importers, mean = 0, 0, {}
    chain = pd.read_csv(run / "chain/nodes.csv", dtype={"product": str})["product"].tolist()
    for product in sorted(flows["product"].unique()):
        T, stable, at = world(product)
        code = {place: c for c, place in at.items()}
        M, X, S, w, V, L = solve(T, [pv[code[n]] for n in range(len(T))])
        STR = L.sum(0)
        for c in np.flatnonzero(M):
            row = kept.loc[(product, code[c])]
            assert abs(row.share - S[:, c].max()) < 1e-12 and abs(S[at[row.supplier], c] - row.share) < 1e-12
            if product in chain:
                total = mean.setdefault(code[c], [0.0, 0.0])
                total[0] += M[c] * STR[c]
                total[1] += M[c]
        for d in np.flatnonzero((M > 0) & (M < 0.01 * X) & (X >= 0.01 * X.sum())):
            V2 = V.copy()
            V2[:, d] = 0
            cut = np.linalg.inv(np.eye(len(V)) - V2).sum(0)
            others = (M > 0) & (np.arange(len(M)) != d)
            both = [M[others] @ s[others] / M[others].sum() for s in (STR, cut)]
            flagged = both[0] - both[1] >= 0.1 * (both[0] - 1)
            assert flagged == ((product, code[d]) in listed.index), (product, code[d])
            if flagged:
                row = listed.loc[(product, code[d])]
                assert np.allclose([row.str_weighted, row.str_weighted_without], both, rtol=0, atol=1e-9)
                for c in np.flatnonzero(others & (STR - cut >= 0.005)):
                    assert abs(effects[(product, code[d], code[c])] - cut[c]) < 1e-9
                    importers += 1
                found += 1
    assert (found, importers) == (len(listed), len(effects)), (found, importers, len(listed), len(effects))
    drawn = pd.read_csv(run / "figures/map_str.csv", keep_default_na=False).set_index("country").value
    for c, (total, weight) in mean.items():
        assert abs(float(drawn[c]) - total / weight) < 1e-9, c
    print(f"  {found} trickles, {importers} effects on importers, {len(mean)} countries of the map")
print("all numbers agree")
