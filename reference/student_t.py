"""Two-sided tail probabilities of Student's t, in 50 digits (mpmath).

    python reference/student_t.py        writes reference/values/student_t.csv
"""
from pathlib import Path
import mpmath as mp

mp.mp.dps = 50
rows = ["degrees,t,two_sided_p"]
for df in (1, 2, 3, 4, 5, 10, 17, 29, 49, 50, 51, 73, 120, 225, 1000, 9999, 38622, 1000000):
    for t in ("1e-6", "0.01", "0.5", "1", "1.5", "1.96", "2.5", "4", "8", "20", "35"):
        x = mp.mpf(df) / (df + mp.mpf(t) ** 2)
        p = mp.betainc(mp.mpf(df) / 2, mp.mpf(1) / 2, 0, x, regularized=True)
        if p > mp.mpf("1e-290"):
            rows.append(f"{df},{float(t)!r},{mp.nstr(p, 20)}")
path = Path(__file__).resolve().parent / "values/student_t.csv"
path.write_text("\n".join(rows) + "\n")
print(len(rows) - 1, "values")
