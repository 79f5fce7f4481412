"""STR and exposure of a table of flows on Spark, beside reading it on Spark and doing nothing.

    python bench/generate.py --out bench/data/py --products 1250 --rows 2.25e6 --years 2019-2022
    monazite import bench/data/py --out bench/data/py.store
    python bench/spark.py --store bench/data/py.store --stability bench/data/py/wgi_pv.csv [--runs 4]

One session of one core (`local[1]`), one warm-up of each job, then the jobs by turns; the best of the runs counts. What a job writes is thrown away (format
`noop`), but for the one that is checked. CPU is user + system time of the whole tree of processes, the JVM's and that of the Python processes below it, those that have ended
included, by /proc; wall times are beside it. Needs the package (`PYTHONPATH=python` or a wheel), pyspark, pyarrow, Java, and Linux.
"""

from __future__ import annotations

import argparse
import csv
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow.csv

import monazite as mz
import monazite.spark as ms

INDICATORS = ("exposure", "str")
TICKS = os.sysconf("SC_CLK_TCK")


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--store", required=True)
    parser.add_argument("--stability", required=True)
    parser.add_argument("--runs", type=int, default=4)
    return parser.parse_args()


def cpu_of_tree() -> tuple[float, float]:
    """CPU seconds of the JVM, and of all Python processes below it."""
    children: dict[int, list[int]] = {}
    used: dict[int, float] = {}
    java: set[int] = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            name, _, rest = (folder / "stat").read_text().partition("(")[2].rpartition(")")
        except OSError:
            continue
        fields = rest.split()
        pid = int(folder.name)
        children.setdefault(int(fields[1]), []).append(pid)
        # utime, stime, and those of children that have ended.
        used[pid] = sum(map(int, fields[11:15])) / TICKS
        if name == "java":
            java.add(pid)
    jvm = python = 0.0
    waiting = [(os.getpid(), False)]
    while waiting:
        pid, below = waiting.pop()
        if pid in java:
            jvm += used[pid]
        elif below:
            python += used[pid]
        waiting += [(child, below or pid in java) for child in children.get(pid, [])]
    return jvm, python


def session():  # type: ignore[no-untyped-def]
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    builder = SparkSession.builder.master("local[1]").appName("monazite bench")
    for key, value in {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.memory": "3g",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.files.maxPartitionBytes": "32m",
        "spark.sql.shuffle.partitions": "8",
        # Else Spark adds up the bytes of a batch after every row, which doubles what sending costs.
        "spark.sql.execution.arrow.maxBytesPerBatch": str(2**31 - 1),
    }.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    return spark


def thrown_away(df) -> None:  # type: ignore[no-untyped-def]
    df.write.format("noop").mode("overwrite").save()


def codes_of(store: str) -> dict[int, str]:
    with open(next(Path(store).glob("codes-*")) / "countries.csv", encoding="utf-8") as file:
        return {int(number): row["iso3"] for row in csv.DictReader(file) for number in row["baci_codes"].split()}


def through_python(batches):  # type: ignore[no-untyped-def]
    yield from batches


def main() -> None:
    a = parse()
    spark = session()
    stability = pyarrow.csv.read_csv(a.stability)
    stability = stability.rename_columns([{"pv_rank": "pv"}.get(name, name) for name in stability.column_names])
    flows = ms.read_store(spark, a.store).select("year", "product", "exporter", "importer", "value")
    out = tempfile.mkdtemp(prefix="monazite-bench-")
    computed: dict[str, object] = {"indicators": INDICATORS, "verify": False}
    whole = {"indicators": ("imports", "exports", *INDICATORS), "verify": False}
    numbers = ms.read_store(spark, a.store, numbers=True).select(*flows.columns)
    names = codes_of(a.store)
    jobs: dict[str, Callable[[], object]] = {
        "reading only": lambda: thrown_away(flows),
        "reading only, countries as numbers": lambda: thrown_away(numbers),
        "sorted files, countries as numbers, product_years": lambda: thrown_away(
            ms.product_years(numbers, stability, country_codes=names, layout="store", **computed)
        ),
        "sorted files, product_years": lambda: thrown_away(ms.product_years(flows, stability, layout="store", **computed)),
        "reading, rows through Python and back": lambda: thrown_away(flows.mapInArrow(through_python, flows.schema)),
        "shuffle and sort, nothing else": lambda: thrown_away(flows.repartition(8, "year", "product").sortWithinPartitions("year", "product")),
        "shuffle, product_years": lambda: thrown_away(ms.product_years(flows, stability, partitions=8, **computed)),
        "sorted files, written, read back and verified": lambda: ms.write(
            ms.product_years(flows, stability, layout="store", **whole), out, flows
        ),
    }
    best: dict[str, tuple[float, float, float]] = {}
    for turn in range(a.runs + 1):
        for name, job in jobs.items():
            before, begun = cpu_of_tree(), time.monotonic()
            job()
            wall, after = time.monotonic() - begun, cpu_of_tree()
            this = (after[0] - before[0], after[1] - before[1], wall)
            print(f"run {turn} {name}: {this[0]:.1f} + {this[1]:.1f} CPU s, {wall:.1f} s", flush=True)
            if turn > 0:
                best[name] = min(best.get(name, this), this, key=lambda found: found[0] + found[1])
    rows = flows.count()
    reading = sum(best["reading only"][:2])
    print(f"\n{rows:,} rows; best of {a.runs} after a warm-up\n\n| job | CPU s, JVM + Python | of reading only | wall s |\n|---|---|---|---|")
    for name, (jvm, python, wall) in best.items():
        print(f"| {name} | {jvm:.1f} + {python:.1f} = {jvm + python:.1f} | {(jvm + python) / reading:.2f} | {wall:.1f} |")
    table = flows.toArrow()
    alone = 9e9
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_SELF)
        mz.product_years(table, stability, indicators=INDICATORS, threads=1)
        after = resource.getrusage(resource.RUSAGE_SELF)
        alone = min(alone, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    print(f"| monazite.product_years in one process, one thread, from a table in memory | {alone:.1f} | {alone / reading:.2f} | |")


if __name__ == "__main__":
    main()
