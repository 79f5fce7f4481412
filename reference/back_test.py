"""The back-test of docs/findings/back-test-quota-2010.md: China's quota on rare earths of 2010, and what annual trade could have predicted.

    python reference/back_test.py

Reads the shipped trade (data/baci-hs92-raw-materials) and shares nothing with the engine but the definitions (docs/methods/23-shocks.md): losses are
found by dense iteration from l = 0. Prints every number of the page and checks it. numpy does the mathematics; pandas reads the files, scipy the
rank correlations.
"""
import glob
from pathlib import Path
import numpy as np
import pandas as pd
from scipy.stats import spearmanr

root = Path(__file__).resolve().parent.parent
PRODUCTS = {"284690": "compounds of rare earths", "280530": "rare-earth metals", "284610": "cerium compounds"}

table = pd.read_csv(glob.glob(str(root / "data/baci-hs92-raw-materials/codes-*/countries.csv"))[0], keep_default_na=False)
iso3 = {int(code): row.iso3 for row in table.itertuples() for code in row.baci_codes.split()}
parts = [pd.read_parquet(path) for path in sorted(glob.glob(str(root / "data/baci-hs92-raw-materials/flows/*.parquet")))]
flows = pd.concat(parts)
germanium = flows[flows["product"] == "811230"]
germanium = germanium[germanium.exporter.map(iso3) == "CHN"].groupby("year").value_usd.sum()
codes = sorted(flows["product"].unique())
flows = flows[flows["product"].isin(PRODUCTS)].copy()
flows["value"] = flows.value_exact.fillna(flows.value_usd / 1000)
flows["tonnes"] = flows.quantity_exact.fillna(flows.quantity_kg / 1000)
flows["a"], flows["c"] = flows.exporter.map(iso3), flows.importer.map(iso3)
flows = flows[flows.a != flows.c]


def same(name, actual, expected, digits=2):
    actual, expected = np.asarray(actual, float), np.asarray(expected, float)
    assert np.allclose(actual, expected, rtol=0, atol=0.51 * 10.0**-digits), (name, actual, expected)
    print(f"  {name}: {np.round(actual, digits)}")


def losses(product, year, cut, reading):
    """Loss share of every importer if China cuts its exports of a year's trade, and what each imports."""
    g = flows[(flows["product"] == product) & (flows.year == year)].groupby(["a", "c"]).value.sum().reset_index()
    codes = sorted(set(g.a) | set(g.c))
    at = {code: i for i, code in enumerate(codes)}
    T = np.zeros((len(codes), len(codes)))
    T[g.a.map(at), g.c.map(at)] = g.value
    M, X = T.sum(0), T.sum(1)
    S = np.divide(T, M, out=np.zeros_like(T), where=M > 0)
    mass = np.where(M > 0, np.minimum(1, np.divide(M, X, out=np.ones_like(M), where=X > 0)), 0)
    content = {"mass": mass, "none": np.zeros(len(M))}[reading]
    k, l = np.zeros(len(codes)), np.zeros(len(codes))
    k[at["CHN"]] = cut
    while True:
        new = S.T @ np.maximum(k, content * l)
        if np.abs(new - l).max() < 1e-14:
            return pd.Series(new, codes), pd.Series(M, codes)
        l = new


def tonnes(product, years):
    """Tonnes that every importer buys a year."""
    g = flows[(flows["product"] == product) & flows.year.isin(years)]
    return g.groupby("c").tonnes.sum() / len(years)


def against(product, base, sized, before, after):
    """Rank correlation over importers above 1 million USD: predicted loss with the change of tonnes, under mass balance and none."""
    mass, _ = losses(product, base, 1, "mass")
    none, _ = losses(product, base, 1, "none")
    M = flows[(flows["product"] == product) & flows.year.isin(sized)].groupby("c").value.sum() / len(sized)
    d = pd.DataFrame({"mass": mass, "none": none, "M": M, "q0": tonnes(product, before), "q1": tonnes(product, after)})
    d = d[d.mass.notna() & (d.M > 1000) & (d.q0 > 0) & (d.index != "CHN")].fillna({"q1": 0.0})
    change = d.q1 / d.q0
    return len(d), spearmanr(d.mass, change), spearmanr(d.none, change)


print("What China sold: thousand tonnes and USD a kg, 2008 to 2012")
for product, kilotonnes, price in (
    ("284690", [29.3, 20.4, 26.6, 19.6, 9.8], [16.7, 9.3, 21.7, 106, 71]),
    ("280530", [10.3, 6.4, 8.4, 7.0, 5.5], [19, 13, 24, 105, 61]),
    ("284610", None, None),
):
    g = flows[(flows["product"] == product) & (flows.a == "CHN")].groupby("year")[["value", "tonnes"]].sum().loc[2008:2014]
    kt, usd = g.tonnes / 1000, g.value / g.tonnes
    print("  ", product, [f"{year} {q:.1f} kt {p:.1f} USD/kg" for year, q, p in zip(g.index, kt, usd)])
    if kilotonnes:
        same(f"{product}, kt", kt.loc[2008:2012], kilotonnes, 1)
        same(f"{product}, USD/kg", usd.loc[2008:2012], price, 0 if product == "280530" else 0)

print("A cut by 40 % on the trade of 2009: what others lose, beside what they bought in 2010 and 2011 (tonnes, 2009 = 1)")
expected = {}
for product in PRODUCTS:
    row = []
    for reading in ("none", "mass"):
        l, M = losses(product, 2009, 0.4, reading)
        others = M.index != "CHN"
        row.append((l * M)[others].sum() / M[others].sum())
    world = [tonnes(product, [year]).drop("CHN", errors="ignore").sum() for year in (2008, 2009, 2010, 2011, 2012)]
    print("  ", product, "predicted loss", np.round(row, 3), "tonnes, 2008 to 2012, 2009 = 1", np.round(np.array(world) / world[1], 2))
    expected[product] = (row, np.array(world) / world[1])

print("Across importers: rank correlation of the predicted loss (full stop, trade of 2009) with the change of tonnes, 2008/09 to 2011/12")
for product, n, mass, none in (("284690", 30, 0.11, 0.05), ("280530", 11, -0.12, 0.01), ("284610", 30, -0.50, -0.42)):
    found = against(product, 2009, [2008, 2009], [2008, 2009], [2011, 2012])
    assert found[0] == n, (product, found[0])
    same(f"{product}, n {n}, mass p {found[1].pvalue:.3f}, direct p {found[2].pvalue:.3f}", [found[1].statistic, found[2].statistic], [mass, none])
print("  the same with the trade of 2008 as base, and with importers sized by 2009 alone")
for product in PRODUCTS:
    for base, sized in ((2008, [2008, 2009]), (2009, [2009])):
        n, mass, none = against(product, base, sized, [2008, 2009], [2011, 2012])
        print(f"   {product} base {base} n {n}: mass {mass.statistic:+.2f} (p {mass.pvalue:.3f}), direct {none.statistic:+.2f} (p {none.pvalue:.3f})")
print("  placebo: 2013 to 2014, when nothing was cut")
for product, n, mass in (("284690", 35, 0.05), ("280530", 24, -0.26), ("284610", 26, 0.05)):
    found = against(product, 2013, [2013], [2013], [2014])
    assert found[0] == n, (product, found[0])
    same(f"{product}, n {n}, mass p {found[1].pvalue:.3f}", found[1].statistic, mass)

print("Japan, 284690")
japan = flows[(flows["product"] == "284690") & (flows.c == "JPN")].groupby("year").tonnes.sum() / 1000
same("kt, 2008 to 2012", japan.loc[2008:2012], [11.5, 4.6, 10.0, 7.7, 3.3], 1)
same("2011 over 2009", japan[2011] / japan[2009], 1.65)

print("Gallium and germanium: codes that hold them among the shipped ones:", [c for c in codes if c in ("811230", "811291", "811292", "811299", "282560")])
print("   China's sales of 811230, USD:", germanium.to_dict())
