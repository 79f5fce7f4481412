"""Packs the Growth Lab's conversion weights between adjacent HS editions into one small csv.gz.

    python reference/make_hs_weights.py HS_FOLDER OUT.csv.gz

HS_FOLDER holds `conversion_weights_H<a>_to_H<b>.csv` (Harvard Growth Lab, comtrade-downloader,
Apache-2.0; columns FROM,TO,weight,group_id; leading zeros are lost in those files) and
`conversion_hs2022_hs2007.csv` (UNSD; every HS2022 code to one HS2007 code). Output columns:
from,to,source,target,weight; a code that keeps its number whole has empty target and weight.
Same input, same bytes (gzip time stamp 0).
"""
import csv, glob, gzip, io, re, sys

folder, out = sys.argv[1:]
steps = {}
for path in sorted(glob.glob(f"{folder}/conversion_weights_H*_to_H*.csv")):
    a, b = re.search(r"H(\d)_to_H(\d)", path).groups()
    for source, target, weight, _ in list(csv.reader(open(path)))[1:]:
        if float(weight) > 0:
            steps.setdefault((a, b), []).append((source.zfill(6), target.zfill(6), float(weight)))
for source, target in list(csv.reader(open(f"{folder}/conversion_hs2022_hs2007.csv")))[1:]:
    steps.setdefault(("6", "3"), []).append((source.zfill(6), target.zfill(6), 1.0))
text = io.StringIO()
text.write("from,to,source,target,weight\n")
for (a, b), rows in sorted(steps.items()):
    sums = {}
    for source, _, weight in rows:
        sums[source] = sums.get(source, 0.0) + weight
    assert all(abs(s - 1) < 1e-9 for s in sums.values()), (a, b)
    for source, target, weight in sorted(rows):
        if source == target and weight == 1.0:
            text.write(f"{a},{b},{source},,\n")
        else:
            text.write(f"{a},{b},{source},{target},{weight!r}\n")
with open(out, "wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=9, mtime=0, filename="") as f:
    f.write(text.getvalue().encode())
