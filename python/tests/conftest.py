"""A made-up world, as tables and as a release on disk, and what the program comes to on it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

COUNTRIES = {
    "AUS": 36, "BRA": 76, "CAN": 124, "CHL": 152, "CHN": 156, "COD": 180, "DEU": 276, "FRA": 251,
    "GBR": 826, "IND": 699, "IDN": 360, "JPN": 392, "KOR": 410, "MYS": 458, "PER": 604, "RUS": 643,
    "ZAF": 710, "THA": 764, "TUR": 792, "USA": 842, "VNM": 704, "ZMB": 894,
}  # fmt: skip
PRODUCTS = "010121 280530 284610 284690 330499 720241 810520 850511 850650 854140".split()
YEARS = [2019, 2020, 2021]


@dataclass
class World:
    """Flows and stability as pandas tables, and the folder of the program's run on the same."""

    flows: pd.DataFrame
    stability: pd.DataFrame
    run: Path

    def table(self, name: str) -> pd.DataFrame:
        return pd.read_parquet(self.run / name)

    def polars(self) -> Any:
        import polars

        return polars.from_pandas(self.flows)


def made_up() -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(19)
    names = list(COUNTRIES)
    rows = []
    for year in YEARS:
        for product in PRODUCTS:
            # Not everybody trades everything, so some cells are undefined.
            traders = rng.choice(len(names), rng.integers(4, len(names)), replace=False)
            for exporter in traders:
                for importer in traders:
                    if exporter != importer and rng.random() < 0.4:
                        value = round(float(rng.lognormal(3, 2)) + 0.001, 3)
                        rows.append((year, product, names[exporter], names[importer], value))
    flows = pd.DataFrame(rows, columns=["year", "product", "exporter", "importer", "value"])
    # Every country trades something every year.
    stability = [
        (name, year, round(float(rng.uniform(0.5, 99.5)), 4), round(float(rng.normal()), 4), 0.2 + 0.01 * at)
        for at, name in enumerate(names)
        if name != "ZMB"
        for year in YEARS
    ]
    columns = ["iso3", "year", "pv", "estimate", "standard_error"]
    return flows, pd.DataFrame(stability, columns=columns)


def write_release(folder: Path, flows: pd.DataFrame) -> None:
    folder.mkdir(parents=True)
    for year, rows in flows.groupby("year"):
        baci = pd.DataFrame(
            {
                "t": rows["year"],
                "i": rows["exporter"].map(COUNTRIES),
                "j": rows["importer"].map(COUNTRIES),
                "k": rows["product"],
                "v": rows["value"],
                "q": "NA",
            }
        )
        baci.to_csv(folder / f"BACI_HS07_Y{year}_V202501.csv", index=False)
    codes = pd.DataFrame({"country_code": list(COUNTRIES.values()), "country_iso3": list(COUNTRIES)})
    codes.insert(1, "country_name", codes["country_iso3"])
    codes.insert(2, "country_iso2", codes["country_iso3"].str[:2])
    codes.to_csv(folder / "country_codes_V202501.csv", index=False)
    products = pd.DataFrame({"code": PRODUCTS, "description": [f"Product {code}" for code in PRODUCTS]})
    products.to_csv(folder / "product_codes_HS07_V202501.csv", index=False)


STUDY = """
[study]
seeds = ["284690"]
products = "all"
[data]
trade = "release"
governance = "wgi.csv"
extract = false
[trade]
hubs = []
[indicators]
dependencies = "all"
trade_risk = "net_imports"
[uncertainty]
bands = 120
products = "all"
[chain]
candidates = ["candidates.csv"]
votes = 1
test = "report"
"""

CANDIDATES = [
    ("284690", "850511"),
    ("280530", "850511"),
    ("284610", "850650"),
    ("810520", "850650"),
    ("720241", "854140"),
]


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("world")
    flows, stability = made_up()
    write_release(folder / "release", flows)
    renamed = {"pv": "pv_rank", "estimate": "pv_est", "standard_error": "pv_se"}
    stability.rename(columns=renamed).to_csv(folder / "wgi.csv", index=False)
    candidates = "".join(f"1,{one},{other}\n" for one, other in CANDIDATES)
    (folder / "candidates.csv").write_text("run,input,output\n" + candidates)
    (folder / "study.toml").write_text(STUDY)
    command = [sys.executable, "-m", "monazite", "--quiet", "run", "study.toml", "--out", "run"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return World(flows, stability, folder / "run")
