"""The Python package against numpy by hand: CPU of the same indicators of the same table, and whether they agree.

    python bench/generate.py --out bench/data/py --products 1250 --rows 2.25e6 --years 2019-2022
    pip install monazite pandas polars pyarrow numpy
    python bench/python.py bench/data/py                 all calls; half a minute of CPU, most of it numpy's
    python bench/python.py bench/data/py --store STORE   also the program, on a store that `monazite import` made

9.0 M rows, 5,000 product-years. What is compared: exposure, HHI, STR, direct STR and influence of every product,
year and country.

  numpy by hand   codes to positions, rows sorted by product-year with numpy, then a dense matrix and one inverse
                  each: of all countries, as most would write it, and of those that trade the product
  monazite        mz.product_years from pandas whole numbers and from polars texts, rows in the order of the
                  release (by exporter); and mz.exposure, which needs no network
  the program     `monazite indicators` from its store, with all the tables that it writes (with --store)

Each with one thread; CPU is user and system time of the process, the best of --times. Numbers have to agree to
1e-9; if they do not, the script fails. The last line is what `import monazite` costs.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
import polars as pl  # noqa: E402

import monazite as mz  # noqa: E402

COLUMNS = ["exposure", "hhi", "str", "str_direct", "influence"]


def cpu(of: int = resource.RUSAGE_SELF) -> float:
    usage = resource.getrusage(of)
    return usage.ru_utime + usage.ru_stime


def measured(work, times: int):
    """Least CPU of some times, and the last result."""
    best, found = float("inf"), None
    for _ in range(times):
        before = cpu()
        found = work()
        best = min(best, cpu() - before)
    return best, found


def by_hand(flows: pd.DataFrame, stability: pd.DataFrame, iso3: dict[int, str], traders: bool) -> pd.DataFrame:
    """Grouping, and one inverse each product-year: of all countries, or of its traders only."""
    codes = np.array(sorted(iso3, key=iso3.get))
    order = np.argsort(codes)
    place = lambda column: order[np.searchsorted(codes, column, sorter=order)]
    exporter, importer = place(flows["i"].to_numpy()), place(flows["j"].to_numpy())
    key = flows["k"].to_numpy() * 10_000 + flows["t"].to_numpy()
    by_key = np.argsort(key, kind="stable")
    key, exporter, importer = key[by_key], exporter[by_key], importer[by_key]
    value = flows["v"].to_numpy()[by_key]
    years = sorted(set(flows["t"]))
    names = [iso3[code] for code in codes]
    pv = stability.pivot(index="year", columns="iso3", values="pv").reindex(columns=names)
    # As the engine fills gaps: 50 for a country that is never covered.
    w = {year: (1 - pv.loc[year].fillna(50.0) / 100).to_numpy() for year in years}
    bounds = np.flatnonzero(np.diff(key)) + 1
    parts: list[tuple] = []
    n = len(codes)
    for start, end in zip(np.r_[0, bounds], np.r_[bounds, len(key)]):
        a, c = exporter[start:end], importer[start:end]
        trading = np.flatnonzero(np.bincount(np.r_[a, c], minlength=n))
        there = trading if traders else np.arange(n)
        at = np.zeros(n, dtype=int)
        at[there] = np.arange(len(there))
        trade = np.zeros((len(there), len(there)))
        trade[at[a], at[c]] = value[start:end]
        imports, exports = trade.sum(0), trade.sum(1)
        shares = np.divide(trade, imports, out=np.zeros_like(trade), where=imports > 0)
        weighted = w[key[start] % 10_000][there, None] * shares
        network = np.linalg.inv(np.eye(len(there)) - weighted)
        hhi = np.where(imports > 0, (shares * shares).sum(0), np.nan)
        influence = network.sum(1) - np.diag(network)
        exposure = np.divide(imports, imports + exports, out=np.zeros_like(imports), where=imports + exports > 0)
        of = (exposure, hhi, network.sum(0), weighted.sum(0), influence)
        keys = np.full(len(trading), key[start])
        parts.append((keys, trading, *(values[at[trading]] for values in of)))
    key, there, *values = (np.concatenate(of) for of in zip(*parts))
    found = pd.DataFrame(dict(zip(COLUMNS, values)))
    found.insert(0, "country", np.array(names)[there])
    found.insert(0, "year", key % 10_000)
    found.insert(0, "product", key // 10_000)
    return found


def compare(table: mz.Table, hand: pd.DataFrame) -> float:
    ours = table.to_pandas()
    ours["product"] = ours["product"].astype(int)
    keys = ["product", "year", "country"]
    ours, hand = (of.sort_values(keys).reset_index(drop=True) for of in (ours, hand))
    if not (ours[keys].astype(str) == hand[keys].astype(str)).all(axis=None):
        sys.exit("the rows are not the same")
    worst = 0.0
    for column in COLUMNS:
        one, other = ours[column].to_numpy(float), hand[column].to_numpy(float)
        if not np.array_equal(np.isnan(one), np.isnan(other)):
            sys.exit(f"{column}: not undefined in the same rows")
        worst = max(worst, np.nanmax(np.abs(one - other) / np.maximum(1.0, np.abs(other))))
    if worst > 1e-9:
        sys.exit(f"the numbers differ by {worst:.1e}")
    return worst


def program(release: Path, store: str) -> float:
    """CPU of `monazite indicators` from a store, its tables included."""
    with tempfile.TemporaryDirectory() as out:
        study = (release / "study.toml").absolute()
        command = [sys.executable, "-m", "monazite", "--quiet", "--threads", "1", "indicators", str(study)]
        before = cpu(resource.RUSAGE_CHILDREN)
        subprocess.run([*command, "--trade", os.path.abspath(store), "--out", f"{out}/run"], check=True)
        return cpu(resource.RUSAGE_CHILDREN) - before


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("release", type=Path)
    arguments.add_argument("--store")
    arguments.add_argument("--times", type=int, default=3)
    given = arguments.parse_args()
    warnings.simplefilter("ignore", mz.MonaziteWarning)
    parquet = sorted(Path(f"{given.release}-parquet").glob("*.parquet"))
    flows = pd.concat([pd.read_parquet(path) for path in parquet], ignore_index=True)
    flows = flows.astype({name: "int64" for name in "tijk"})[["t", "i", "j", "k", "v"]]
    countries = pd.read_csv(next(given.release.glob("country_codes_*.csv")))
    iso3 = dict(zip(countries["country_code"].tolist(), countries["country_iso3"].tolist()))
    stability = pd.read_csv(given.release / "wgi_pv.csv").rename(columns={"pv_rank": "pv"})
    named = {code: name for code, name in iso3.items()}
    text = pl.from_pandas(flows).with_columns(
        pl.col("i", "j").replace_strict(named, return_dtype=pl.String),
        pl.col("k").cast(pl.String).str.zfill(6),
    )
    print(f"{len(flows):,} rows")
    how = {"indicators": COLUMNS, "threads": 1}
    calls = {
        "monazite, pandas numbers": lambda: mz.product_years(flows, stability, country_codes=iso3, **how),
        "monazite, polars text": lambda: mz.product_years(text, stability, **how),
        "monazite, exposure alone, pandas numbers": lambda: mz.exposure(flows, country_codes=iso3, threads=1),
    }
    hand_took, hand = measured(lambda: by_hand(flows, stability, iso3, False), 1)
    print(f"{'numpy by hand, all countries':44} {hand_took:6.2f} CPU s")
    traders_took, _ = measured(lambda: by_hand(flows, stability, iso3, True), 1)
    print(f"{'numpy by hand, traders of the product only':44} {traders_took:6.2f} CPU s")
    for name, call in calls.items():
        took, table = measured(call, given.times)
        same = f", differs by {compare(table, hand):.0e}" if "alone" not in name else ""
        print(f"{name:44} {took:6.2f} CPU s, {hand_took / took:5.1f} and {traders_took / took:4.1f} times less{same}")
    if given.store:
        took = program(given.release, given.store)
        print(f"{'the program from its store, with its tables':44} {took:6.2f} CPU s")
    code = "import time; t = time.process_time(); import monazite; print(time.process_time() - t)"
    run = lambda: float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout)
    print(f"{'import monazite':44} {min(run() for _ in range(5)):6.3f} CPU s")


if __name__ == "__main__":
    main()
