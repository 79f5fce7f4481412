"""A driver that does one job after the other, as it is told on standard input: a layout and a folder to write
to, on a line.
"""

from __future__ import annotations

import sys
import traceback

from spark_cluster import session_settings


def main(master: str, store: str, stability: str, first: str, last: str) -> None:
    from pyspark.sql import SparkSession

    import monazite.spark as ms

    builder = SparkSession.builder.master(master).appName("monazite")
    for key, value in session_settings().items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("WARN")
    flows = ms.read_store(spark, store).filter(f"year between {first} and {last}")
    print("ready", flush=True)
    for line in sys.stdin:
        layout, out = line.split()
        print("begun", flush=True)
        try:
            source = flows if layout == "store" else flows.repartition(7, "exporter")
            result = ms.product_years(
                source, stability, layout=layout, partitions=None if layout == "store" else 12, verify=False
            )
            ms.write(result, out, source)
            print("done", flush=True)
        except Exception as error:
            traceback.print_exc()
            print(f"failed {type(error).__name__}: {str(error)[:200]!r}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
