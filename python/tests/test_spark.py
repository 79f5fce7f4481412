"""monazite.spark against one process, with planted faults, and with an executor that is killed. Run with:
pytest -m spark
"""

from __future__ import annotations

import csv
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("pyspark")
pytest.importorskip("pyarrow")
if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
    pytest.skip("Spark needs Java", allow_module_level=True)

import pyarrow as pa
import pyarrow.parquet as pq
from spark_cluster import FAST_TO_START, Cluster, Driver, environment, kill

import monazite as mz
import monazite.spark as ms

pytestmark = pytest.mark.spark

DATA = Path(__file__).resolve().parents[2] / "data"
STORE = DATA / "baci-hs92-raw-materials"
STABILITY = DATA / "wgi" / "wgi_pv_1996_2023.csv"
YEARS = (2007, 2011)
ORDER = [("product", "ascending"), ("year", "ascending"), ("country", "ascending")]
ROW = ["year", "product", "exporter", "importer", "value"]


@pytest.fixture(scope="module")
def spark():
    from pyspark.sql import SparkSession

    os.environ.update(environment())
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.memory": "1g",
        "spark.driver.extraJavaOptions": FAST_TO_START,
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.files.maxPartitionBytes": "512k",
        "spark.sql.files.openCostInBytes": "1k",
        "spark.sql.shuffle.partitions": "4",
    }
    builder = SparkSession.builder.master("local[2]").appName("monazite")
    for key, value in settings.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


@pytest.fixture(scope="module")
def flows():
    """The flows of five years of the shipped store, 0.2 million, read without Spark and without monazite."""
    with open(next(STORE.glob("codes-*")) / "countries.csv", encoding="utf-8") as file:
        iso3 = {
            int(number): row["iso3"] for row in csv.DictReader(file) for number in row["baci_codes"].split()
        }
    parts = []
    for year in range(YEARS[0], YEARS[1] + 1):
        part = pq.read_table(next(STORE.glob(f"flows/{year}-*.parquet")))
        exact, rounded = part["value_exact"].to_pylist(), part["value_usd"].to_pylist()
        values = [usd / 1000 if value is None else value for value, usd in zip(exact, rounded)]
        columns = {
            side: pa.array([iso3[code] for code in part[side].to_pylist()])
            for side in ("exporter", "importer")
        }
        parts.append(pa.table({"year": part["year"], "product": part["product"], **columns, "value": values}))
    return pa.concat_tables(parts)


@pytest.fixture(scope="module")
def alone(flows):
    return ordered(pa.table(mz.product_years(flows, STABILITY)))


@pytest.fixture(scope="module")
def stored(spark):
    return ms.read_store(spark, str(STORE)).filter(f"year between {YEARS[0]} and {YEARS[1]}")


def ordered(table):
    return table.sort_by(ORDER).combine_chunks()


def of_spark(result, like):
    return ordered(result.toArrow().select(like.column_names).cast(like.schema))


def bits(table):
    """Numbers as they are in memory, so that -0 and 0 differ."""
    return {
        name: (table[name].is_null().to_numpy().tobytes(), table[name].to_numpy().tobytes())
        for name in table.column_names[3:]
    }


def test_a_store_is_read_as_it_is(stored, flows):
    read = stored.toArrow().select(ROW)
    keys = [(name, "ascending") for name in ROW[:4]]
    assert read.num_rows == flows.num_rows > 200_000
    assert read.sort_by(keys).cast(flows.schema).equals(flows.sort_by(keys))


@pytest.mark.parametrize("layout", ["store", "any"])
def test_the_same_bytes_as_one_process(stored, alone, layout):
    # Sorted files as they lie; for the shuffle dealt out by country first.
    df = stored if layout == "store" else stored.repartition(5, "exporter")
    result = ms.product_years(df, STABILITY, layout=layout)
    found = of_spark(result, alone)
    assert found.equals(alone)
    assert bits(found) == bits(alone)
    result.unpersist()


def test_numbers_of_a_store_give_the_same(spark, alone):
    numbers = ms.read_store(spark, str(STORE), numbers=True).filter(f"year between {YEARS[0]} and {YEARS[1]}")
    assert dict(numbers.dtypes)["exporter"] == "smallint"
    found = of_spark(ms.product_years(numbers, STABILITY, layout="store", verify=False), alone)
    assert bits(found) == bits(alone)
    assert found.equals(alone)


def test_repeated_pairs_are_added_up_by_the_engine_or_exactly(spark):
    seed = random.Random(7)
    countries = ["CHN", "DEU", "MYS", "USA", "FRA"]
    rows = [
        (2019, "284690", *seed.sample(countries, 2), seed.randrange(1, 10**7) / 1000 * 1.1)
        for _ in range(3000)
    ]
    alone = ordered(pa.table(mz.product_years(pa.table(list(map(list, zip(*rows))), ROW), STABILITY)))
    df = spark.createDataFrame(rows, ROW).repartition(4, "value")
    assert of_spark(ms.product_years(df, STABILITY, verify=False), alone).equals(alone)
    added = [
        of_spark(ms.product_years(df.repartition(n, "value"), STABILITY, add_up=True), alone) for n in (2, 5)
    ]
    assert added[0].equals(added[1])
    for name in alone.column_names[3:]:
        for one, two in zip(alone[name].to_pylist(), added[0][name].to_pylist()):
            assert one == pytest.approx(two, rel=1e-12), name
    # A wrong row is not lost in a sum.
    for wrong, words in ((float("nan"), "NaN"), (-5.0, "-5 is negative"), (None, "is empty")):
        worse = spark.createDataFrame([*rows[:5], (*rows[0][:4], wrong)], ROW)
        with pytest.raises(mz.InputError, match=words):
            ms.product_years(worse, STABILITY, add_up=True)


def test_numbers_as_codes_settings_and_fewer_columns(spark, flows):
    part = flows.filter(pa.compute.equal(flows["year"], 2007))
    names = {
        number + 1: code
        for number, code in enumerate(
            sorted(set(part["exporter"].to_pylist()) | set(part["importer"].to_pylist()))
        )
    }
    numbers = {code: number for number, code in names.items()}
    coded = pa.table(
        {
            "t": part["year"],
            "hs6": pa.array([int(code) for code in part["product"].to_pylist()]),
            "i": pa.array([numbers[code] for code in part["exporter"].to_pylist()], pa.int16()),
            "j": pa.array([numbers[code] for code in part["importer"].to_pylist()], pa.int16()),
            "worth": part["value"],
        }
    )
    options = {
        "indicators": {"damping": 0.8},
        "trade": {"min_trade": 100.0},
        "stability": {"fixed_year": 2005},
    }
    wanted = ["str", "influence"]
    alone = mz.product_years(
        coded, STABILITY, columns={"value": "worth"}, country_codes=names, indicators=wanted, options=options
    )
    df = spark.createDataFrame(coded)
    found = ms.product_years(
        df, STABILITY, columns={"value": "worth"}, country_codes=names, indicators=wanted, options=options
    )
    alone = ordered(pa.table(alone))
    assert found.columns == ["product", "year", "country", *wanted]
    assert of_spark(found, alone).equals(alone)


@pytest.fixture(scope="module")
def drawn_from(flows):
    """A stability with standard errors, made up."""
    seed = random.Random(5)
    codes = sorted(set(flows["exporter"].to_pylist()) | set(flows["importer"].to_pylist()))
    estimates = sorted(seed.gauss(0, 1) for _ in codes)
    seed.shuffle(codes)
    pv = [100 * n / (len(codes) - 1) for n in range(len(codes))]
    errors = [seed.uniform(0.15, 0.4) for _ in codes]
    return {
        "iso3": codes,
        "year": [2008] * len(codes),
        "pv": pv,
        "estimate": estimates,
        "standard_error": errors,
    }


BY_ROW = {
    "dependencies": ["product", "year", "importer", "supplier"],
    "origins": ["product", "year", "importer", "origin"],
    "suppliers": ["product", "year", "importer", "supplier"],
    "draws": ["product", "year", "country", "reading"],
}


@pytest.mark.parametrize("function", BY_ROW)
def test_tables_beside_the_columns_are_the_same_bytes(stored, flows, drawn_from, function):
    pc = pytest.importorskip("pyarrow.compute")
    part = flows.filter(pc.and_(pc.less_equal(flows["year"], 2008), pc.less(flows["product"], "27")))
    df = stored.filter("year <= 2008 and product < '27'")
    stability = (drawn_from,) if function in ("dependencies", "draws") else ()
    arguments = {"draws": 20, "seed": 11} if function == "draws" else {}
    order = [(name, "ascending") for name in BY_ROW[function]]
    alone = pa.table(getattr(mz, function)(part, *stability, **arguments)).sort_by(order).combine_chunks()
    assert alone.num_rows > 1000
    for layout in ("store", "any"):
        result = getattr(ms, function)(df, *stability, layout=layout, **arguments)
        found = result.toArrow().cast(alone.schema).sort_by(order).combine_chunks()
        assert found.equals(alone)
    # One row twice, and what is doubled is found; what is lost only where every product-year has rows.
    with pytest.raises(ms.VerificationError, match="computed in parts|more than once"):
        ms.verify(df, result.union(result.limit(1)))
    result.unpersist()


def test_links_are_those_of_one_process(stored, flows):
    candidates = sorted(set(flows["product"].to_pylist()))[:12]
    alone = pa.table(mz.links(flows, candidates))
    found = pa.table(ms.links(stored.repartition(3, "exporter"), candidates))
    assert found.num_rows == 132
    assert found.equals(alone)


def test_stability_of_any_kind(spark):
    rows = [(2019, "284690", "AAA", "BBB", 60.0), (2019, "284690", "BBB", "CCC", 20.0)]
    df = spark.createDataFrame(rows, ROW)
    many = {
        "iso3": ["AAA", "BBB", "CCC", *(f"Q{n:02}" for n in range(50))],
        "year": [2019] * 53,
        "pv": [40.0] * 53,
    }
    # Made-up countries, most of which do not trade in this part of the table.
    frame = spark.createDataFrame(pa.table(many))
    for stability in (many, pa.table(many), frame, mz.Table(many)):
        found = ms.product_years(df, stability, indicators=["str_direct"]).orderBy("country").collect()
        assert [row.str_direct for row in found] == [0.0, 0.6, 0.6]
    with pytest.raises(TypeError, match="stability: a table with iso3"):
        ms.product_years(df, 5)
    with pytest.raises(FileNotFoundError):
        ms.product_years(df, "nowhere.csv")


@pytest.fixture(scope="module")
def small(spark):
    """Sixty product-years and their result, to plant faults in."""
    seed = random.Random(3)
    countries = ["CHN", "DEU", "MYS", "USA", "FRA", "JPN"]
    rows = [
        (year, f"2846{product:02}", *pair, seed.randrange(1, 10**6) / 1000)
        for year in (2018, 2019)
        for product in range(30)
        for pair in {tuple(seed.sample(countries, 2)) for _ in range(12)}
    ]
    rows += [(2019, "284699", "CHN", "CHN", 5.0), (2019, "284698", "CHN", "DEU", 0.0)]
    df = spark.createDataFrame(rows, ROW).persist()
    return df, ms.product_years(df, STABILITY)


def test_a_whole_result_is_whole(small):
    df, result = small
    found = ms.verify(df, result)
    assert found == (60, result.count())


def planted(result, fault):
    from pyspark.sql import functions as F

    here = (F.col("year") == 2019) & (F.col("product") == "284607")
    if fault == "lost":
        return result.filter(~here)
    if fault == "doubled":
        return result.union(result.filter(here))
    if fault == "differing":
        return result.filter(~(here & (F.col("imports") > 0) & (F.col("country") == "USA")))
    return result.union(result.limit(1).withColumn("product", F.lit("999999")))


@pytest.mark.parametrize("fault", ["lost", "doubled", "unknown", "differing"])
def test_a_planted_fault_is_found_and_named(small, fault):
    df, result = small
    with pytest.raises(ms.VerificationError) as raised:
        ms.verify(df, planted(result, fault))
    where = (
        [(row.year, "999999") for row in result.limit(1).collect()]
        if fault == "unknown"
        else [(2019, "284607")]
    )
    assert getattr(raised.value, fault) == where
    assert f"{where[0][1]} in {where[0][0]}" in str(raised.value)
    others = {"lost", "doubled", "torn", "unknown", "differing"} - {fault}
    assert all(getattr(raised.value, other) == [] for other in others)


def test_a_product_year_torn_between_partitions_is_found(spark, small, tmp_path):
    from pyspark.sql import functions as F

    df, _ = small
    here = (F.col("year") == 2019) & (F.col("product") == "284607")
    # Two files, each in order, and one product-year in both.
    for part in (~here | (F.col("exporter") < "FRA"), here & (F.col("exporter") >= "FRA")):
        df.filter(part).coalesce(1).sortWithinPartitions("year", "product").write.mode("append").parquet(
            str(tmp_path / "torn")
        )
    spark.conf.set("spark.sql.files.openCostInBytes", "512k")
    torn = spark.read.parquet(str(tmp_path / "torn"))
    assert torn.rdd.getNumPartitions() == 2
    with pytest.raises(ms.VerificationError, match="computed in parts.*284607 in 2019") as raised:
        ms.product_years(torn, STABILITY, layout="store")
    assert raised.value.torn == [(2019, "284607")]
    spark.conf.set("spark.sql.files.openCostInBytes", "1k")


def test_files_that_are_not_sorted_as_said(small):
    df, _ = small
    with pytest.raises(
        mz.InputError,
        match=r'the files are not sorted: 2846\d\d in 201\d comes a second time in a .*; .*layout="any"',
    ):
        ms.product_years(df.coalesce(1).sortWithinPartitions("value"), STABILITY, layout="store")


def test_what_is_written_is_read_back_and_checked(small, tmp_path):
    df, result = small
    # The second takes the place of the first.
    for _ in range(2):
        written = ms.write(result, str(tmp_path / "out"), df)
        assert (tmp_path / "out" / "_SUCCESS").exists()
        assert written.count() == result.count()
    with pytest.raises(ms.VerificationError, match="284607 in 2019"):
        ms.write(planted(result, "lost"), str(tmp_path / "out"), df)
    # Without the sums only what is lost or doubled is seen.
    ms.write(result.drop("imports"), str(tmp_path / "out"), df)
    with pytest.raises(mz.InputError, match="no column imports"):
        ms.write(result.drop("imports"), str(tmp_path / "out"), df, values=True)


def test_bad_input(spark, small):
    df, _ = small
    for wrong, kind, words in (
        (
            {"df": df.drop("value")},
            mz.InputError,
            "there is no column value; the table has year, product, exporter, importer; say which",
        ),
        (
            {"df": df.withColumnRenamed("value", "x"), "columns": {"value": "y"}},
            mz.InputError,
            "there is no column y",
        ),
        ({"columns": {"worth": "value"}}, ValueError, "columns: there is no worth"),
        (
            {"df": df.withColumnRenamed("value", "v").selectExpr("*", "year t"), "columns": {"year": "T"}},
            mz.InputError,
            "there is no column T",
        ),
        (
            {"df": df.selectExpr("year t", "year period", "product", "exporter", "importer", "value")},
            mz.InputError,
            "several columns may be year: t, period",
        ),
        (
            {"df": df.selectExpr("year", "product", "exporter", "importer", "cast(value as string) value")},
            mz.InputError,
            "numbers are wanted, and it has string",
        ),
        (
            {"df": df.selectExpr("current_date() year", "product", "exporter", "importer", "value")},
            mz.InputError,
            "column year: whole numbers are wanted, and it has date",
        ),
        ({"df": df.limit(0)}, mz.InputError, "there is no flow in the table"),
        ({"df": df.filter("value = 0")}, mz.InputError, "there is no flow in the table"),
        (
            {"df": df.withColumn("value", -df.value)},
            mz.InputError,
            r"flows: column value: -[\d.]+ is negative \(the row is year 20",
        ),
        (
            {"df": df.selectExpr("year", "'12' product", "exporter", "importer", "value")},
            mz.InputError,
            "'12' has 2 digits",
        ),
        (
            {"df": df.selectExpr("year", "product", "nullif(exporter, 'CHN') exporter", "importer", "value")},
            mz.InputError,
            "exporter: is empty; leave the row out",
        ),
        ({"df": df.toArrow()}, TypeError, "a DataFrame of Spark is wanted, and this is pyarrow"),
        ({"layout": "hive"}, ValueError, '"hive" is none; there are "any" and "store"'),
        ({"layout": "store", "add_up": True}, ValueError, "leave out add_up"),
        ({"partitions": 0}, ValueError, "at least 1"),
        ({"indicators": ["str", "rca"]}, ValueError, "rca rests on more than one product-year"),
        ({"indicators": ["strength"]}, ValueError, "'strength' is no indicator"),
        (
            {"options": {"trade": {"merge": {"EUN": ["DEU", "FRA"]}}}},
            ValueError,
            "trade.merge cannot be followed on Spark.*one code in the DataFrame",
        ),
        (
            {"options": {"study": {"years": [2018, 2018]}}},
            TypeError,
            "there is no setting study.years of tables",
        ),
        ({"options": {"indicators": {"damping": 3.0}}}, mz.StudyError, "damping"),
        ({"options": 7}, TypeError, "options: mz.Options or a dict is wanted"),
        ({"stability": {"iso3": ["CHN"], "year": [2019], "pv": [140.0]}}, mz.InputError, "140"),
    ):
        with pytest.raises(kind, match=words):
            ms.product_years(**{"df": df, "stability": STABILITY, **wrong})


def test_a_store_that_is_none_or_damaged(spark, tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no store.toml, so this is no store"):
        ms.read_store(spark, str(tmp_path))
    text = (STORE / "store.toml").read_text(encoding="utf-8")
    (tmp_path / "store.toml").write_text(text.replace("year = 2007", "year = 2006"), encoding="utf-8")
    with pytest.raises(mz.StoreError, match="store.toml is damaged"):
        ms.read_store(spark, str(tmp_path))


def test_names_of_columns_are_those_of_the_engine(spark):
    from monazite._spark_columns import NEEDED, flows_of

    row = {"year": [2019], "product": ["284690"], "exporter": ["CHN"], "importer": ["DEU"], "value": [1.0]}
    for wanted, others in NEEDED.items():
        for other in others:
            renamed = {other.upper() if name == wanted else name: values for name, values in row.items()}
            assert len(mz.product_years(renamed, STABILITY)) == 2
            assert flows_of(spark.createDataFrame(pa.table(renamed)), None).columns == list(NEEDED)


def run_python(program, folder, **environ):
    environ = {**environment(), **environ}
    return subprocess.run(
        [sys.executable, "-c", program], cwd=folder, env=environ, capture_output=True, text=True, timeout=120
    )


def test_without_pyspark_it_says_what_to_install(tmp_path):
    program = """
import sys; sys.modules["pyspark"] = None
import monazite
try: import monazite.spark
except ImportError as e: print(e)
"""
    assert 'pip install "monazite[spark]"' in run_python(program, tmp_path).stdout


def test_importing_monazite_does_not_import_spark(tmp_path):
    program = "import monazite, sys; print('pyspark' in sys.modules, 'pyarrow' in sys.modules)"
    assert run_python(program, tmp_path).stdout == "False False\n"


def test_workers_without_monazite_say_so(tmp_path):
    # A Python as it is where nobody has installed monazite.
    (tmp_path / "sitecustomize.py").write_text("""
import sys

class Without:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "monazite":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Without())
""")
    worker = tmp_path / "python-of-workers"
    worker.write_text(f'#!/bin/sh\nPYTHONPATH="{tmp_path}:$PYTHONPATH" exec {sys.executable} "$@"\n')
    worker.chmod(0o755)
    program = f"""
import monazite as mz, monazite.spark as ms
from pyspark.sql import SparkSession
builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
spark = builder.config("spark.driver.extraJavaOptions", "{FAST_TO_START}").getOrCreate()
df = spark.createDataFrame([(2019, "284690", "CHN", "USA", 1.0)], {ROW!r})
try: ms.product_years(df, {str(STABILITY)!r}, partitions=1)
except mz.MonaziteError as e: print("said:", e)
"""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    said = run_python(program, elsewhere, PYSPARK_PYTHON=str(worker)).stdout
    assert (
        "said: the Python of Spark's workers has no monazite; install monazite[spark] on every node, and set"
        in said
    )


def test_docstrings_run(spark):
    import doctest

    found = doctest.DocTestFinder().find(
        ms.product_years, globs={"spark": spark, "product_years": ms.product_years}
    )
    runner = doctest.DocTestRunner()
    assert [runner.run(test) for test in found] and runner.tries > 0
    assert runner.failures == 0


def test_the_five_lines_of_the_documentation_run(spark, capfd):
    text = (DATA.parent / "docs" / "spark.md").read_text(encoding="utf-8")
    lines = text.split("```python\n")[1].split("```")[0].replace('"data/', f'"{DATA}/')
    assert len(lines.splitlines()) == 5
    exec(compile(lines, "docs/spark.md", "exec"), {})
    shown = capfd.readouterr().out
    assert "|product|year|country|" in shown
    assert "only showing top 20 rows" in shown


def test_a_killed_executor_changes_nothing(alone, tmp_path):
    """One job on a cluster of a master and two workers, with kill -9 of an executor in the middle."""
    cluster = Cluster(tmp_path / "cluster")
    try:
        driver = Driver(cluster, STORE, STABILITY, YEARS)
        try:
            driver.begin("any", tmp_path / "killed")
            # Python processes are there once it computes; the first job of a driver takes twenty seconds.
            end = time.monotonic() + 120
            while not cluster.pythons() and time.monotonic() < end:
                time.sleep(0.2)
            victim = min(cluster.executors())
            assert kill(victim)
            assert driver.answer("") == "done"
            assert victim not in cluster.executors()
        finally:
            driver.stop()
    finally:
        cluster.stop()
    found = ordered(pq.read_table(tmp_path / "killed").select(alone.column_names).cast(alone.schema))
    assert found.equals(alone)
    assert bits(found) == bits(alone)
