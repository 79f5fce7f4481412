"""What several tests stand on: the program, the study of six countries, and runs of it and of the example."""

from __future__ import annotations

import atexit
import csv
import functools
import io
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import monazite as mz

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
    codes = {
        row["country_code"]: row["country_iso3"]
        for row in csv.DictReader((TINY / "release" / "country_codes_V000001.csv").open())
    }
    columns: dict[str, list[Any]] = {
        name: [] for name in ("year", "product", "exporter", "importer", "value", "quantity")
    }
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


#: Countries that BACI has, in the place of the made-up ones.
REAL = {"AAA": "CHN", "BBB": "DEU", "CCC": "JPN", "DDD": "KOR", "EEE": "USA", "FFF": "VNM"}


def real_flows() -> dict[str, list[Any]]:
    """The flows of the tiny study between countries that BACI has."""
    flows = tiny_flows()
    return {**flows, **{name: [REAL[code] for code in flows[name]] for name in ("exporter", "importer")}}


def real_stability() -> dict[str, list[Any]]:
    stability = tiny_stability()
    return {**stability, "iso3": [REAL[code] for code in stability["iso3"]]}


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


@functools.cache
def folder() -> Path:
    """A folder that is gone when all tests have ended."""
    made = Path(tempfile.mkdtemp(prefix="monazite-tests-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


@functools.cache
def tiny() -> tuple[Path, Path]:
    """The study of six countries, and its run by the program."""
    study = copy_of_tiny(folder())
    program("run", study, "--out", folder() / "tiny-run")
    return study, folder() / "tiny-run"


@functools.cache
def of_tiny() -> mz.Run:
    return mz.Run.open(tiny()[1])


@functools.cache
def of_program() -> Path:
    """The example's run by the program."""
    program("run", "--out", folder() / "program", cwd=folder())
    return folder() / "program"


@functools.cache
def example() -> mz.Run:
    """The same by the package, with another number of threads."""
    of_program()
    return mz.run(mz.example(), folder() / "package", threads=3, progress=None)


def check_csv(text: str, table: mz.Table) -> None:
    """A table is what a csv says, to the last bit."""
    header, *rows = csv.reader(io.StringIO(text))
    assert table.column_names == header and len(table) == len(rows)
    for at, name in enumerate(header):
        cells = [row[at] for row in rows]
        for cell, value in zip(cells, table[name]):
            if value is None:
                assert cell == "", (name, cell)
            elif isinstance(value, bool):
                assert cell == str(value).lower()
            elif isinstance(value, (int, float)):
                assert type(value)(cell) == value, (name, cell, value)
            else:
                assert cell.removeprefix("'") == value.removeprefix("'"), (name, cell, value)
