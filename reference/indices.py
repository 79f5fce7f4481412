"""An independent computation of the indices that others publish, with pandas and numpy.

    python reference/indices.py                  compare every cell of runs/example/indices.parquet
    python reference/indices.py --run DIR        of another run

Reads the trade that the run was computed from (flows.parquet) and its political stability (stability.csv), and shares nothing with the engine but the
definitions (docs/methods/26-indices.md). Compared, each to 1e-9: export_hhi, whhi, eu_sr_trade, geopolrisk_trade, ec_flag, geodep, worst; of
worst_supplier that no other stop costs more. Groups that are merged count as any country; what they sell one another is not in the run, so that the second
criterion of ec_flag is not looked at there. pandas groups, numpy inverts.
"""
import argparse, sys, tomllib
from pathlib import Path
import numpy as np
import pandas as pd

KEY = ["product", "year"]


def trade_only(flows, stability, years, with_worst=True):
    """All indices that need no table, of flows (year, product, exporter, importer, value) and stability (year, country, pv from 0 to 100)."""
    f = flows.merge(stability.rename(columns={"country": "exporter"}), on=["year", "exporter"], how="left")
    f["g"] = 1 - f.pv / 100
    f["m"] = f.groupby(KEY + ["importer"]).value.transform("sum")
    f["s"] = f.value / f.m
    f["ss"], f["ssg"], f["sg"] = f.s**2, f.s**2 * f.g, f.s * f.g
    rows = f.groupby(KEY + ["importer"]).agg(m=("m", "first"), hhi=("ss", "sum"), whhi=("ssg", "sum"), direct=("sg", "sum")).reset_index()
    exports = f.groupby(KEY + ["exporter"]).agg(x=("value", "sum"), g=("g", "first")).reset_index()
    exports["share"] = exports.x / exports.groupby(KEY).x.transform("sum")
    exports["xx"], exports["xxg"] = exports.share**2, exports.share**2 * exports.g
    world = exports.groupby(KEY).agg(export_hhi=("xx", "sum"), governed=("xxg", "sum")).reset_index()
    rows = rows.merge(world, on=KEY).merge(exports.rename(columns={"exporter": "importer"})[KEY + ["importer", "x"]], on=KEY + ["importer"], how="left")
    rows["x"] = rows.x.fillna(0)
    ir = ((rows.m - rows.x) / rows.m).clip(0, 1)
    rows["eu_sr_trade"] = 10 * rows.governed * ir / 2 + 10 * rows.whhi * (1 - ir / 2)
    rows["geopolrisk_trade"] = rows.export_hhi * rows.direct
    ratio = np.where(rows.x > 0, rows.m / rows.x.where(rows.x > 0, 1), 9999)
    rows["ec_flag"] = ((rows.hhi > 0.4) & (ratio > 1)).astype(float)
    rows["holds"] = ((rows.hhi > 0.4) & (rows.export_hhi > 0.4) & (ratio > 1)).astype(float)
    rows["geodep"] = geodep(rows, years)
    if with_worst:
        rows["worst"] = worst(f, rows)
    return rows


def geodep(rows, years):
    """In how many of the latest three years the criteria hold; undefined where the product is not traded in one of them."""
    table = rows.pivot_table(index=["product", "importer"], columns="year", values="holds").reindex(columns=years)
    traded = rows.groupby("product").year.unique().to_dict()
    there = pd.DataFrame([[year in traded[product] for year in years] for product, _ in table.index], index=table.index, columns=years)
    count = table.fillna(0).where(there).T.rolling(3, min_periods=3).sum().T
    row = count.index.get_indexer(pd.MultiIndex.from_frame(rows[["product", "importer"]]))
    return count.values[row, rows.year.map({year: at for at, year in enumerate(years)}).values]


def losses(T):
    """Loss share of every importer (columns) if each supplier (rows) stops, under mass balance: one dense inverse."""
    M, X = T.sum(0), T.sum(1)
    S = np.divide(T, M, out=np.zeros_like(T), where=M > 0)
    phi = np.where(M > 0, np.minimum(1, np.divide(M, X, out=np.ones(len(T)), where=X > 0)), 0.0)
    try:
        K = S @ np.linalg.inv(np.eye(len(T)) - phi[:, None] * S)
        L = K / (1 + phi * np.diag(K))[:, None]
    except np.linalg.LinAlgError:
        L = iterated(S, phi)
    np.fill_diagonal(L, 0)
    return L


def iterated(S, phi):
    """The same from no loss upwards, where some buy from one another alone and sell all they buy."""
    L = np.zeros_like(S)
    for _ in range(100_000):
        passed = L * phi
        np.fill_diagonal(passed, 1)
        more = passed @ S
        if np.abs(more - L).max() < 1e-15:
            return more
        L = more
    sys.exit("the losses of a product-year do not settle")


def matrix(group):
    """Dense trade of a product-year, and its countries."""
    names, codes = np.unique(np.r_[group.exporter.values, group.importer.values], return_inverse=True)
    n, half = len(names), len(group)
    T = np.zeros((n, n))
    np.add.at(T, (codes[:half], codes[half:]), group.value.values)
    return T, names


def worst(flows, rows):
    found = {}
    for key, group in flows.groupby(KEY):
        T, names = matrix(group)
        for name, loss in zip(names, losses(T).max(0)):
            found[(*key, name)] = loss
    return [found[k] for k in zip(rows["product"], rows.year, rows.importer)]


def main():
    root = Path(__file__).resolve().parent.parent
    ap = argparse.ArgumentParser()
    ap.add_argument("--run", default=root / "runs/example", type=Path)
    run = ap.parse_args().run
    study = tomllib.loads((run / "study.toml").read_text())
    if study.get("trade", {}).get("reexport_shares"):
        sys.exit("re-exports are traced in this run: its import content is that of the trade before, which is not in it")
    measure = "quantity" if study.get("trade", {}).get("measure") == "quantity" else "value"
    got = pd.read_parquet(run / "indices.parquet").rename(columns={"country": "importer"})
    flows = pd.read_parquet(run / "flows.parquet").dropna(subset=[measure])
    flows = flows[flows["product"].isin(got["product"].unique())].assign(value=lambda f: f[measure])
    stability = pd.read_csv(run / "stability.csv", keep_default_na=False)[["year", "country", "pv"]].astype({"pv": float})
    years = sorted(int(year) for year in pd.read_csv(run / "product_years.csv").year.unique())
    want = trade_only(flows, stability, years)
    both = got.merge(want, on=KEY + ["importer"], how="outer", suffixes=("", "_want"), indicator=True)
    assert (both._merge == "both").all(), both._merge.value_counts()
    panel = pd.read_parquet(run / "indicators.parquet", columns=["year", "product", "country"])
    order = pd.MultiIndex.from_frame(panel).get_indexer(pd.MultiIndex.from_frame(got[["year", "product", "importer"]]))
    assert (order >= 0).all() and (np.diff(order) > 0).all(), "the rows are in the order of indicators.parquet"
    for name in ["export_hhi", "whhi", "eu_sr_trade", "geopolrisk_trade", "ec_flag", "geodep", "worst"]:
        if name not in got:
            continue
        a, b = both[name], both[f"{name}_want"]
        assert (a.isna() == b.isna()).all(), f"{name}: {(a.isna() != b.isna()).sum()} of {len(a)} are undefined on one side only"
        worst_difference = (a - b).abs().max()
        assert worst_difference < 1e-9, f"{name}: {worst_difference}"
        print(f"{name:18} {a.notna().sum():7} numbers, largest difference {worst_difference:.1e}")
    if "worst" in got:
        checked, keys = 0, flows[KEY].drop_duplicates()
        some = keys.sample(min(40, len(keys)), random_state=1)
        for key, group in got.merge(some, on=KEY).groupby(KEY):
            T, names = matrix(flows[(flows["product"] == key[0]) & (flows.year == key[1])])
            at = {name: i for i, name in enumerate(names)}
            L = losses(T)
            for row in group.itertuples():
                assert L[at[row.worst_supplier], at[row.importer]] > L[:, at[row.importer]].max() - 1e-9
                checked += 1
        print(f"{'worst_supplier':18} {checked:7} suppliers of {len(some)} product-years: no other stop costs more")


if __name__ == "__main__":
    main()
