"""An independent computation of the test of links, with numpy, pandas and least squares.

    python reference/links_numpy.py            writes reference/values/links.csv

Reads the flows straight from the Parquet files of the two shipped stores and shares nothing with the engine but the definitions
(docs/methods/12-value-chain.md). Nothing clever is done: leaving a country out is leaving it out and computing again, a partial
correlation is the correlation of least-squares residuals, the null is a loop over all other outputs. `cargo test` compares the
engine with the file; no Python is needed there.
"""
import csv, glob
from pathlib import Path
import numpy as np
import pandas as pd

root = Path(__file__).resolve().parent.parent


def load(store):
    countries = pd.read_csv(glob.glob(f"{store}/codes-*/countries.csv")[0], keep_default_na=False)
    iso3 = {int(code): row.iso3 for row in countries.itertuples() for code in str(row.baci_codes).split()}
    flows = pd.concat(pd.read_parquet(f) for f in sorted(glob.glob(f"{store}/flows/*.parquet")))
    flows["value"] = flows.value_exact.fillna(flows.value_usd / 1000)
    flows["a"], flows["c"] = flows.exporter.map(iso3), flows.importer.map(iso3)
    codes = sorted(set(flows.a) | set(flows.c))
    products, years = sorted(flows["product"].unique()), sorted(flows.year.unique())
    shape = (len(years), len(products), len(codes))
    imports, exports = np.zeros(shape), np.zeros(shape)
    place = lambda values, column: column.map({v: n for n, v in enumerate(values)}).to_numpy()
    t, p = place(years, flows.year), place(products, flows["product"])
    np.add.at(imports, (t, p, place(codes, flows.c)), flows.value.to_numpy())
    np.add.at(exports, (t, p, place(codes, flows.a)), flows.value.to_numpy())
    return products, imports, exports


def links_of(path):
    rows = csv.DictReader(line for line in open(path, encoding="utf8") if not line.startswith("#"))
    return [(r["input"], r["output"]) for r in rows]


def residuals(rows, size):
    """Rows freed of their mean and, if there is a size, of its linear effect."""
    D = np.ones((rows.shape[1], 1)) if size is None else np.column_stack([np.ones(len(size)), size])
    return rows - (D @ np.linalg.lstsq(D, rows.T, rcond=None)[0]).T


def correlate(M, X, size):
    A, B = residuals(M, size), residuals(X, size)
    varies = lambda R, raw: np.sqrt((R ** 2).sum(1)) > 1e-10 * np.sqrt((raw ** 2).sum(1))
    with np.errstate(invalid="ignore", divide="ignore"):
        R = (A @ B.T) / np.sqrt((A ** 2).sum(1))[:, None] / np.sqrt((B ** 2).sum(1))[None]
    R[~varies(A, M)] = np.nan
    R[:, ~varies(B, X)] = np.nan
    return R


def one(M, X, transform, control, least):
    """Rows of one sample after the transform, and the size of each observation."""
    tm, tx = M.sum(0), X.sum(0)
    keep = tm + tx >= least
    if transform in ("shares", "rsca"):
        keep &= (tm > 0) & (tx > 0)
    M, X, tm, tx = M[:, keep], X[:, keep], tm[keep], tx[keep]
    size = tm + tx
    if transform == "log1p":
        M, X = np.log1p(M), np.log1p(X)
    elif transform != "raw":
        M, X = M / tm, X / tx
        if transform == "rsca":
            def rsca(share, total):
                world = (share * total).sum(1, keepdims=True) / total.sum()
                with np.errstate(invalid="ignore"):
                    return np.where(world > 0, (share - world) / (share + world), 0)
            M, X = rsca(M, tm), rsca(X, tx)
    if transform != "raw":
        size = np.log1p(size)
    return M, X, size if control else None, keep


def rho_of(imports, exports, s):
    transform, control, least = s["transform"], s["control"] == "country_size", s.get("min_country_trade", 0)
    if s["sample"] == "summed":
        raw = imports.sum(0)
        M, X, size, keep = one(raw, exports.sum(0), transform, control, least)
        if s["leave_out"] == "none":
            return correlate(M, X, size)
        without = lambda b: correlate(np.delete(M, b, 1), np.delete(X, b, 1), None if size is None else np.delete(size, b))
        if s["leave_out"] == "jackknife":
            return np.fmin.reduce([without(b) for b in range(M.shape[1])])
        top = raw[:, keep].argmax(1)
        R = np.full((len(M), len(X)), np.nan)
        for b in set(top):
            R[top == b] = without(b)[top == b]
        return R
    by_year = [one(M, X, transform, control, least) for M, X in zip(imports, exports)]
    if s["sample"] == "stacked":
        M, X = (np.concatenate([year[n] for year in by_year], 1) for n in (0, 1))
        return correlate(M, X, np.concatenate([year[2] for year in by_year]) if control else None)
    R = np.array([correlate(M, X, size) for M, X, size, _ in by_year])
    with np.errstate(invalid="ignore"):
        return np.nansum(R, 0) / np.isfinite(R).sum(0)


default = dict(sample="summed", transform="raw", control="none", leave_out="none")
settings = {
    "clean-technology-2002": (root / "data/baci-hs02-clean-technology", root / "studies/clean-technology-2002/links.csv", [
        {}, dict(transform="log1p"), dict(transform="shares"), dict(transform="rsca"), dict(transform="log1p", control="country_size"),
        dict(transform="rsca", control="country_size", min_country_trade=1e6), dict(control="country_size"), dict(leave_out="top_country"),
        dict(leave_out="jackknife"), dict(transform="log1p", control="country_size", leave_out="jackknife"),
    ]),
    "example": (root / "data/baci-hs92-raw-materials", root / "studies/example/chain.csv", [
        dict(sample="yearly_mean"), dict(sample="stacked", transform="log1p"),
        dict(sample="yearly_mean", transform="log1p", control="country_size"), dict(sample="yearly_mean", transform="rsca"),
        dict(sample="stacked", transform="rsca", control="country_size", min_country_trade=1e5), dict(transform="log1p"),
    ]),
}
keys = ["sample", "transform", "control", "leave_out", "min_country_trade"]
with open(root / "reference/values/links.csv", "w", newline="") as f:
    out = csv.writer(f, lineterminator="\n")
    out.writerow(["study", *keys, "input", "output", "rho", "z", "p", "null_size"])
    for study, (store, links, list_of) in settings.items():
        products, imports, exports = load(store)
        place = {p: n for n, p in enumerate(products)}
        links = links_of(links)
        inputs = sorted({i for i, _ in links})
        chosen = [place[i] for i in inputs]
        for s in list_of:
            s = {**default, **s}
            # Totals are over all products, so the transform sees all; only the rows of the inputs are needed after it.
            R = rho_of(imports, exports, s)[chosen]
            for i, o in links:
                row, j = R[inputs.index(i)], place[o]
                null = np.delete(row, j)
                null = null[np.isfinite(null)]
                if not np.isfinite(row[j]):
                    out.writerow([study, *(s.get(k, 0) for k in keys), i, o, "", "", "", ""])
                    continue
                z = (row[j] - null.mean()) / null.std(ddof=1)
                # Ties but for rounding are ties.
                p = (1 + (null >= row[j] - 1e-12).sum()) / (1 + len(null))
                out.writerow([study, *(s.get(k, 0) for k in keys), i, o, f"{row[j]:.12g}", f"{z:.12g}", f"{p:.12g}", len(null)])
            print(study, s, "done")
