"""Checks the copies of the NIST Statistical Reference Datasets (linear regression) in reference/values.

    python reference/nist_strd.py

Solves every set in 60-digit arithmetic (mpmath) from nist_strd_data.csv and compares estimates and standard deviations with the certified
values in nist_strd_certified.csv, to the 15 digits that they have. A slip of transcription in either file shows.
The sets are a publication of the United States government and in the public domain: https://www.itl.nist.gov/div898/strd/lls/lls.shtml
"""
import csv
from pathlib import Path
import mpmath as mp

mp.mp.dps = 60
values = Path(__file__).resolve().parent / "values"
data, certified = {}, {}
for row in csv.DictReader(open(values / "nist_strd_data.csv")):
    data.setdefault(row["set"], []).append([mp.mpf(v) for k, v in row.items() if k != "set" and v])
for row in csv.DictReader(open(values / "nist_strd_certified.csv")):
    certified.setdefault(row["set"], []).append((mp.mpf(row["estimate"]), mp.mpf(row["standard_deviation"])))
for name, rows in data.items():
    k = len(certified[name])
    if name.startswith("NoInt"):
        design = [[x] for _, x in rows]
    elif name == "Longley":
        design = [[1, *x] for _, *x in rows]
    else:
        design = [[x ** p for p in range(k)] for _, x in rows]
    X, y = mp.matrix(design), mp.matrix([r[0] for r in rows])
    inverse = (X.T * X) ** -1
    beta = inverse * (X.T * y)
    residual = y - X * beta
    s2 = sum(r * r for r in residual) / (len(rows) - k)
    worst = 0
    for j, (estimate, sd) in enumerate(certified[name]):
        for mine, theirs in ((beta[j], estimate), (mp.sqrt(abs(s2 * inverse[j, j])), sd)):
            worst = max(worst, abs(mine - theirs) / (abs(theirs) if theirs else 1))
    print(f"{name:9} {len(rows):3} rows {k:2} parameters, largest relative difference {mp.nstr(worst, 3)}")
    assert worst < mp.mpf("1e-13"), name
