"""What a task of Spark does, without Spark."""

from __future__ import annotations

import random

import pytest

pa = pytest.importorskip("pyarrow")

import monazite as mz
from monazite._spark_errors import of_text
from monazite._spark_settings import changes_trade, of_options, without_stability
from monazite._spark_task import Call, compute, whole_product_years


def sorted_flows(product_years=40, largest=60):
    seed = random.Random(1)
    rows = []
    for product in range(product_years // 2):
        for year in (2018, 2019):
            for n in range(seed.randrange(1, largest)):
                rows.append((year, f"2846{product:02}", f"A{n % 9:02}", f"B{n:02}", 1.0 + n))
    return pa.table(
        [list(column) for column in zip(*rows)], ["year", "product", "exporter", "importer", "value"]
    )


@pytest.mark.parametrize("rows_a_batch", [1, 7, 64, 10_000])
@pytest.mark.parametrize("rows_at_once", [1, 100, 10_000])
def test_product_years_are_never_split(rows_a_batch, rows_at_once):
    table = sorted_flows()
    batches = table.to_batches(max_chunksize=rows_a_batch)
    # An empty batch, as Spark sends them, changes nothing.
    parts = list(whole_product_years([batches[0].slice(0, 0), *batches], True, rows_at_once))
    assert pa.concat_tables(parts).combine_chunks().equals(table.combine_chunks())
    keys = [set(zip(part["year"].to_pylist(), part["product"].to_pylist())) for part in parts]
    assert sum(map(len, keys)) == len(set().union(*keys)) == 40
    if rows_at_once == 1:
        assert len(parts) == 40 or rows_a_batch > 1
    if rows_at_once == 10_000:
        assert len(parts) == 1


def test_a_product_year_that_comes_again_is_refused():
    table = sorted_flows()
    again = pa.concat_tables([table, table.slice(0, 1)])
    with pytest.raises(mz.InputError, match="not sorted: 284600 in 2018 comes a second time"):
        list(whole_product_years(again.to_batches(max_chunksize=50), True))
    with pytest.raises(mz.MonaziteError, match="a mistake of monazite or of Spark"):
        list(whole_product_years(again.to_batches(), False))


def test_another_version_on_a_node_is_refused():
    call = Call("0.0.0", "exposure", None, None, "", {}, False, False)
    with pytest.raises(mz.MonaziteError, match=r"this node has monazite .*, the driver 0\.0\.0"):
        list(compute(call, sorted_flows().to_batches()))


def test_settings_for_tasks():
    assert of_options(None) == "[data]\nextract = false\n\n"
    text = of_options(
        {
            "data": {"extract": False},
            "stability": {"missing": "drop_supplier"},
            "trade": {"merge": {}, "hubs": ["NLD"], "min_trade": 5.0},
            "indicators": {"damping": 0.9},
        }
    )
    assert text.count("[data]") == 1
    assert "damping = 0.9" in text and "hubs" not in text and "merge" not in text
    assert changes_trade(text)
    assert not changes_trade(of_options({"trade": {"min_trade": 0.0}}))
    assert "drop_supplier" not in without_stability(text)
    assert "damping = 0.9" in without_stability(text)
    for section, key, value in (
        ("trade", "country_set", "balanced"),
        ("trade", "measure", "quantity"),
        ("data", "extract", True),
        ("indicators", "import_content", "production"),
    ):
        with pytest.raises(ValueError, match=rf"{section}\.{key} cannot be followed on Spark"):
            of_options({section: {key: value}})
    for section, key, value in (
        ("groups", "consolidated", ["EU27"]),
        ("data", "totals", "totals.csv"),
        ("study", "years", [2018, 2019]),
    ):
        with pytest.raises(TypeError, match=rf"there is no setting {section}\.{key} of tables"):
            of_options({section: {key: value}})


def test_exceptions_are_found_in_tracebacks():
    task = 'Traceback (most recent call last):\n  File "x.py", line 1\n    raise\n'
    error = of_text(
        f"{task}monazite.InputError: flows: column value: -1 is negative\n SQLSTATE: 38000\n\tat org."
    )
    assert type(error) is mz.InputError
    assert (str(error), error.column) == ("flows: column value: -1 is negative", "value")
    assert isinstance(of_text(f"{task}monazite._errors.StudyError: damping is 3\n\tat org."), mz.StudyError)
    assert of_text("java.lang.OutOfMemoryError: Java heap space") is None
    assert of_text(f"{task}ZeroDivisionError: division by zero\n") is None
