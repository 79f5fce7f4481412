"""An independent computation of everything that rests on mass balance, with numpy and dense matrices.

    python reference/mass_balance.py            compare with runs/example, and print the tables of docs/methods/21
    python reference/mass_balance.py --run DIR  with another run of the example study

Reads the trade that the run was computed from (flows.parquet) and its stability (stability.csv), and shares nothing with the engine but the
definitions (docs/methods/21-mass-balance.md): for every product-year a dense system over its countries. Compared, each to 1e-9 relative:

- import content, mass-balanced STR and influence of every row of indicators.parquet;
- origin shares, direct shares and borders of origins.parquet (and that an origin that is not there is below the least share);
- contributions of dependencies.parquet, if the run has mass balance as its import content;
- the identity that world net imports times the borders behind them are world trade;
- world crossings of product_years.csv, mean STR and its parts in trends.csv, changes and their parts in decomposition.parquet.

Then the means that docs/methods/21 and docs/findings quote are printed and checked. numpy does the mathematics; pandas reads the files.
"""
import argparse, itertools, math, sys
from pathlib import Path
import numpy as np
import pandas as pd

root = Path(__file__).resolve().parent.parent
ap = argparse.ArgumentParser()
ap.add_argument("--run", default=root / "runs/example")
args = ap.parse_args()
run = Path(args.run)
study = (run / "study.toml").read_text()

flows = pd.read_parquet(run / "flows.parquet")
pv = pd.read_csv(run / "stability.csv", keep_default_na=False)
instability = {(r.year, r.country): 1 - r.pv / 100 for r in pv.itertuples()}
years = sorted(pv.year.unique())
# The file has the years in which a country trades; a year beside one of them is taken from the Governance Indicators themselves: linear between
# published years, nearest outside, 50 where a country is never covered.
wgi = pd.read_csv(root / "data/wgi/wgi_pv_1996_2023.csv", keep_default_na=False)
wgi["pctrank"] = pd.to_numeric(wgi.pctrank, errors="coerce")
for code in sorted(set(pv.country)):
    own = wgi[(wgi.iso3 == code) & wgi.pctrank.notna()].sort_values("year")
    for year in years:
        if (year, code) not in instability:
            instability[year, code] = 1 - (np.interp(year, own.year, own.pctrank) if len(own) else 50.0) / 100
worst = {}
failed = []


def compare(what, found, expected, tolerance=1e-9):
    """The largest difference relative to the number, or to 1 for small ones; undefined has to be undefined in both."""
    found, expected = np.asarray(found, float), np.asarray(expected, float)
    if (np.isnan(found) != np.isnan(expected)).any():
        failed.append(f"{what}: defined in one and not in the other")
        return
    if found.size and not np.isnan(found).all():
        off = np.nanmax(np.abs(found - expected) / np.maximum(1, np.abs(expected)))
        worst[what] = max(worst.get(what, 0), off)
        if not off < tolerance:
            failed.append(f"{what}: off by {off:.1e}")


class Year:
    """One product in one year over its own countries; rows are suppliers."""

    def __init__(self, year, codes, T):
        self.year, self.codes, self.T = year, list(codes), T
        self.M, self.X = T.sum(0), T.sum(1)
        self.S = np.divide(T, self.M, out=np.zeros_like(T), where=self.M > 0)
        self.w = np.array([instability[year, c] for c in self.codes])
        self.weight = self.M / self.M.sum()

    def phi(self, reading):
        M, X = self.M, self.X
        if reading == "full":
            return np.ones_like(M)
        if reading == "none":
            return np.zeros_like(M)
        with np.errstate(invalid="ignore", divide="ignore"):
            phi = np.where(X > M, M / X, 1.0) if reading == "mass_balance" else M / (M + X)
        return np.where(M > 0, phi, 0.0)

    def mean(self, reading):
        return 1 + self.weight @ solve(self.S, self.w, self.phi(reading))


def solve(S, w, phi):
    """e = (I - (diag(phi) V)')^-1 times the column sums of V."""
    return np.linalg.solve(np.eye(len(w)) - ((phi * w)[:, None] * S).T, w @ S)


def kernel(S, w, phi):
    """K = V (I - diag(phi) V)^-1."""
    V = w[:, None] * S
    return np.linalg.solve((np.eye(len(w)) - phi[:, None] * V).T, V.T).T


def closed(y, phi):
    """Countries that buy only from one another and pass on everything, so that what they trade goes round."""
    inside = (phi == 1) & (y.M > 0) & (y.X > 0)
    while True:
        rest = inside & ~((y.S > 0) & ~inside[:, None]).any(0)
        if (rest == inside).all():
            return inside
        inside = rest


def carried(own, X_own, other, X_other):
    """Import content of a year, that of the other year where nothing is exported."""
    return np.where(X_own > 0, own, np.where(X_other > 0, other, 0.0))


def together(a, b):
    """Two years over the countries of both."""
    codes = sorted(set(a.codes) | set(b.codes))
    out = []
    for y in (a, b):
        at = [codes.index(c) for c in y.codes]
        T = np.zeros((len(codes),) * 2)
        T[np.ix_(at, at)] = y.T
        out.append(Year(y.year, codes, T))
    return out


def shapley(a, b, reading):
    """Parts of the change of e: shares, stability, import content; and e in both years."""
    fa, fb = a.phi(reading), b.phi(reading)
    factors = (a.S, a.w, carried(fa, a.X, fb, b.X)), (b.S, b.w, carried(fb, b.X, fa, a.X))
    value = {z: solve(*(factors[k][i] for i, k in enumerate(z))) for z in itertools.product((0, 1), repeat=3)}
    parts = np.zeros((3, len(a.codes)))
    for order in itertools.permutations(range(3)):
        z = [0, 0, 0]
        for i in order:
            before = value[tuple(z)]
            z[i] = 1
            parts[i] += (value[tuple(z)] - before) / math.factorial(3)
    return parts, value[0, 0, 0], value[1, 1, 1]


def parts_of_mean(a, b, parts, ea, eb):
    """Shares, stability, import content and importers of the change of the weighted mean."""
    in_a, in_b = (a.M > 0) | (a.X > 0), (b.M > 0) | (b.X > 0)
    both = in_a & in_b
    mean_weight = (a.weight + b.weight) / 2
    of = [(mean_weight * both) @ part for part in parts]
    level = np.where(both, (ea + eb) / 2, np.where(in_a, ea, eb)) + 1
    return [*of, (b.weight - a.weight) @ level]


world = {}
for (product, year), g in flows.groupby(["product", "year"]):
    codes = sorted(set(g.exporter) | set(g.importer))
    place = {c: n for n, c in enumerate(codes)}
    T = np.zeros((len(codes),) * 2)
    np.add.at(T, (g.exporter.map(place).values, g.importer.map(place).values), g.value.values)
    world[product, year] = Year(year, codes, T)
print(f"{len(world):,} product-years, {len(flows):,} flows")

indicators = pd.read_parquet(run / "indicators.parquet").set_index(["product", "year", "country"]).sort_index()
product_years = pd.read_csv(run / "product_years.csv", dtype={"product": str}).set_index(["product", "year"])
trends = pd.read_csv(run / "trends.csv", dtype={"product": str}).set_index(["product", "year"])
by_mass_balance = 'import_content = "mass_balance"' in study

identity, circular = 0.0, []
crossings_of = {}
kernels = {}
for (product, year), y in world.items():
    phi = y.phi("mass_balance")
    e, K = solve(y.S, y.w, phi), kernel(y.S, y.w, phi)
    kernels[product, year] = K
    rows = indicators.loc[(product, year)].reindex(y.codes)
    compare("import_content", rows.import_content, np.where(y.X > 0, phi, np.nan))
    compare("str_mass_balance", rows.str_mass_balance, 1 + e)
    compare("contributions sum to STR - 1", K.sum(0), e)
    compare("influence_mass_balance", rows.influence_mass_balance, K.sum(1) - np.diag(K))
    net = np.maximum(0, y.M - y.X)
    compare("crossings of the world", product_years.crossings[product, year], y.T.sum() / net.sum())
    compare("mean STR under mass balance", trends.str_mass_balance_weighted[product, year], y.mean("mass_balance"))
    plain = (1 + e[y.M > 0]).mean()
    compare("plain mean STR under mass balance", trends.str_mass_balance_plain[product, year], plain)
    round_ = closed(y, phi)
    if round_.any():
        circular.append(f"{product} in {year}: {' '.join(np.array(y.codes)[round_])}")
    one = np.where(round_, 0.0, 1.0)
    # Those that go round sell nothing to others, so that leaving them out changes nobody else.
    N = solve(y.S * one, np.ones_like(one), phi * one)
    crossings_of[product, year] = np.where(y.M > 0, N, np.nan)
    crossings_of[product, year][round_] = np.nan
    identity = max(identity, abs(net @ N + y.M[round_].sum() - y.T.sum()) / y.T.sum())
print(f"largest error of the identity of borders: {identity:.1e}; goods go round in: {', '.join(circular) or 'none'}")
assert identity < 1e-12

least = 0.001
origins = pd.read_parquet(run / "origins.parquet")
groups = list(origins.groupby(["product", "year"]))
for (product, year), g in groups:
    y = world[product, year]
    phi = y.phi("mass_balance")
    round_ = closed(y, phi)
    one = np.where(round_, 0.0, 1.0)
    O = (1 - phi)[:, None] * kernel(y.S * one, np.ones_like(one), phi * one)
    place = {c: n for n, c in enumerate(y.codes)}
    a, c = g.origin.map(place).values, g.importer.map(place).values
    compare("origin shares", g.share, O[a, c])
    compare("direct shares", g.direct_share, y.S[a, c])
    compare("value of origins", g.value / y.M.max(), O[a, c] * y.M[c] / y.M.max())
    compare("borders", g.crossings, crossings_of[product, year][c])
    compare("origins of an importer", O.sum(0)[(y.M > 0) & ~round_], 1.0)
    listed = np.zeros_like(O, dtype=bool)
    listed[a, c] = True
    rest = np.maximum(O, y.S)[:, ~round_][~listed[:, ~round_]]
    if rest.max(initial=0) >= least * (1 + 1e-9):
        failed.append(f"origins: {product} in {year}: one of {rest.max():.4f} is not listed")
print(f"{len(origins):,} origins in {len(groups)} product-years")

dependencies = pd.read_parquet(run / "dependencies.parquet")
if by_mass_balance:
    for (product, year), g in dependencies.groupby(["product", "year"]):
        place = {c: n for n, c in enumerate(world[product, year].codes)}
        a, c = g.supplier.map(place).values, g.importer.map(place).values
        compare("dependencies", g.contribution, kernels[product, year][a, c])

decomposition = pd.read_parquet(run / "decomposition.parquet").set_index(["product", "year"]).sort_index()
names = ["shares", "stability", "import_content"]
for product, year in world:
    if (product, year - 1) not in world:
        continue
    a, b = together(world[product, year - 1], world[product, year])
    parts, ea, eb = shapley(a, b, "mass_balance")
    # Nobody trades in both years: there are no rows.
    key = [(product, year)] if (product, year) in decomposition.index else []
    rows = decomposition.loc[key].set_index("country")
    at = [a.codes.index(c) for c in rows.index]
    both = ((a.M > 0) | (a.X > 0)) & ((b.M > 0) | (b.X > 0))
    if len(at) != both.sum():
        failed.append(f"decomposition: {product} in {year}: {len(at)} countries, not {both.sum()}")
    compare("change", rows.str_mass_balance_change, (eb - ea)[at])
    for name, part in zip(names, parts):
        compare(f"change: {name}", rows[f"str_mass_balance_{name}"], part[at])
    trend = trends.loc[(product, year)]
    of_mean = parts_of_mean(a, b, parts, ea, eb)
    compare("change of the mean", trend.str_mass_balance_change, sum(of_mean))
    for name, part in zip([*names, "importers"], of_mean):
        compare(f"change of the mean: {name}", trend[f"str_mass_balance_{name}"], part)

for what, off in worst.items():
    print(f"  {what:38} largest difference {off:.1e}")

print("\nMean STR over importers, weighted by imports, 284690")
quoted = {
    "full": [1.726, 1.983, 1.868, 2.285, 3.253, 2.538, 3.592],
    "mass_balance": [1.542, 1.648, 1.598, 1.723, 1.875, 1.783, 1.863],
    "exposure": [1.510, 1.631, 1.560, 1.631, 1.810, 1.729, 1.815],
    "none": [1.467, 1.593, 1.482, 1.530, 1.686, 1.611, 1.705],
}
some = [2007, 2011, 2015, 2019, 2021, 2022, 2023]


def printed(what, found, expected, digits=3):
    if round(found, digits) != expected:
        failed.append(f"{what}: {found:.{digits}f}, quoted is {expected}")


print(f"  {'':14}" + "".join(f"{year:>10}" for year in some))
for reading, expected in quoted.items():
    found = [world["284690", year].mean(reading) for year in some]
    print(f"  {reading:14}" + "".join(f"{m:10.6f}" for m in found))
    for year, m, q in zip(some, found, expected):
        printed(f"284690 in {year}, {reading}", m, q)

print("\nChange of the mean, 2007 to 2023")
quoted = {
    "284690": [1.866, 0.321, 0.305, 0.238],
    "280530": [0.222, -0.057, -0.062, -0.084],
    "284610": [0.073, -0.048, -0.034, -0.025],
    "282200": [1.610, 0.569, 0.569, 0.563],
    "810510": [0.899, 0.327, 0.326, 0.317],
    "250410": [1.887, 0.204, 0.205, 0.175],
}
readings = ["full", "mass_balance", "exposure", "none"]
print(f"  {'':18}" + "".join(f"{reading:>14}" for reading in readings))


def change(product, reading):
    return world[product, 2023].mean(reading) - world[product, 2007].mean(reading)


for product, expected in quoted.items():
    found = [change(product, reading) for reading in readings]
    print(f"  {product:18}" + "".join(f"{d:14.6f}" for d in found))
    for reading, d, q in zip(readings, found, expected):
        printed(f"change of {product}, {reading}", d, q)
products = sorted({p for p, _ in world})
whole = [p for p in products if all((p, year) in world for year in years)]
found = np.array([[change(p, reading) for reading in readings] for p in whole])
print(f"  {len(whole)} products with trade in all years")
for name, row, expected in [
    ("  mean", found.mean(0), [0.387, 0.115, 0.108, 0.096]),
    ("  median", np.median(found, 0), [0.266, 0.115, 0.099, 0.083]),
]:
    print(f"  {name:18}" + "".join(f"{d:14.6f}" for d in row))
    for reading, d, q in zip(readings, row, expected):
        printed(f"{name} of all, {reading}", d, q)
rising = (found > 0).sum(0)
print(f"  {'  rising':18}" + "".join(f"{n:14}" for n in rising))
if len(whole) != 71 or list(rising) != [56, 58, 57, 57]:
    failed.append(f"{len(whole)} products, rising {list(rising)}; quoted are 71 and 56, 58, 57, 57")

a, b = together(world["284690", 2007], world["284690", 2023])
of_mean = parts_of_mean(a, b, *shapley(a, b, "mass_balance"))
print("\n284690, between the end years: " + ", ".join(f"{n} {p:.6f}" for n, p in zip([*names, "importers"], of_mean)))
summed = trends.loc["284690"][[f"str_mass_balance_{n}" for n in [*names, "importers"]]].sum()
print("284690, year by year in trends.csv: " + ", ".join(f"{n} {p:.6f}" for n, p in zip([*names, "importers"], summed)))
for name, d, q in zip(names, of_mean, [0.167, 0.071, 0.121]):
    printed(f"284690, {name}", d, q)
print("284690, mean crossings: " + ", ".join(f"{y} {product_years.crossings['284690', y]:.6f}" for y in (2007, 2023)))
of_all = [np.mean([product_years.crossings[p, y] for p in whole]) for y in (2007, 2023)]
print(f"all, mean crossings: 2007 {of_all[0]:.6f}, 2023 {of_all[1]:.6f}")

if failed:
    print("\n" + "\n".join(failed))
    sys.exit(1)
print("\nall as quoted, and the run as computed here")
