"""The table of the example study again, from its own panel, in statsmodels, pyfixest and linearmodels.

    monazite run --out RUN
    python reference/regression_example.py RUN        writes reference/values/regression_example.csv

Reads RUN/regression/panel.parquet and nothing else. Four presets, with and without clusters; cluster 1 and tier 0 (or the first
level there is) are what the others are compared with. All three have to agree to
1e-9 relative wherever they share a convention; where they do not is said here and checked:

- classical, HC1, HC3, one-way clusters (CR1, factor G/(G-1) (n-1)/(n-k)): all three agree. linearmodels needs debiased=True for the factor n/(n-k), and
  its clustered errors get G/(G-1) (n-1)/(n-k) so too; it has no HC3. pyfixest multiplies the HC3 covariance by n/(n-k), which is undone here.
- two-way clusters: V(country) + V(product) - V(both). statsmodels gives each part the factor of its own number of clusters, which is monazite's default
  (`each`). pyfixest gives all parts that of the smaller number (`smallest` here and in monazite). linearmodels, with group_debias, as statsmodels.
- pyfixest and statsmodels report p of clustered errors from t(G-1), and from the normal distribution unless use_t is set; standard errors are compared, not p.
- none of the three sets negative eigenvalues of a two-way covariance to zero in the way monazite does; the column `clipped` says where it matters, and there the value
  is that of statsmodels after np.linalg.eigh and max(0, .).
"""
import csv, sys, warnings
from pathlib import Path
import numpy as np
import pandas as pd
import pyfixest as pf
import statsmodels.formula.api as smf
from linearmodels.iv import IV2SLS
from statsmodels.stats.sandwich_covariance import cov_cluster_2groups

warnings.filterwarnings("ignore")
panel = pd.read_parquet(Path(sys.argv[1]) / "regression/panel.parquet")
NAMES = {"exposure": "Exposure", "hhi": "HHI", "str": "STR", "inputs_exposure": "Exposure (inputs)", "inputs_hhi": "HHI (inputs)", "inputs_str": "STR (inputs)"}


def same(what, a, b):
    off = np.max(np.abs(np.asarray(a) / np.asarray(b) - 1))
    assert off < 1e-9, f"{what}: {off:.1e}"


rows = [["factors", "preset", "kind", "term", "estimate", "standard_error", "clipped"]]


def named(term, stand_ins):
    factor = term.split()[0]
    return f"{term} (against {stand_ins[factor]})" if factor in stand_ins else term


presets = (("literal", "literal"), ("log", "log"), ("rsca", "rsca"), ("literal, strengths", "literal"))
for factors, (preset, scale) in ((f, p) for f in ("cluster tier", "tier") for p in presets):
    if "cluster" in factors:
        frame = panel[panel["in_" + preset.replace(", ", "_")] == 1].copy()
        frame["cluster"] = frame.cluster.astype(int)
    else:
        # Countries without a cluster are in as well.
        needed = ["tier", f"change_rca_{scale}", f"rca_{scale}", "exposure", "hhi", "str", "inputs_exposure", "inputs_hhi", "inputs_str", f"inputs_rca_{scale}"]
        frame = panel[(panel.group == 0) & ((panel.strength == 1) | ("strengths" not in preset))].dropna(subset=needed).copy()
    frame["tier"] = frame.tier.astype(int)
    x = [f"rca_{scale}", "exposure", "hhi", "str", "inputs_exposure", "inputs_hhi", "inputs_str", f"inputs_rca_{scale}"]
    # Levels in the order of monazite, references left out; names say where the first level stands in for the reference.
    stand_ins = {}
    for factor in factors.split():
        levels = sorted(set(frame[factor]))
        reference = {"cluster": 1, "tier": 0}[factor]
        if reference not in levels:
            reference = stand_ins[factor] = levels[0]
        for level in levels:
            if level == reference:
                continue
            frame[f"{factor}_{level}"] = (frame[factor] == level).astype(float)
            x.append(f"{factor}_{level}")
    formula = f"change_rca_{scale} ~ " + " + ".join(x)
    country, product = (frame[c].astype("category").cat.codes.to_numpy() for c in ("country", "product"))
    model = smf.ols(formula, frame)
    plain = model.fit()
    b = plain.params.to_numpy()
    two = cov_cluster_2groups(plain, country, product)[0]
    values, vectors = np.linalg.eigh(two)
    clipped = bool((np.diag(two) < 0).any() or (values < -1e-13 * np.abs(values).max()).any())
    if clipped:
        two = vectors @ np.diag(np.maximum(values, 0)) @ vectors.T
    se = {
        "classical": plain.bse.to_numpy(),
        "hc1": model.fit(cov_type="HC1").bse.to_numpy(),
        "hc3": model.fit(cov_type="HC3").bse.to_numpy(),
        "country": model.fit(cov_type="cluster", cov_kwds={"groups": country}).bse.to_numpy(),
        "product": model.fit(cov_type="cluster", cov_kwds={"groups": product}).bse.to_numpy(),
        "two_way": np.sqrt(np.diag(two)),
    }
    fixest = pf.feols(formula, frame)
    same("estimates, pyfixest", fixest.coef(), b)
    for kind, vcov in (("classical", "iid"), ("hc1", "HC1"), ("hc3", "HC3"), ("country", {"CRV1": "country"}), ("product", {"CRV1": "product"})):
        theirs = pf.feols(formula, frame, vcov=vcov).se().to_numpy()
        if kind == "hc3":
            theirs = theirs * np.sqrt((len(frame) - len(b)) / len(frame))
        same(f"{preset} {kind}, pyfixest", theirs, se[kind])
    if not clipped:
        se["two_way_smallest"] = pf.feols(formula, frame, vcov={"CRV1": "country + product"}).se().to_numpy()
    exog = frame[x].assign(Intercept=1.0)[["Intercept", *x]]
    linear = IV2SLS(frame[f"change_rca_{scale}"], exog, None, None)
    same("estimates, linearmodels", linear.fit().params, b)
    for kind, options in (
        ("classical", dict(cov_type="unadjusted")),
        ("hc1", dict(cov_type="robust")),
        ("country", dict(cov_type="clustered", clusters=country)),
        ("product", dict(cov_type="clustered", clusters=product)),
    ):
        same(f"{preset} {kind}, linearmodels", linear.fit(debiased=True, **options).std_errors, se[kind])
    if not clipped:
        theirs = linear.fit(cov_type="clustered", clusters=np.column_stack([country, product]), debiased=True).std_errors
        print(f"{factors}, {preset}: two-way of linearmodels relative to statsmodels: {np.min(theirs / se['two_way']):.12f} to {np.max(theirs / se['two_way']):.12f}")
    print(f"{factors}, {preset}: {len(frame)} rows, {len(b)} coefficients, two-way clipped: {clipped}")
    terms = ["constant" + (f" ({', '.join(f'{f} {r}' for f, r in stand_ins.items())})" if stand_ins else "")] + [NAMES.get(n, "RCA" if n.startswith("rca_") else "RCA (inputs)" if n.startswith("inputs_rca") else named(n.replace("_", " "), stand_ins)) for n in x]
    for kind, errors in se.items():
        for term, estimate, error in zip(terms, b, errors):
            if np.isfinite(error):
                rows.append([factors, preset, kind, term, repr(float(estimate)), repr(float(error)), str(clipped and kind.startswith("two_way")).lower()])
with open(Path(__file__).resolve().parent / "values/regression_example.csv", "w", newline="") as f:
    csv.writer(f, lineterminator="\n").writerows(rows)
