"""Total goods exports by country and year, from the Atlas of Economic Complexity, for data/totals.

    python reference/make_totals.py country_year_indicators.csv data/totals/exports_by_country_year.csv 2007 2023

Input: country_year_indicators.csv (see data/totals/SOURCE.md), exports in USD. Output: year, iso3, exports in
thousand USD. Countries whose exports are zero or missing are left out: no exports is not zero exports.
"""
import csv, sys

source, out, first, last = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
rows = []
for row in csv.DictReader(open(source, encoding="utf8")):
    year = int(row["year"])
    if first <= year <= last and row["export_value"] and float(row["export_value"]) > 0:
        rows.append((year, row["country_code"], float(row["export_value"]) / 1000))
rows.sort()
assert len({(y, c) for y, c, _ in rows}) == len(rows)
with open(out, "w", newline="") as f:
    writer = csv.writer(f, lineterminator="\n")
    writer.writerow(["year", "iso3", "exports"])
    writer.writerows((y, c, f"{v:.3f}") for y, c, v in rows)
