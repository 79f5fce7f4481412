"""Checks an export of the explorer against the tables of its run, with pyarrow and the csv module.

    monazite explore runs/example --export site
    python reference/explorer.py site

Every number of by_country.parquet is compared with indicators.parquet, suppliers.parquet, bands.parquet and groups.parquet (32 bits), and the trends,
maps, loops and lists of explorer.json with the tables they come from (five digits). Prints sizes and the largest differences.
"""

import csv
import gzip
import json
import math
import pathlib
import sys

import pyarrow.parquet as pq

KEY = ["country", "product", "year"]


def rows(path):
    return pq.read_table(path).to_pylist()


def table(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def same(shown, number, relative, where):
    missing = number is None or (isinstance(number, float) and math.isnan(number))
    if missing:
        assert shown is None, f"{where}: {shown}, and it is not defined"
        return 0.0
    assert shown is not None, f"{where}: nothing, and it is {number}"
    distance = abs(shown - number) / max(abs(number), 1e-300) if number else abs(shown)
    assert distance <= relative, f"{where}: {shown}, and it is {number}"
    return distance


def check_by_country(run):
    file = pq.ParquetFile(run / "by_country.parquet")
    copy = file.read().to_pylist()
    groups = file.metadata.num_row_groups
    names = [file.read_row_group(group, ["country"])["country"].unique().to_pylist() for group in range(groups)]
    assert all(len(of) == 1 for of in names), "a row group is a country"
    assert len({of[0] for of in names}) == groups
    columns = [name for name in file.schema_arrow.names if name not in KEY]
    indicators = {(r["country"], r["product"], r["year"]): r for r in rows(run / "indicators.parquet")}
    suppliers, bands = {}, {}
    for r in rows(run / "suppliers.parquet"):
        suppliers.setdefault((r["importer"], r["product"], r["year"]), []).append((r["supplier"], r["share"]))
    if (run / "bands.parquet").exists():
        for r in rows(run / "bands.parquet"):
            bands[r["country"], r["product"], r["year"], r["reading"]] = (r["p05"], r["p95"])
    if (run / "groups.parquet").exists():
        for r in rows(run / "groups.parquet"):
            indicators[r["group"], r["product"], r["year"]] = r
    wanted = {key for key, r in indicators.items() if (r["imports"] or 0) > 0 or (r["exports"] or 0) > 0}
    assert {(r["country"], r["product"], r["year"]) for r in copy} == wanted, "other rows"
    largest, numbers = 0.0, 0
    for r in copy:
        key = (r["country"], r["product"], r["year"])
        main = suppliers.get(key, [])
        for name in columns:
            where = f"{name} of {key}"
            if name.startswith("supplier_"):
                rank = int(name[-1]) - 1
                assert r[name] == (main[rank][0] if rank < len(main) else None), where
            elif name.startswith("share_"):
                rank = int(name[-1]) - 1
                largest = max(largest, same(r[name], main[rank][1] if rank < len(main) else None, 1e-7, where))
            elif name.endswith(("_p05", "_p95")):
                reading = "mass_balance" if "mass_balance" in name else "full"
                band = bands.get((*key, reading))
                largest = max(largest, same(r[name], band and band[name.endswith("_p95")], 1e-7, where))
            else:
                largest = max(largest, same(r[name], indicators[key].get(name), 1e-7, where))
            numbers += 1
    order = [(r["country"], r["product"], r["year"]) for r in copy]
    of_one = {}
    for country, *rest in order:
        of_one.setdefault(country, []).append(rest)
    assert all(keys == sorted(keys) for keys in of_one.values()), "rows are in order"
    size = (run / "by_country.parquet").stat().st_size
    print(f"by_country.parquet: {len(copy):,} rows, {groups} countries, {size / 1e6:.1f} MB, {size / groups / 1e3:.0f} kB a country; "
          f"{numbers:,} values, largest relative difference {largest:.1e}")


def check_json(site, run):
    path = site / "explorer.json"
    first = json.loads(path.read_text())
    told = dict(first)
    for name in first["parts"].values():
        told |= json.loads((site / name).read_text())
    years = told["years"]
    place = {year: at for at, year in enumerate(years)}
    numbers = 0

    def check(shown, text, where):
        nonlocal numbers
        numbers += 1
        same(shown, float(text) if text not in ("", None) else None, 6e-5, where)

    of_trends = {"str": "str_weighted", "str_mass_balance": "str_mass_balance_weighted", "change_network": "change_network",
                 "change_stability": "change_stability", "change_importers": "change_importers"}
    for r in table(run / "trends.csv"):
        for shown, name in of_trends.items():
            check(told["product_years"][r["product"]][shown][place[int(r["year"])]], r[name], f"{shown} {r['product']} {r['year']}")
    for r in table(run / "product_years.csv"):
        of = told["product_years"][r["product"]]
        at = place[int(r["year"])]
        for name in ["trade", "importers", "exporters", "ending_share", "imputed_share"]:
            check(of[name][at], r[name], f"{name} {r['product']} {r['year']}")
        assert of["clamped"][at] == (r["clamped"] != "")
    if (run / "band_means.csv").exists():
        for r in table(run / "band_means.csv"):
            prefix = {"full": "str", "mass_balance": "str_mass_balance"}.get(r["reading"])
            if r["who"] == "WORLD" and prefix:
                for end in ["p05", "p95"]:
                    shown = told["product_years"][r["product"]][f"{prefix}_{end}"][place[int(r["year"])]]
                    check(shown, r[end], f"{prefix}_{end} {r['product']} {r['year']}")
    # The map: means over the products of the chain, weighted by imports.
    tiers = {p["code"] for p in told["products"] if p["tier"] is not None} or {p["code"] for p in told["products"]}
    sums = {}
    for r in rows(run / "indicators.parquet"):
        if r["product"] in tiers:
            for name in ["str", "str_mass_balance"]:
                if r[name] is not None and r["imports"] > 0:
                    sum_of = sums.setdefault((r["year"], r["country"], name), [0.0, 0.0])
                    sum_of[0] += r["imports"] * r[name]
                    sum_of[1] += r["imports"]
    for of_year in told["map"]:
        for name in ["str", "str_mass_balance"]:
            for country, shown in zip(told["countries"], of_year[name]):
                found = sums.get((of_year["year"], country["code"], name))
                if country["kind"] == "mean":
                    assert shown is None
                else:
                    check(shown, found[0] / found[1] if found else None, f"map {name} {country['code']} {of_year['year']}")
    loops = {(r["product"], int(r["year"]), r["supplier"]): r for r in table(run / "trickle_loops.csv")} if (run / "trickle_loops.csv").exists() else {}
    told_loops = told["trickles"]
    assert len(told_loops["product"]) == len(loops)
    moved = []
    for at, key in enumerate(zip(told_loops["product"], told_loops["year"], told_loops["supplier"])):
        r = loops[key]
        for shown, name, digits in [("export_share", "export_share", 5e-3), ("str", "str_weighted", 5e-4), ("str_without", "str_weighted_without", 5e-4)]:
            same(told_loops[shown][at], float(r[name]), digits, f"{shown} {key}")
            numbers += 1
        moved.append(float(r["str_weighted"]) - float(r["str_weighted_without"]))
    assert moved == sorted(moved, reverse=True), "worst first"
    # What the first view has of products is what product_years.json has of them.
    for code, of in told["product_years"].items():
        assert all(of[name] == told["means"][code][name] for name in ["str", "str_mass_balance"]), code
        assert all(of[name] == values for name, values in told["mean_bands"].get(code, {}).items()), code
    check_marks(told, loops)
    for name in ["explorer.json", *first["parts"].values()]:
        text = (site / name).read_bytes()
        print(f"{name}: {len(text) / 1e3:.0f} kB, {len(gzip.compress(text)) / 1e3:.0f} kB gzipped")
    print(f"{numbers:,} numbers")
    for name, part in sorted(first.items(), key=lambda item: -len(json.dumps(item[1], ensure_ascii=False))):
        size = len(json.dumps(part, ensure_ascii=False, separators=(",", ":")))
        if size > 5000:
            print(f"  {name}: {size / 1e3:.0f} kB")


def check_marks(told, loops):
    """A mark a product-year with a loop: the one that moves the mean most."""
    marks, years = told["marks"], told["years"]
    worst = {}
    for (product, year, supplier), r in loops.items():
        moved = float(r["str_weighted"]) - float(r["str_weighted_without"])
        if moved > worst.get((product, year), (-math.inf,))[0]:
            worst[product, year] = (moved, supplier, float(r["str_weighted_without"]))
    shown = list(zip(*marks["loops"].values()))
    assert {(product, year) for product, year, *_ in shown} == set(worst) and len(shown) == len(worst)
    for product, year, supplier, without in shown:
        assert supplier == worst[product, year][1], (product, year)
        same(without, worst[product, year][2], 5e-4, f"without the loop {product} {year}")
    imputed = {(code, years[at]): share for code, of in told["product_years"].items() for at, share in enumerate(of["imputed_share"]) if share is not None and share > 0.1}
    assert {(product, year): share for product, year, share in zip(*marks["imputed"].values())} == imputed
    clamped = {(code, years[at]) for code, of in told["product_years"].items() for at, is_so in enumerate(of["clamped"]) if is_so}
    assert set(zip(*marks["clamped"].values())) == clamped


def main():
    site = pathlib.Path(sys.argv[1])
    check_by_country(site / "runs/0")
    check_json(site, site / "runs/0")


main()
