"""An independent computation of the shocks and chokepoints of a run, with numpy and dense matrices.

    python reference/shocks_run.py               compare with runs/example, and print the tables of docs/methods/23
    python reference/shocks_run.py --run DIR     with another run: monazite run studies/what-if has scenarios as well

Reads the trade that the run was computed from (flows.parquet) and its chain, and shares nothing with the engine but the definitions
(docs/methods/23-shocks.md). Compared, each to 1e-10:

- every row and column of shock_suppliers.parquet: of each product-year one dense inverse over its countries, (I - ΦS)⁻¹, in the closed form of a
  stop; what is lost downstream by sending every stop down the chain, product by product, forwards (the engine carries values upwards);
- every row of shock_losses.parquet: scenarios and events, rounds from l = 0, three readings of import content, reach and content;
- shock_products.csv from these.

Scenarios are checked for runs with the default settings of [shocks]; with others it says that they are not. numpy does the mathematics; pandas reads
the files.
"""
import argparse, sys, tomllib
from pathlib import Path
import numpy as np
import pandas as pd

root = Path(__file__).resolve().parent.parent
ap = argparse.ArgumentParser()
ap.add_argument("--run", default=root / "runs/example")
args = ap.parse_args()
run = Path(args.run)
study = tomllib.loads((run / "study.toml").read_text())
settings = study.get("shocks", {})
if study.get("trade", {}).get("reexport_shares"):
    sys.exit("re-exports are traced in this run: its import content is that of the trade before, which is not in it")

EVENTS = {
    "rare-earth-quota-2010": (2009, "CHN", ["280530", "284610", "284690"], 0.4),
    "nickel-ore-ban-2020": (2019, "IDN", ["260400"], 1.0),
    "gallium-germanium-2023": (2022, "CHN", ["282560", "811230", "811291", "811292", "811299"], 1.0),
    "graphite-2023": (2022, "CHN", ["250410", "380110", "380190"], 1.0),
    "cobalt-export-stop-2025": (2024, "COD", ["260500", "282200", "810510", "810520"], 1.0),
}
NAMES = ["none", "exposure", "mass_balance"]

measure = "quantity" if study.get("trade", {}).get("measure") == "quantity" else "value"
flows = pd.read_parquet(run / "flows.parquet").dropna(subset=[measure])
countries = sorted(set(flows.exporter) | set(flows.importer))
n, at = len(countries), {code: i for i, code in enumerate(countries)}
trade = {}
for (product, year), g in flows.groupby(["product", "year"]):
    T = np.zeros((n, n))
    np.add.at(T, (g.exporter.map(at).values, g.importer.map(at).values), g[measure].values)
    trade[product, year] = T
years = sorted({year for _, year in trade})
edges = pd.read_csv(run / "chain/edges.csv", dtype=str)
edges = edges[edges.kept == "true"][["input", "output"]].drop_duplicates()
inputs = {}
for link in edges.itertuples():
    inputs.setdefault(link.output, []).append(link.input)
nodes = pd.read_csv(run / "chain/nodes.csv", dtype=str)
tier = dict(zip(nodes["product" if "product" in nodes else nodes.columns[0]], nodes.tier.astype(int)))
order = []
while len(order) < len(tier):
    ready = [p for p in tier if p not in order and all(i in order for i in inputs.get(p, []))]
    assert ready, "the chain has a cycle"
    order += ready


def contents(T):
    M, X = T.sum(0), T.sum(1)
    mass = np.where(M > 0, np.minimum(1, np.divide(M, X, out=np.ones(n), where=X > 0)), 0.0)
    return {"none": np.zeros(n), "exposure": np.divide(M, M + X, out=np.zeros(n), where=M > 0), "mass_balance": mass}


def shares(T):
    M = T.sum(0)
    return np.divide(T, M, out=np.zeros_like(T), where=M > 0)


def inverse(S, phi):
    """(I - ΦS)⁻¹; None where a group buys from itself alone and sells all it buys."""
    try:
        found = np.linalg.inv(np.eye(n) - phi[:, None] * S)
    except np.linalg.LinAlgError:
        return None
    return found if np.isfinite(found).all() and found.min() > -1e-9 and found.max() < 1e9 else None


def stops(S, phi, N):
    """Losses if a supplier (row) stops all its exports."""
    if N is not None:
        K = S @ N
        return K / (1 + phi * np.diag(K))[:, None]
    L = np.zeros((n, n))
    for _ in range(100_000):
        x = L * phi[None]
        np.fill_diagonal(x, 1.0)
        new = x @ S
        if np.abs(new - L).max() < 1e-16:
            break
        L = new
    return L


def weights(product, year):
    """ω of every input of a product by country; θ of every input."""
    of = inputs.get(product, [])
    T = [trade.get((i, year), np.zeros((n, n))) for i in of]
    traded = np.array([(t.sum(0) + t.sum(1)) > 0 for t in T]).reshape(len(of), n)
    M = np.array([t.sum(0) for t in T]).reshape(len(of), n)
    total, number = M.sum(0), traded.sum(0)
    equal = np.divide(1.0, number, out=np.zeros(n), where=number > 0)
    omega = np.where(total > 0, np.divide(M, total, out=np.zeros_like(M), where=total > 0), equal * traded)
    theta = []
    for i, t in zip(of, T):
        made = sum(trade[j, year].sum() for j in inputs if i in inputs[j] and (j, year) in trade)
        theta.append(min(1.0, t.sum() / made) if made > 0 else 0.0)
    return of, omega, traded, np.array(theta)


worst = {}


def compare(name, actual, expected, scale=None):
    actual, expected = np.asarray(actual, float), np.asarray(expected, float)
    assert (np.isnan(actual) == np.isnan(expected)).all(), f"{name}: other cells are missing"
    off = np.abs(actual - expected) / np.maximum(1.0, np.abs(expected) if scale is None else scale)
    worst[name] = max(worst.get(name, 0.0), float(np.nanmax(off, initial=0.0)))
    assert worst[name] < 1e-10, (name, worst[name])


# ------------------------------------------------------------------ chokepoints
table_file = run / "shock_suppliers.parquet"
if table_file.exists():
    table = pd.read_parquet(table_file)
    groups = dict(tuple(table.groupby(["product", "year"])))
    assert set(groups) == set(trade), "product-years"
    singular = 0
    for year in years:
        solved = {}
        for product in {p for p, y in trade if y == year}:
            S, phi = shares(trade[product, year]), contents(trade[product, year])["mass_balance"]
            solved[product] = (S, phi, inverse(S, phi))
            singular += solved[product][2] is None
        for product, (S, phi, N) in solved.items():
            T = trade[product, year]
            M, X, g = T.sum(0), T.sum(1), groups[product, year]
            a = g.supplier.map(at).values
            assert set(a) == set(np.flatnonzero(X > 0)), (product, year, "suppliers")
            L = stops(S, phi, N)
            lost = L * M[None]
            np.fill_diagonal(lost, 0.0)
            power, others = lost.sum(1), M.sum() - M
            compare("exports", g.exports, X[a], X[a])
            compare("power", g.power, power[a])
            compare("power_share", g.power_share, power[a] / others[a])
            compare("direct_share", g.direct_share, X[a] / others[a])
            compare("multiplier", g.multiplier, power[a] / X[a])
            compare("damage_hhi", g.damage_hhi, (lost[a] ** 2).sum(1) / power[a] ** 2)
            top = g.top_importer.map(at).values
            compare("top_importer", lost[a, top], lost[a].max(1))
            compare("top_importer_share", g.top_importer_share, lost[a].max(1) / power[a])
            e = contents(T)["exposure"]
            E = stops(S, e, inverse(S, e)) * M[None]
            np.fill_diagonal(E, 0.0)
            compare("share_exposure", g.share_exposure, E.sum(1)[a] / others[a])
            if not any(product in i for i in inputs.values()):
                assert g.downstream.isna().all(), (product, "downstream of what nothing is made of")
                continue
            u, down = {product: L * phi[None]}, np.zeros(n)
            for j in order:
                of = [i for i in inputs.get(j, []) if i in u]
                if not of or j not in solved:
                    continue
                all_of, omega, _, _ = weights(j, year)
                y = sum(omega[all_of.index(i)] * u[i] for i in of)
                Sj, fj, Nj = solved[j]
                if Nj is None:
                    l = np.zeros_like(y)
                    for _ in range(5_000):
                        l = (fj * l + (1 - fj) * y) @ Sj
                else:
                    l = ((1 - fj) * y) @ Sj @ Nj
                u[j] = fj * l + (1 - fj) * y
                # What the supplier itself imports further down is not a loss of others.
                down += l @ trade[j, year].sum(0) - np.diag(l) * trade[j, year].sum(0)
            compare("downstream", g.downstream, down[a])
    print(f"shock_suppliers.parquet: {len(table):,} rows of {len(groups):,} product-years ({singular} singular), largest relative difference")
    print("  " + ", ".join(f"{name} {off:.0e}" for name, off in worst.items()))

    last = years[-1]
    text = dict(zip(*pd.read_csv(run / "products.csv", dtype=str)[["product", "description"]].T.values)) if (run / "products.csv").exists() else {}
    every = [p for p in sorted({p for p, _ in trade}) if all((p, y) in trade for y in years)]
    now = table[(table.year == last) & table["product"].isin(every)]
    print(f"highest power share in {last} of the {len(every)} products with trade in all years")
    best = now.sort_values("power_share", ascending=False).groupby("product").head(1).head(13)
    for row in best.itertuples():
        print(f"  {row.product} {row.supplier} {row.power_share:.3f} (exports alone {row.direct_share:.3f}) {text.get(row.product, '')[:50]}")
    large = now[now.exports >= 0.01 * now.groupby("product").exports.transform("sum")]
    ranks = large.groupby("product").apply(lambda g: g.power.rank().corr(g.exports.rank()) if len(g) > 2 else np.nan, include_groups=False)
    print(f"  power with exports, suppliers with 1 % and more, Spearman within products: {ranks.mean():.2f}")
    strong = now[now.power_share > 0.2].multiplier
    print(f"  multiplier where power is above .2: median {strong.median():.2f}, most {strong.max():.2f}")
    for product in ("284690", "280530"):
        china = table[(table["product"] == product) & (table.supplier == "CHN")].set_index("year").power_share
        print(f"  China's power, {product}: " + ", ".join(f"{y} {china[y]:.3f}" for y in years if y in china))
    print("  284690: " + ", ".join(f"{r.supplier} {r.power_share:.3f} (direct {r.direct_share:.3f})" for r in now[now["product"] == "284690"].nlargest(5, "power_share").itertuples()))


# ------------------------------------------------------------------ scenarios
def losses(T, phi, k, y):
    """Rounds from l = 0. Returns the first, the loss shares, and the loss of supply."""
    S = shares(T)
    l, first = np.zeros(n), None
    for _ in range(200_000):
        x = np.maximum(k, (phi * l + (1 - phi) * y)[:, None])
        new = (S * x).sum(0)
        if first is None:
            first = new
        done = np.abs(new - l).max() < 1e-15
        l = new
        if done:
            break
    return first, l, phi * l + (1 - phi) * y


def scenario(rows, year, reading, chain):
    """Losses of every product of the chain and of the rows."""
    hit = sorted({p for row in rows for p in row["products"]})
    found, u = {}, {}
    for product in order + [p for p in hit if p not in order]:
        if (product, year) not in trade:
            continue
        T = trade[product, year]
        k, given = np.zeros((n, n)), np.zeros(n)
        for row in (row for row in rows if product in row["products"]):
            to = [at[c] for c in row.get("to", []) if c in at] if row.get("to") not in (None, "all", []) else range(n)
            a = at[row["supplier"]]
            k[a, list(to)] = np.maximum(k[a, list(to)], row["export_cut"])
            given[a] = max(given[a], row.get("production_loss", 0.0))
        of, omega, traded, theta = weights(product, year)
        lost = np.array([u.get(i, np.zeros(n)) for i in of]).reshape(len(of), n)
        made = (omega * lost).sum(0) if chain == "reach" else np.minimum(1, (theta[:, None] * traded * lost).sum(0))
        y = np.maximum(given, made)
        phi = contents(T)[reading]
        first, l, u[product] = losses(T, phi, k, y)
        found[product] = (first, l, u[product], y)
    return found


plain = {"combine": "max", "production": "linear", "input_weights": "imports"}
ours = all(settings.get(key, value) == value for key, value in plain.items()) and not any(
    settings.get(key) is not None for key in ("links", "stocks", "capacity", "capacities", "supply_elasticity")
)
if not (run / "shock_losses.parquet").exists():
    print("no scenarios in this run")
elif not ours:
    print("scenarios are not checked: this run has other settings in [shocks] than the default ones")
else:
    asked = {}
    for row in settings.get("rows", []):
        asked.setdefault(row.get("scenario", ""), []).append(row)
    table = pd.read_parquet(run / "shock_losses.parquet")
    of_products = pd.read_csv(run / "shock_products.csv", dtype={"product": str})
    seen = 0
    for (name, year), g in table.groupby(["scenario", "year"]):
        if name in EVENTS:
            base, supplier, codes, cut = EVENTS[name]
            assert year == max([y for y in years if y <= base], default=years[0]), (name, year)
            codes = [c for c in codes if (c, year) in trade and trade[c, year][at[supplier]].sum() > 0]
            rows = [{"supplier": supplier, "products": codes, "export_cut": cut}]
        else:
            rows = asked.get(name) or asked.get("")
        suppliers = {at[row["supplier"]] for row in rows}
        others = np.array([c not in suppliers for c in range(n)])
        for chain in ("reach", "content"):
            by = {reading: scenario(rows, year, reading, chain) for reading in NAMES}
            h = g[g.chain == chain]
            for product, first_to_last in by["mass_balance"].items():
                rows_of = h[h["product"] == product]
                c = rows_of.importer.map(at).values
                L = {reading: by[reading][product][1] for reading in NAMES}
                made = [by[reading][product][3] for reading in NAMES]
                touched = np.flatnonzero(np.max([L[r] for r in NAMES] + made, axis=0) > 1e-13)
                assert set(touched) <= set(c), (name, product, "who loses")
                seen += len(c)
                M = trade[product, year].sum(0)
                compare("imports", rows_of.imports, M[c])
                share = lambda l: np.where(M > 0, l, np.nan)[c]  # missing for a country that imports nothing
                compare("direct", rows_of.direct, share(first_to_last[0]))
                compare("supply_loss", rows_of.supply_loss, first_to_last[2][c])
                compare("production_loss", rows_of.production_loss, first_to_last[3][c])
                for reading in NAMES:
                    compare(f"loss_{reading}", rows_of[f"loss_{reading}"], share(L[reading]))
                    compare(f"value_{reading}", rows_of[f"value_{reading}"], (M * L[reading])[c])
                total = of_products.query("scenario == @name and year == @year and chain == @chain and product == @product")
                for row in total.itertuples():
                    for reading in NAMES:
                        compare("products", getattr(row, f"value_{reading}"), (M * L[reading])[others].sum())
                        compare("products, share", getattr(row, f"loss_{reading}"), (M * L[reading])[others].sum() / M[others].sum())
    assert seen == len(table), (seen, len(table))
    print(f"shock_losses.parquet: {len(table):,} rows of {table.scenario.nunique()} scenarios, shock_products.csv: {len(of_products)} rows, largest difference {max(worst.values()):.0e}")
print("all numbers agree")
