"""Kills processes of a Spark cluster in the middle of jobs of monazite, and compares what comes out.

    python reference/spark_kills.py [--kills 20] [--seed 1] [--folder FOLDER]

Starts a standalone cluster on loopback (a master, two workers of one core, executors of 700 MB) and a driver, which computes all indicators of
all 1,224 product-years of the shipped store again and again: by turns from the sorted files and after a shuffle. In the middle of each job an
executor, a worker with its executor, or a Python process of an executor gets `kill -9`; which and when is drawn from the seed. A new worker
takes the place of a killed one. After each job the whole result as written is compared with one process, to the last bit, and every product-year
has to be there once. Kills after the end of a job, or with nothing there to kill, are not counted and are drawn again.

Needs the package (`PYTHONPATH=python` or a wheel), pyspark, pyarrow, Java, and Linux. Takes some ten minutes.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

root = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(root / "python" / "tests"))

import pyarrow as pa
import pyarrow.parquet as pq
from spark_cluster import Cluster, Driver, kill

import monazite as mz

STORE = root / "data" / "baci-hs92-raw-materials"
STABILITY = root / "data" / "wgi" / "wgi_pv_1996_2023.csv"
YEARS = (2007, 2023)
ORDER = [(name, "ascending") for name in ("product", "year", "country")]
KINDS = ("executor", "worker", "python")


def in_one_process() -> pa.Table:
    """The same indicators from the files of the store, without Spark."""
    import csv

    with open(next(STORE.glob("codes-*")) / "countries.csv", encoding="utf-8") as file:
        iso3 = {int(number): row["iso3"] for row in csv.DictReader(file) for number in row["baci_codes"].split()}
    flows = pa.concat_tables(pq.read_table(file) for file in sorted(STORE.glob("flows/*.parquet")))
    exact, usd = flows["value_exact"].to_pylist(), flows["value_usd"].to_pylist()
    values = pa.array([amount / 1000 if value is None else value for value, amount in zip(exact, usd)])
    table = flows.select(["year", "product", "exporter", "importer"]).append_column("value", values)
    found = pa.table(mz.product_years(table, STABILITY, country_codes=iso3))
    return found.sort_by(ORDER).combine_chunks()


def is_same(out: Path, alone: pa.Table) -> tuple[bool, bool]:
    """Whether every product-year is there once, and whether the whole table is the same to the last bit."""
    found = pq.read_table(out).select(alone.column_names).cast(alone.schema).sort_by(ORDER).combine_chunks()

    def keys(table: pa.Table) -> list[tuple[str, int, str]]:
        return list(zip(*(table[name].to_pylist() for name, _ in ORDER)))

    def bits(column: pa.ChunkedArray) -> tuple[bytes, bytes]:
        return column.is_null().to_numpy().tobytes(), column.to_numpy().tobytes()

    once = keys(found) == keys(alone)
    same = once and all(bits(found[name]) == bits(alone[name]) for name in alone.column_names[3:])
    return once, same


def strike(cluster: Cluster, kind: str, draw: random.Random) -> str | None:
    """Kills one process of a kind; what it was, None if there is none."""
    executors = cluster.executors()
    if kind == "executor" and executors:
        victim = draw.choice(sorted(executors))
        return f"executor {victim}" if kill(victim) else None
    if kind == "worker" and executors:
        victim = draw.choice(sorted(set(executors.values())))
        cluster.kill_worker(victim)
        cluster.add_worker()
        return f"worker {victim} and its executor"
    pythons = cluster.pythons() if kind == "python" else []
    if pythons:
        victim = draw.choice(pythons)
        return f"Python process {victim}" if kill(victim) else None
    return None


def run(cluster: Cluster, driver: Driver, folder: Path, kills: int, draw: random.Random, alone: pa.Table) -> int:
    usual: dict[str, float] = {}
    for layout in ("store", "any", "store", "any"):
        begun = time.monotonic()
        driver.begin(layout, folder / "out")
        driver.answer("done")
        usual[layout] = time.monotonic() - begun
        once, same = is_same(folder / "out", alone)
        print(f"undisturbed, layout {layout}: {usual[layout]:.1f} s, {'same bytes' if same else 'DIFFERENT'}", flush=True)
        assert once and same
    counted = right = 0
    deck: list[str] = []
    while counted < kills:
        # Each kind as often as the others, in an order that is drawn.
        deck = deck or draw.sample(KINDS, len(KINDS))
        layout, kind, moment = draw.choice(("store", "any")), deck.pop(), draw.uniform(0.1, 0.8)
        begun = time.monotonic()
        driver.begin(layout, folder / "out")
        time.sleep(moment * usual[layout])
        victim = strike(cluster, kind, draw)
        at = time.monotonic() - begun
        ended = driver.answer("")
        took = time.monotonic() - begun
        if victim is None or took - at < 0.2:
            print(f"not counted: {kind} ({'the job was over' if victim else 'nothing to kill'})", flush=True)
            deck.append(kind)
            continue
        counted += 1
        once, same = is_same(folder / "out", alone) if ended == "done" else (False, False)
        right += once and same
        words = "right: every product-year once, same bytes" if once and same else f"WRONG: {ended}, once: {once}"
        print(f"{counted:2} layout {layout:5} {victim} after {at:.1f} s; took {took:.1f} s instead of {usual[layout]:.1f} s; {words}", flush=True)
        # Two executors again, so that there is somebody to kill.
        end = time.monotonic() + 60
        while len(cluster.executors()) < 2 and time.monotonic() < end:
            time.sleep(0.5)
    print(f"{right} of {counted} right")
    return counted - right


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path)
    a = parser.parse_args()
    folder = a.folder or Path(tempfile.mkdtemp(prefix="monazite-kills-"))
    alone = in_one_process()
    pairs = len(set(zip(alone["product"].to_pylist(), alone["year"].to_pylist())))
    print(f"seed {a.seed}; {alone.num_rows:,} rows of {pairs:,} product-years; logs in {folder}", flush=True)
    cluster = Cluster(folder / "cluster")
    try:
        driver = Driver(cluster, STORE, STABILITY, YEARS)
        try:
            return 1 if run(cluster, driver, folder, a.kills, random.Random(a.seed), alone) else 0
        finally:
            driver.stop()
    finally:
        cluster.stop()


if __name__ == "__main__":
    sys.exit(main())
