"""What several tests stand on: the repository, the program, and the study of six countries."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
TINY = REPOSITORY / "studies" / "tiny"


def program(*words: object, check: bool = True, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Runs the command line."""
    line = [sys.executable, "-m", "monazite", *map(str, words)]
    done = subprocess.run(line, capture_output=True, text=True, timeout=300, cwd=cwd, env=dict(os.environ))
    if check and done.returncode != 0:
        raise AssertionError(f"{line}: {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done


def python(code: str, *arguments: object, timeout: float = 120) -> subprocess.CompletedProcess[str]:
    """Runs a program of Python."""
    line = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(line, capture_output=True, text=True, timeout=timeout, env=dict(os.environ))


def copy_of_tiny(folder: Path) -> Path:
    """The study file of a copy of the tiny study, so that no store is made in the repository."""
    copied = folder / "tiny"
    shutil.copytree(TINY, copied, ignore=shutil.ignore_patterns("*.store"))
    return copied / "study.toml"


def tiny_flows() -> dict[str, list[Any]]:
    """The flows of the tiny study as columns, read from its release as text."""
    import csv

    codes = {
        row["country_code"]: row["country_iso3"]
        for row in csv.DictReader((TINY / "release" / "country_codes_V000001.csv").open())
    }
    columns: dict[str, list[Any]] = {name: [] for name in ("year", "product", "exporter", "importer", "value", "quantity")}
    for file in sorted((TINY / "release").glob("BACI_*.csv")):
        for row in csv.DictReader(file.open()):
            columns["year"].append(int(row["t"]))
            columns["product"].append(row["k"])
            columns["exporter"].append(codes[row["i"]])
            columns["importer"].append(codes[row["j"]])
            columns["value"].append(float(row["v"]))
            quantity = row["q"].strip()
            columns["quantity"].append(float(quantity) if quantity not in ("", "NA") else None)
    return columns


def tiny_stability() -> dict[str, list[Any]]:
    """Its political stability as columns."""
    columns: dict[str, list[Any]] = {"iso3": [], "year": [], "pv": []}
    for line in (TINY / "pv.csv").read_text().splitlines():
        if line.startswith("#") or line.startswith("iso3"):
            continue
        iso3, year, pv = line.split(",")
        columns["iso3"].append(iso3)
        columns["year"].append(int(year))
        columns["pv"].append(float(pv))
    return columns
