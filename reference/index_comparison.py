"""An independent comparison of systemic trade risk with the indices of others, with pandas and scipy.

    python reference/index_comparison.py                              of runs/example, with target/release/monazite
    python reference/index_comparison.py --run DIR --program PATH     of another run, with another program

1. From the tables of the run (indicators.parquet, indices.parquet), what `monazite indices RUN --out DIR` writes: rank correlations pooled, inside and
   across products, the area under the curve of every index for the flag (scipy), and the importers on which two indices disagree most, with their places
   (pandas). Every number is equal to 1e-9.
2. From the shipped trade alone (data/baci-hs92-raw-materials by way of flows.parquet, and stability.csv): the indices of reference/indices.py, STR from dense
   matrices, and the table of the design for 2023 over 4,353 importers of 71 products, ours beside it to two digits. Only for a run of the example's trade.

Shares nothing with the engine but the definitions.
"""
import argparse, subprocess, sys, tempfile
from pathlib import Path
import numpy as np
import pandas as pd
from scipy.stats import mannwhitneyu, spearmanr

from indices import trade_only

INDICES = ["str_full", "str_mass_balance", "str_direct", "hhi", "exposure", "whhi", "geopolrisk", "eu_sr", "worst"]
PAIRS = [("hhi", "str_full"), ("str_full", "hhi"), ("str_full", "str_mass_balance"), ("str_mass_balance", "str_full"), ("str_mass_balance", "eu_sr"), ("eu_sr", "str_mass_balance")]
LEAST, LEAST_OF_CASES, CASES, FEWEST, GAP = 100, 20_000, 3, 5, 0.5
# The design, 2023: pooled and inside products of row by column; across products; shares, area under the curve.
DESIGN = {
    "str_full": [(1, 1), (0.83, 0.84), (0.84, 0.88), (0.06, 0.15), (0.14, 0.11), (0.53, 0.58), (0.53, 0.88), (0.50, 0.55), (0.07, 0.14)],
    "str_mass_balance": [None, (1, 1), (0.87, 0.85), (0.11, 0.14), (0.16, 0.12), (0.59, 0.57), (0.54, 0.85), (0.54, 0.54), (0.13, 0.14)],
    "hhi": [None, None, (0.16, 0.18), (1, 1), (0.14, 0.15), (0.79, 0.80), (0.15, 0.18), (0.72, 0.77), (0.93, 0.92)],
    "worst": [None, None, (0.14, 0.16), None, (0.13, 0.13), (0.74, 0.74), (0.22, 0.16), (0.71, 0.71), (1, 1)],
}
DESIGN_ACROSS = {("str_mass_balance", "str_direct"): 0.90, ("str_mass_balance", "eu_sr"): 0.65, ("str_mass_balance", "geopolrisk"): 0.56, ("str_mass_balance", "hhi"): 0.35, ("str_mass_balance", "worst"): 0.35, ("str_full", "eu_sr"): 0.44, ("str_full", "hhi"): 0.18, ("str_full", "worst"): 0.16}
DESIGN_FLAGS = 0.084
DESIGN_CURVES = {"geopolrisk": 0.94, "eu_sr": 0.81, "worst": 0.68, "hhi": 0.66, "str_direct": 0.58, "str_full": 0.55, "str_mass_balance": 0.54}

failed = []


def rho(a, b):
    """Spearman's rank correlation; NaN where one of the two does not vary or there are fewer than two."""
    both = pd.DataFrame({"a": a, "b": b}).dropna()
    if len(both) < 2 or both.a.nunique() < 2 or both.b.nunique() < 2:
        return np.nan, len(both)
    return spearmanr(both.a, both.b).statistic, len(both)


def three_ways(cells, a, b):
    """Pooled, inside products, across products, each with what it is over."""
    pooled, importers = rho(cells[a], cells[b])
    inside, weights = [], []
    for _, of in cells.groupby("product"):
        r, n = rho(of[a], of[b])
        if n >= 3 and not np.isnan(r):
            inside.append(r)
            weights.append(n)
    means = pd.DataFrame({name: cells[cells[name].notna()].groupby("product")[[name, "imports"]].apply(lambda of: np.average(of.iloc[:, 0], weights=of.imports)) for name in (a, b)})
    across, products = rho(means[a], means[b])
    return pooled, importers, np.average(inside, weights=weights) if inside else np.nan, len(inside), across, products


def curve(cells, name, flag):
    """Area under the receiver operating characteristic, by the statistic of Mann and Whitney."""
    known = cells[name].notna() & flag.notna()
    on = flag[known].astype(bool)
    if on.all() or not on.any():
        return np.nan
    with_flag, without = cells.loc[known, name][on], cells.loc[known, name][~on]
    return mannwhitneyu(with_flag, without).statistic / (len(with_flag) * len(without))


def cases(cells, high, low):
    """Of each product the importer whose places by the two are farthest apart, the farthest first."""
    large = cells[(cells.imports >= LEAST_OF_CASES) & cells[high].notna() & cells[low].notna()].copy()
    large = large[large.groupby("product").country.transform("size") >= FEWEST]
    large["place_high"] = large.groupby("product")[high].rank(pct=True)
    large["place_low"] = large.groupby("product")[low].rank(pct=True)
    large["gap"] = large.place_high - large.place_low
    of_each = large.sort_values(["product", "gap", "imports"], ascending=[True, False, False]).groupby("product").head(1)
    return of_each[of_each.gap >= GAP].sort_values(["gap", "imports", "product"], ascending=[False, False, True]).head(CASES)


def close(what, got, want, tolerance=1e-9):
    got, want = (np.nan if pd.isna(x) else float(x) for x in (got, want))
    if np.isnan(got) != np.isnan(want) or abs(got - want) > tolerance:
        failed.append(f"{what}: {got} and not {want}")


def of_the_run(run, year):
    """The importers of the products that have indices."""
    panel = pd.read_parquet(run / "indicators.parquet")
    indices = pd.read_parquet(run / "indices.parquet")
    cells = panel[panel.year == year].merge(indices[indices.year == year], on=["year", "product", "country"], how="left")
    cells = cells[cells["product"].isin(indices[indices.year == year]["product"]) & (cells.imports > 0)]
    if "str_full" not in cells:
        cells["str_full"] = cells["str"]
    for name in ("geopolrisk", "eu_sr"):
        if name not in cells:
            cells[name] = cells[f"{name}_trade"]
    return cells


def compare(run, program):
    """The program's tables with ours."""
    year = int(pd.read_parquet(run / "indicators.parquet", columns=["year"]).year.max())
    cells = of_the_run(run, year)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([program, "indices", run, "--out", folder, "--quiet"], check=True, stdout=subprocess.DEVNULL)
        got = {name: pd.read_csv(Path(folder) / f"{name}.csv", keep_default_na=False, na_values=[""], dtype={"product": str}) for name in ("correlations", "disagreements", "indices")}
    compared = cells[cells.imports >= LEAST]
    for row in got["correlations"].itertuples():
        names = "pooled", "importers", "inside", "products_inside", "across", "products_across"
        for name, want in zip(names, three_ways(compared, row.first, row.second)):
            close(f"{row.first} {row.second} {name}", getattr(row, name), want)
    flag = compared.geodep.ge(2).where(compared.geodep.notna())
    for row in got["indices"].itertuples():
        close(f"{row.index} undefined", row.undefined, compared[row.index].isna().sum())
        close(f"{row.index} area under the curve", row.flag_auc, curve(compared, row.index, flag))
    count = 0
    for high, low in PAIRS:
        found, want = got["disagreements"].query("high == @high and low == @low"), cases(cells, high, low)
        pairs = [list(zip(of["product"], of[country])) for of, country in ((found, "importer"), (want, "country"))]
        if pairs[0] != pairs[1]:
            failed.append(f"{high} high, {low} low: {pairs[0]} and not {pairs[1]}")
            continue
        for a, b in zip(found.itertuples(), want.to_dict("records")):
            for name, expected in (("value_high", b[high]), ("value_low", b[low]), ("place_high", b["place_high"]), ("place_low", b["place_low"]), ("imports_thousand_usd", b["imports"])):
                close(f"{high} high, {low} low, {a.product} {a.importer} {name}", getattr(a, name), expected)
        count += len(want)
    print(f"{year}: {len(got['correlations'])} pairs in three ways, {len(got['indices'])} areas under the curve and {count} disagreements over {len(compared)} importers of {compared['product'].nunique()} products")


def risk(flows, stability):
    """Full, mass-balanced and direct STR, HHI and exposure of every importer, from a dense matrix of each product-year."""
    w = stability.set_index(["year", "country"]).pv
    rows = []
    for (product, year), of in flows.groupby(["product", "year"]):
        codes = sorted(set(of.exporter) | set(of.importer))
        at = {code: n for n, code in enumerate(codes)}
        T = np.zeros((len(codes),) * 2)
        np.add.at(T, ([at[c] for c in of.exporter], [at[c] for c in of.importer]), of.value)
        M, X, v = T.sum(0), T.sum(1), np.array([1 - w[year, code] / 100 for code in codes])
        S = np.divide(T, M, out=np.zeros_like(T), where=M > 0)
        phi = np.where(M > 0, np.minimum(1, np.divide(M, X, out=np.ones_like(M), where=X > 0)), 0)
        solved = [1 + np.linalg.solve((np.eye(len(codes)) - (f * v)[:, None] * S).T, v @ S) for f in (np.ones_like(M), phi)]
        found = pd.DataFrame({"product": product, "year": year, "importer": codes, "imports": M, "str_full": solved[0], "str_mass_balance": solved[1], "str_direct": v @ S, "hhi": (S**2).sum(0), "exposure": M / (M + X)})
        rows.append(found[M > 0])
    return pd.concat(rows)


def of_the_design(run, year=2023):
    """The table of the design from trade and stability alone."""
    flows = pd.read_parquet(run / "flows.parquet", columns=["year", "product", "exporter", "importer", "value"])
    flows = flows[flows.year.between(year - 2, year)]
    stability = pd.read_csv(run / "stability.csv", keep_default_na=False)[["year", "country", "pv"]].astype({"pv": float})
    years = list(range(year - 2, year + 1))
    key = ["product", "year", "importer"]
    cells = risk(flows, stability).merge(trade_only(flows, stability, years), on=key, suffixes=("", "_again"))
    cells = cells.rename(columns={"geopolrisk_trade": "geopolrisk", "eu_sr_trade": "eu_sr"})
    # The design counts a flag only in years in which the importer buys as much as it compares from; the program, as CEPII, in every year.
    flagged = cells[cells.imports >= LEAST].pivot_table(index=["product", "importer"], columns="year", values="holds").fillna(0).sum(axis=1).ge(2)
    cells = cells[(cells.year == year) & (cells.imports >= LEAST)].reset_index(drop=True)
    print(f"\n{year}, {len(cells)} importers of {cells['product'].nunique()} products (the design: 4,353 of 71); ours, and the design's where they are not the same")
    if (len(cells), cells["product"].nunique()) != (4353, 71):
        failed.append("another sample than the design's")
    print(f"{'pooled (inside)':17}" + "".join(f"{name[:11]:>14}" for name in INDICES))
    differ = 0
    for row, design in DESIGN.items():
        line = f"{row:17}"
        for column, wanted in zip(INDICES, design):
            if row == column or wanted is None:
                line += f"{'·':>14}"
                continue
            pooled, _, inside, _, _, _ = three_ways(cells, row, column)
            off = any(abs(a - b) > 0.0051 for a, b in zip((pooled, inside), wanted))
            differ += off
            line += f"{pooled:>7.2f} ({inside:.2f})" + (f" [{wanted[0]}, {wanted[1]}]" if off else "")
        print(line)
    for (a, b), wanted in DESIGN_ACROSS.items():
        across = three_ways(cells, a, b)[4]
        differ += abs(across - wanted) > 0.0051
        print(f"across products: {a} with {b} {across:.3f}, the design {wanted:.2f}")
    flag = pd.Series(flagged.reindex(pd.MultiIndex.from_frame(cells[["product", "importer"]])).to_numpy())
    own = cells.geodep.ge(2)
    print(f"flagged: {flag.mean():.4f}, the design {DESIGN_FLAGS}; with years below {LEAST} thousand USD too, as the program counts: {own.mean():.4f}; products with export HHI above 0.4: {cells[cells.export_hhi > 0.4]['product'].nunique()}, the design 12")
    differ += abs(flag.mean() - DESIGN_FLAGS) > 0.00051
    for name, wanted in DESIGN_CURVES.items():
        area = curve(cells, name, flag)
        differ += abs(area - wanted) > 0.0051
        print(f"area under the curve: {name} {area:.3f}, the design {wanted:.2f}; of the program's flag {curve(cells, name, own):.3f}")
    if differ:
        failed.append(f"{differ} numbers of the design are not ours")


def main():
    root = Path(__file__).resolve().parent.parent
    ap = argparse.ArgumentParser()
    ap.add_argument("--run", default=root / "runs/example", type=Path)
    ap.add_argument("--program", default=root / "target/release/monazite", type=Path)
    args = ap.parse_args()
    compare(args.run, args.program)
    if "baci-hs92-raw-materials" in (args.run / "study.toml").read_text():
        of_the_design(args.run)
    if failed:
        sys.exit("\n".join(failed))
    print("all equal")


if __name__ == "__main__":
    main()
