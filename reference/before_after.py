"""Before and after a trade measure: `monazite event` against pandas, pyfixest and numpy, on the data that are shipped.

    python reference/before_after.py --run runs/example [--program target/release/monazite]

Outcomes are made anew from the store of trade (Parquet) and, for STR, from indicators.parquet of the run; the two-way fixed-effects regressions
and clustered standard errors are those of pyfixest; permutations are taken in numpy over all subsets. Where the program takes all subsets too
(few controls are left by --exclude), p has to be the same to the last bit; where it draws 5,000, the p of all subsets has to lie within four standard
errors of it. Prints the numbers that docs/methods/27-before-and-after.md quotes.
"""

import argparse
import glob
import itertools
import os
import subprocess
import sys
import tempfile

import numpy as np
import pandas as pd
import pyfixest as pf
from scipy import stats

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
STORE = os.path.join(ROOT, "data", "baci-hs92-raw-materials")
QUOTA = os.path.join(ROOT, "data", "events", "rare-earth-quotas.csv")
TREATED = ["280530", "284610", "284690"]
TOLERANCE = 1e-9
SSC = pf.ssc(k_adj=True, k_fixef="nonnested", G_adj=True, G_df="conventional")


def flows():
    countries = pd.read_csv(glob.glob(STORE + "/codes-*/countries.csv")[0], dtype=str)
    iso3 = {}
    for code, numbers in zip(countries.iso3, countries.baci_codes):
        for number in numbers.replace("|", " ").replace(";", " ").split():
            iso3[int(number)] = code
    files = sorted(glob.glob(STORE + "/flows/*.parquet"))
    read = [pd.read_parquet(f).assign(year=int(os.path.basename(f)[:4])) for f in files]
    f = pd.concat(read, ignore_index=True)
    f["v"] = f.value_exact.fillna(f.value_usd / 1000.0)
    f["q"] = f.quantity_exact.fillna(f.quantity_kg / 1000.0)
    f["a"] = f.exporter.astype(int).map(iso3)
    f["c"] = f.importer.astype(int).map(iso3)
    return f[f.a != f.c]


def outcomes(run):
    f = flows()
    key = ["product", "year"]
    wide = lambda series: series.unstack("year")
    weighed = f[f.q > 0].copy()
    weighed["u"] = weighed.v / weighed.q
    of = weighed.groupby(key)
    weighed["median"] = of.u.transform("median")
    plausible = weighed[(weighed.u >= weighed["median"] / 10) & (weighed.u <= weighed["median"] * 10)].groupby(key)
    exports = f.groupby(key + ["a"]).v.sum()
    share = exports / exports.groupby(key).transform("sum")
    panel = pd.read_parquet(os.path.join(run, "indicators.parquet"))
    panel["product"] = panel["product"].astype(str)

    def mean(column):
        known = panel[panel[column].notna() & (panel.imports > 0)]
        weight = known.imports.groupby([known["product"], known.year]).sum()
        return wide((known[column] * known.imports).groupby([known["product"], known.year]).sum() / weight)

    products = {
        "imports": np.log(wide(f.groupby(key).v.sum())),
        "tonnes": np.log(wide(of.q.sum())),
        "unit_value": np.log(wide(of.v.sum() / of.q.sum())),
        "unit_value_screened": np.log(wide(plausible.v.sum() / plausible.q.sum())),
        "unit_value_median": np.log(wide(of.u.median())),
        "export_hhi": wide((share**2).groupby(key).sum()),
        "str_mass_balance": mean("str_mass_balance"),
        "str_full": mean("str"),
    }
    bought = panel[panel.imports > 0].rename(columns={"str": "str_full"})
    bought = bought.assign(imports=np.log(bought.imports)).set_index(["product", "country", "year"])
    importers = {name: bought[name].unstack("year") for name in ("imports", "hhi", "str_mass_balance", "str_full")}
    return products, importers


def program(options, run):
    with tempfile.TemporaryDirectory() as out:
        command = [options.program, "event", run, "--table", QUOTA, "--out", out, "--replace", "--quiet", *options.arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        text = {"product": str}
        return {name: pd.read_csv(os.path.join(out, name + ".csv"), dtype=text) for name in ("estimates", "path", "placebos", "products")}


class Check:
    def __init__(self):
        self.worst = 0.0
        self.count = 0

    def same(self, what, ours, theirs, tolerance=TOLERANCE):
        difference = abs(ours - theirs) / max(1.0, abs(theirs))
        self.count += 1
        if not difference <= tolerance:
            sys.exit(f"{what}: the program has {ours!r}, the reference {theirs!r}")
        if tolerance <= TOLERANCE:
            self.worst = max(self.worst, difference)


def long(y, treated, years):
    rows = y[years].stack().rename("y").reset_index()
    rows["treated"] = rows["product"].isin(treated).astype(float)
    rows["unit"] = rows["product"] + ("_" + rows["country"] if "country" in rows else "")
    return rows


def fitted(rows, terms, importer):
    vcov = {"CRV1": "product+country" if importer else "product"}
    fit = pf.feols(f"y ~ {' + '.join(terms)} | unit + year", data=rows, vcov=vcov, ssc=SSC)
    values, vectors = np.linalg.eigh(fit._vcov)
    if values.min() >= 0:
        return fit.coef(), fit.se(), fit.pvalue()
    # Clustered two ways a covariance may have negative eigenvalues: set to zero, as Cameron, Gelbach and Miller (2011) do.
    clipped = vectors @ np.diag(np.maximum(values, 0.0)) @ vectors.T
    se = pd.Series(np.sqrt(np.diag(clipped)), index=fit.coef().index)
    clusters = min(rows["product"].nunique(), rows["country"].nunique())
    return fit.coef(), se, pd.Series(2 * stats.t.sf(np.abs(fit.coef() / se), clusters - 1), index=se.index)


def permuted(changes, treated):
    """Differences of all subsets of products of the treated size; changes are indexed by product (and importer)."""
    of_product = changes.groupby(level="product").agg(["sum", "count"])
    sums, units = of_product["sum"].to_numpy(), of_product["count"].to_numpy()
    size = int(of_product.index.isin(treated).sum())
    subsets = np.array(list(itertools.combinations(range(len(sums)), size)))
    s, n = sums[subsets].sum(1), units[subsets].sum(1)
    return s / n - (sums.sum() - s) / (units.sum() - n)


def difference(changes, treated):
    is_treated = changes.index.get_level_values("product").isin(treated)
    return changes[is_treated].mean() - changes[~is_treated].mean()


def two_sided(all_differences, actual):
    return float((np.abs(all_differences) >= abs(actual) - 1e-12).mean())


def change(y, pre, post):
    return y[post].mean(axis=1) - y[pre].mean(axis=1)


def compare(name, found, all_outcomes, check, importer=False):
    roles = found["products"].set_index("product").role
    kept = roles[roles != "left out"].index
    exporters = ["CHN"]
    for row in found["estimates"].itertuples():
        y = all_outcomes[row.outcome]
        y = y[y.index.get_level_values("product").isin(kept)]
        if importer:
            y = y[~y.index.get_level_values("country").isin(exporters)]
        y = y.dropna()
        years = list(y.columns)
        pre = list(range(row.pre_first, row.pre_last + 1))
        post = list(range(row.post_first, row.post_last + 1))
        what = f"{name}, {row.outcome}, {post[0]}"
        changes = change(y, pre, post)
        actual = difference(changes, TREATED)
        check.same(what + ": estimate", row.estimate, actual)
        rows = long(y, TREATED, pre + post)
        rows["after"] = rows.treated * rows.year.isin(post)
        b, se, p = fitted(rows, ["after"], importer)
        check.same(what + ": estimate of pyfixest", row.estimate, b["after"])
        check.same(what + ": standard error", row.standard_error, se["after"])
        check.same(what + ": p, clustered", row.p_clustered, p["after"])
        everyone = permuted(changes, TREATED)
        share = two_sided(everyone, actual)
        if row.subsets == "all":
            check.same(what + ": p of all subsets", row.p_permutation, share, 0.0)
            check.same(what + ": subsets", row.subsets_taken, len(everyone), 0.0)
        else:
            error = 4 * np.sqrt(max(share * (1 - share), 1e-4) / row.subsets_taken) + 1 / row.subsets_taken
            check.same(what + ": p of drawn subsets", row.p_permutation, share, error)
        print(f"{what:45} {actual:+.4f}  se {se['after']:.4f}  p of all {len(everyone)} subsets {share:.4f}, of the program {row.p_permutation:.4f}")
        if post[0] != row.date:
            continue
        path = found["path"][found["path"].outcome == row.outcome].set_index("year")
        base = row.date - 1
        rows = long(y, TREATED, years)
        others = [t for t in years if t != base]
        for t in others:
            rows[f"d{t}"] = rows.treated * (rows.year == t)
        b, se, p = fitted(rows, [f"d{t}" for t in others], importer)
        for t in others:
            at = path.loc[t]
            check.same(f"{what}: path {t}", at.estimate, b[f"d{t}"])
            check.same(f"{what}: path {t}, standard error", at.standard_error, se[f"d{t}"])
            check.same(f"{what}: path {t}, p", at.p_clustered, p[f"d{t}"])
            if row.subsets == "all":
                every = permuted(change(y, [base], [t]), TREATED)
                check.same(f"{what}: path {t}, p of all", at.p_permutation, two_sided(every, b[f"d{t}"]), 0.0)
                low, high = np.quantile(every, [0.05, 0.95])
                check.same(f"{what}: path {t}, cloud", at.cloud_low, low)
                check.same(f"{what}: path {t}, cloud", at.cloud_high, high)
        of = found["placebos"][found["placebos"].outcome == row.outcome]
        dates = of[of.placebo == "date"].set_index("placebo_date")
        expected = [d for d in years if d - 3 >= years[0] and d + 1 <= years[-1] and d != row.date]
        assert list(dates.index) == expected, (list(dates.index), expected)
        for d in expected:
            theirs = difference(change(y, [d - 3, d - 2, d - 1], [d, d + 1]), TREATED)
            check.same(f"{what}: placebo {d}", dates.loc[d].estimate, theirs)
            touches = any(row.date <= t <= 2011 for t in range(d - 3, d + 2))
            assert bool(dates.loc[d].touches_measure) == touches, d
        controls = changes[~changes.index.get_level_values("product").isin(TREATED)]
        for placebo in of[of.placebo == "control"].itertuples():
            check.same(f"{what}: control {placebo.product}", placebo.estimate, difference(controls, [placebo.product]))
        if row.outcome == "unit_value" and not importer:
            print("    other dates:", ", ".join(f"{d} {dates.loc[d].estimate:+.2f} ({dates.loc[d].p_permutation:.3f})" for d in expected))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--run", default=os.path.join(ROOT, "runs", "example"))
    parser.add_argument("--program", default=os.path.join(ROOT, "target", "release", "monazite"))
    options = parser.parse_args()
    products, importers = outcomes(options.run)
    check = Check()
    options.arguments = ["--keep-breaks", "--later", "3", "--outcomes", ",".join(products)]
    compare("all raw materials", program(options, options.run), products, check)
    # Few controls: 23 products, of which 1,771 subsets are all there are.
    few = [p for p in products["imports"].dropna().index if p not in TREATED][20:]
    options.arguments += ["--exclude", ",".join(few)]
    compare("20 controls", program(options, options.run), products, check)
    options.arguments = ["--by", "importer", "--keep-breaks", "--outcomes", ",".join(importers), "--exclude", ",".join(few)]
    compare("importers, 20 controls", program(options, options.run), importers, check, importer=True)
    print(f"{check.count} numbers of the program are those of pandas, pyfixest and numpy; the largest difference, drawn p aside, is {check.worst:.1e}")


if __name__ == "__main__":
    main()
