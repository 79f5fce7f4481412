"""Every wrong input gets an exception of the right class that says where and what."""

from __future__ import annotations

import inspect
import warnings
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import monazite as mz

FLOWS: dict[str, Any] = {
    "year": [2023] * 4,
    "product": ["284690"] * 4,
    "exporter": ["CHN", "CHN", "JPN", "USA"],
    "importer": ["USA", "JPN", "USA", "JPN"],
    "value": [60.0, 30.0, 20.0, 10.0],
}
STABILITY: dict[str, Any] = {"iso3": ["CHN", "JPN", "USA"], "year": [2023] * 3, "pv": [30.0, 90.0, 50.0]}


def run(flows: Any = None, stability: Any = None, **more: Any) -> mz.Table:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", mz.MonaziteWarning)
        flows = FLOWS if flows is None else flows
        return mz.product_years(flows, STABILITY if stability is None else stability, **more)


@pytest.mark.parametrize(
    ("change", "line", "column", "value", "message"),
    [
        ({"value": [1.0, 2.0, 3.0, -4.0]}, 4, "value", "-4", "is negative"),
        ({"value": [1.0, 2.0, None, 4.0]}, 3, "value", None, "is empty; leave the row out"),
        (
            {"value": np.array([1.0, np.nan, 3.0, 4.0])},
            2,
            "value",
            "NaN",
            "is not a number; leave the row out",
        ),
        ({"value": [1.0, 2.0, 3.0, float("inf")]}, 4, "value", "inf", "is not a number"),
        ({"value": [1.0, 2.0, 3.0, 1e18]}, 4, "value", "1000000000000000000", "more than 1e15"),
        ({"value": ["a"] * 4}, None, "value", None, "numbers are wanted, and it has texts"),
        ({"value": [True] * 4}, None, "value", None, "it has true and false"),
        ({"year": [2023, 2023.5, 2023, 2023]}, 2, "year", "2023.5", "is not a whole number"),
        ({"year": [2023, 2023, 2023, 20230]}, 4, "year", "20230", "is not a year from 1900 to 2200"),
        ({"year": [2023, 2023, 2023, 2**40]}, 4, "year", str(2**40), "is too large"),
        ({"year": ["2023", "x", "2023", "2023"]}, 2, "year", "x", "'x' is not a whole number"),
        ({"product": ["284690", "2846", "284690", "284690"]}, 2, "product", "2846", "2846"),
        ({"product": [284690, 284690, 12, 284690]}, 3, "product", "12", "12"),
        ({"product": [284690.0, 284690.5, 284690, 284690]}, 2, "product", "284690.5", "is not a code"),
        ({"exporter": ["CHN", "", "JPN", "USA"]}, 2, "exporter", "", "is not the code of a country"),
        ({"exporter": ["CHN", None, "JPN", "USA"]}, 2, "exporter", None, "is empty"),
        ({"exporter": [156, 156, 392, 999]}, 4, "exporter", "999", "is not the number of a country in BACI"),
        ({"importer": ["USA", "JPN", "a country", "JPN"]}, 3, "importer", "a country", "is not the code of"),
    ],
)
def test_flows(
    change: dict[str, Any], line: int | None, column: str, value: str | None, message: str
) -> None:
    flows = {**FLOWS, **change}
    if "exporter" in change and isinstance(change["exporter"][0], int):
        flows["importer"] = [842, 392, 842, 392]
    with pytest.raises(mz.InputError) as caught:
        run(flows)
    error = caught.value
    assert message in str(error) and isinstance(error, ValueError)
    assert (error.file, error.line, error.column, error.value) == ("flows", line, column, value)
    assert str(error).startswith("flows: column" if line is None else f"row {line} of flows: column {column}")


def test_the_names_of_the_callers_columns_are_in_the_message() -> None:
    flows = {**FLOWS, "usd": [1.0, -2.0, 3.0, 4.0]}
    del flows["value"]
    with pytest.raises(mz.InputError, match="row 2 of flows: column usd: -2 is negative") as caught:
        run(flows, columns={"value": "usd"})
    assert caught.value.column == "usd"
    baci = pd.DataFrame(FLOWS).set_axis(["t", "k", "i", "j", "v"], axis=1).assign(v=[1.0, 2.0, -3.0, 4.0])
    with pytest.raises(mz.InputError, match="row 3 of flows: column v: -3 is negative"):
        run(baci)


@pytest.mark.parametrize(
    ("stability", "line", "column", "message"),
    [
        ({"iso3": ["CHN"], "year": [2023], "pv": [120.0]}, 1, "pv", "120 (CHN in 2023) is not in 0..=100"),
        ({"iso3": ["CHN", "JPN"], "year": [2023] * 2, "pv": [1.0, -1.0]}, 2, "pv", "-1 (JPN in 2023)"),
        (
            {"iso3": ["CHN", "CHN"], "year": [2023] * 2, "pv": [1.0, 1.0]},
            2,
            "iso3",
            "CHN stands twice in 2023",
        ),
        ({"iso3": ["CHN"], "year": [1], "pv": [1.0]}, 1, "year", "1 is not a year from 1900 to 2200"),
        ({"iso3": [""], "year": [2023], "pv": [1.0]}, 1, "iso3", "'' is not the code of a country"),
        (
            {"iso3": [999], "year": [2023], "pv": [1.0]},
            1,
            "iso3",
            "999 is not the number of a country in BACI",
        ),
        (
            {"iso3": ["CHN"], "year": [2023], "pv": ["high"]},
            None,
            "pv",
            "numbers are wanted, and it has texts",
        ),
        ({"iso3": ["CHN"], "year": [2023]}, None, "pv", "there is no column pv; the table has iso3, year"),
    ],
)
def test_stability(stability: dict[str, Any], line: int | None, column: str, message: str) -> None:
    with pytest.raises(mz.InputError) as caught:
        run(stability=stability)
    error = caught.value
    assert message in str(error)
    assert (error.file, error.line, error.column) == ("stability", line, column)


def test_stability_of_others_and_of_nobody() -> None:
    with pytest.raises(mz.InputError, match="exports anything in the trade data"):
        run(stability={"iso3": ["DEU"], "year": [2023], "pv": [20.0]})
    with pytest.raises(mz.InputError, match="no row has a value"):
        run(stability={"iso3": ["CHN"], "year": [2023], "pv": [None]})
    with pytest.raises(mz.InputError, match="are no country of the trade data"):
        run(stability={"iso3": ["Q1", "Q2", "CHN"], "year": [2023] * 3, "pv": [20.0] * 3})
    with pytest.raises(FileNotFoundError, match=r"nope\.xlsx"):
        run(stability="nope.xlsx")
    with pytest.raises(TypeError, match="political stability is wanted"):
        mz.product_years(FLOWS, indicators=["str"])


@pytest.mark.parametrize(
    "nothing",
    [3, "flows.parquet", ["a.parquet"], None, pd.Series([1.0]), np.arange(3), pa.array([1, 2]), object()],
)
def test_what_is_no_table(nothing: Any) -> None:
    with pytest.raises(TypeError, match="flows: "):
        mz.product_years(nothing, STABILITY)
    with pytest.raises(TypeError, match="polars.scan_parquet"):
        mz.product_years("flows.parquet", STABILITY)


def test_missing_doubled_and_unknown_columns() -> None:
    with pytest.raises(
        mz.InputError, match=r'no column product; the table has year; say which it is with columns=\{"prod'
    ):
        run({"year": [1]})
    with pytest.raises(mz.InputError, match="there is no column usd"):
        run(columns={"value": "usd"})
    with pytest.raises(ValueError, match="'valeu' is no column of flows; there are year, product"):
        run(columns={"valeu": "value"})
    twice = pd.concat([pd.DataFrame(FLOWS), pd.DataFrame({"value": [1.0] * 4})], axis=1)
    with pytest.raises(mz.InputError, match="several columns may be value: value, value"):
        run(twice)
    doubled = pa.table([*pa.table(FLOWS).columns, pa.array([1.0] * 4)], names=[*FLOWS, "value"])
    with pytest.raises(mz.InputError, match="several columns may be value"):
        run(doubled)
    with pytest.raises(ValueError, match="'strength' is no indicator of a product-year; there are imports"):
        run(indicators=["strength"])
    with pytest.raises(ValueError, match="'pc1' is no indicator of a product-year"):
        run(indicators=["pc1"])
    with pytest.raises(ValueError, match="str stands there twice"):
        run(indicators=["str", "str"])
    with pytest.raises(ValueError, match="trade_risk needs to know"):
        run(indicators=["trade_risk"])


@pytest.mark.parametrize(
    "empty",
    [
        {name: [] for name in FLOWS},
        pd.DataFrame(FLOWS)[:0],
        pa.table(FLOWS)[:0],
        pa.table({name: pa.array([], pa.null()) for name in FLOWS}),
        {**FLOWS, "importer": FLOWS["exporter"]},
        {**FLOWS, "value": [0.0] * 4},
    ],
)
def test_nothing_is_left(empty: Any) -> None:
    with pytest.raises(mz.InputError, match="there is no flow in the table|the table has no rows"):
        run(empty)


def test_options() -> None:
    with pytest.raises(mz.StudyError) as caught:
        run(options={"indicators": {"damping": 2.0}})
    assert [problem.key for problem in caught.value.problems] == ["indicators.damping"]
    with pytest.raises(TypeError, match="there is no setting indicators.dampnig; did you mean damping"):
        run(options={"indicators": {"dampnig": 0.9}})
    with pytest.raises(TypeError, match="there is no setting tarde; did you mean trade"):
        run(options={"tarde": {}})
    with pytest.raises(TypeError, match="mz.Options or a dict is wanted, and this is int"):
        run(options=3)
    assert run(options={"damping": 0.9}) == run(options=mz.Options(damping=0.9))
    with pytest.raises(ValueError, match="threads"):
        run(threads=0)
    with pytest.raises(ValueError, match="threads: -1 is below 0"):
        run(threads=-1)
    with pytest.raises(ValueError, match="seed: -3 is below 0"):
        mz.umap({"a": [1.0, 2.0, 4.0], "b": [0.0, 1.0, 1.0]}, seed=-3)
    damped = run(options={"indicators": {"damping": 0.5}})
    assert damped["str"] != run()["str"]


def test_totals_and_draws() -> None:
    totals = {"iso3": ["CHN", "JPN", "USA"], "year": [2023] * 3, "exports": [1000.0, -1.0, 1000.0]}
    with pytest.raises(
        mz.InputError, match="row 2 of totals: column exports: -1 is not a value of exports"
    ) as caught:
        mz.rca(FLOWS, totals)
    assert (caught.value.file, caught.value.line, caught.value.value) == ("totals", 2, "-1")
    with pytest.raises(mz.StudyError, match="has no estimates with standard errors"):
        mz.draws(FLOWS, STABILITY)
    more = {**STABILITY, "estimate": [0.0, 1.0, 0.5], "standard_error": [0.1, -0.1, 0.1]}
    with pytest.raises(mz.InputError, match="row 2 of stability: column standard_error: -0.1"):
        mz.draws(FLOWS, more)
    with pytest.raises(ValueError, match="no band without a draw"):
        mz.draws(FLOWS, more, draws=0)


def test_warnings_and_notes() -> None:
    part = {"iso3": ["CHN"], "year": [2023], "pv": [30.0]}
    with pytest.warns(mz.MonaziteWarning, match="never covers"):
        table = mz.product_years(FLOWS, part, options={"data": {"extract": False}})
    assert any("never covers" in note for note in table.notes)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # Nothing here rests on stability, on totals, or on whether the trade is whole.
        assert mz.suppliers(FLOWS, options={"data": {"extract": False}}).notes == []


def test_statistics() -> None:
    with pytest.raises(mz.InputError, match="row 1 of candidates: column output: .*the input itself"):
        mz.links(FLOWS, {"input": ["284690"], "output": ["284690"]})
    with pytest.raises(mz.InputError, match="row 1 of candidates: column input: "):
        mz.links(FLOWS, {"input": ["28"], "output": ["284690"]})
    with pytest.raises(ValueError, match="metric: 'hamming' is none; there are euclidean, manhattan"):
        mz.umap({"a": [1.0] * 30}, metric="hamming")
    with pytest.raises(mz.InputError, match="needs more than 15 rows"):
        mz.umap({"a": [1.0, 2.0]})
    with pytest.raises(mz.InputError, match="column a: is empty"):
        mz.umap({"a": [1.0, None] * 20})
    with pytest.raises(mz.InputError, match="two columns are wanted"):
        mz.density_merging({"x": [1.0, 2.0]})
    with pytest.raises(ValueError, match="detail: 'fine' is none"):
        mz.density_merging({"x": [1.0, 2.0], "y": [1.0, 2.0]}, detail="fine")
    table = {"y": [1.0, 2.0, 3.0], "x": [1.0, 1.0, 1.0], "g": ["a", "b", "b"]}
    with pytest.raises(mz.MonaziteError, match="has the same value in all 3 rows"):
        mz.regress(table, "y", ["x"])
    with pytest.raises(mz.MonaziteError, match="no row has all columns: x is empty in 2 rows"):
        mz.regress({"y": [1.0, 2.0], "x": [None, None]}, "y", ["x"])
    with pytest.raises(mz.InputError, match="there is no column z; the table has y, x, g"):
        mz.regress(table, "y", ["z"])
    with pytest.raises(mz.InputError, match="column g: numbers are wanted, and it has texts"):
        mz.regress(table, "y", ["g"])
    with pytest.raises(ValueError, match="errors: 'hc9' are none"):
        mz.regress(table, "y", ["x"], errors="hc9")
    with pytest.raises(mz.InputError, match="row 2 of table: column y: is infinite"):
        mz.regress({"y": [1.0, float("inf")], "x": [1.0, 2.0]}, "y", ["x"])


def test_classes_are_shown_as_the_packages() -> None:
    for name in mz.__all__:
        if not inspect.isclass(getattr(mz, name)):
            continue
        assert getattr(mz, name).__module__ == "monazite", name


def damaged(kind: str) -> pa.Array:
    """Three codes of countries whose memory is not what it says."""
    bytes_of = {"utf8": b"CHN\xff\xfe\xfdMYS"}.get(kind, b"CHNJPNUSA")
    offsets = {"order": [0, 6, 3, 9], "negative": [0, 3, -6, 9]}.get(kind, [0, 3, 6, 9])
    if kind == "key":
        keys = pa.array([0, 7, 1], pa.int32())
        return pa.DictionaryArray.from_arrays(keys, pa.array(["CHN", "USA"]), safe=False)
    buffers = [None, pa.py_buffer(np.array(offsets, "i4").tobytes()), pa.py_buffer(bytes_of)]
    return pa.Array.from_buffers(pa.string(), 3, buffers)


@pytest.mark.parametrize("kind", ["utf8", "order", "negative", "key"])
def test_damaged_texts_are_refused_and_the_session_lives(kind: str) -> None:
    flows = {"year": [2023] * 3, "product": ["284690"] * 3, "importer": ["DEU"] * 3, "value": [1.0, 2.0, 3.0]}
    table = pa.table({**flows, "exporter": damaged(kind)})
    with pytest.raises(mz.InputError, match="column exporter: cannot be read") as caught:
        mz.exposure(table)
    assert caught.value.column == "exporter"
    stability = pa.table({"iso3": damaged(kind), "year": [2023] * 3, "pv": [1.0, 2.0, 3.0]})
    with pytest.raises(mz.InputError, match="column iso3: cannot be read"):
        mz.systemic_trade_risk(FLOWS, stability)
    # A damaged column that nobody looks at harms nobody.
    mz.exposure(pa.table({**flows, "exporter": ["CHN", "JPN", "USA"], "note": damaged(kind)}))


def test_columns_that_nobody_looks_at_may_be_of_any_type() -> None:
    want = run()
    others = {"note": [None] * len(FLOWS["year"]), "mixed": [1, "a", None, *[2.5] * (len(FLOWS["year"]) - 3)]}
    assert run({**FLOWS, **others}) == want
    assert run(pd.DataFrame(FLOWS).assign(large=2**70, note=None)) == want
    assert run(pl.DataFrame(FLOWS).with_columns(note=pl.lit(None))) == want
    assert run(pl.LazyFrame(FLOWS).with_columns(note=pl.lit(None))) == want


def test_numbers_of_countries_may_be_texts() -> None:
    numbers = {"CHN": "156", "JPN": "392", "USA": "842"}
    as_text = {key: [numbers[code] for code in FLOWS[key]] for key in ("exporter", "importer")}
    assert run({**FLOWS, **as_text}) == run()
    with pytest.raises(mz.InputError, match="999 is not the number of a country in BACI"):
        run({**FLOWS, "exporter": ["999", *FLOWS["exporter"][1:]]})


def test_streams_are_read_once_and_columns_are_of_one_length() -> None:
    reader = pa.table(FLOWS).to_reader()
    run(reader)
    with pytest.raises((mz.InputError, TypeError), match="a stream that was read before is empty|read"):
        run(reader)
    with pytest.raises(ValueError, match="column value has 1 rows, column year has"):
        run({**FLOWS, "value": [1.0]})
