"""The numbers of tables: equal to the program's to the last bit, whatever the table comes from."""

from __future__ import annotations

import importlib.util
import pickle
import warnings
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from conftest import CANDIDATES, COUNTRIES, World

import monazite as mz

OPTIONS = {"data": {"extract": False}, "indicators": {"trade_risk": "net_imports"}}
COLUMNS = [
    "imports", "exports", "exposure", "hhi", "str", "influence", "rca", "hhi_normalised", "str_direct",
    "str_indirect", "imputed_share", "trade_risk", "largest_supplier_share", "str_mass_balance",
    "influence_mass_balance", "import_content",
]  # fmt: skip


def computed(world: World, flows: Any = None, **more: Any) -> mz.Table:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", mz.MonaziteWarning)
        flows = world.flows if flows is None else flows
        return mz.product_years(flows, world.stability, indicators=COLUMNS, options=OPTIONS, **more)


def same_bits(ours: mz.Table, theirs: pd.DataFrame, keys: list[str], values: list[str]) -> None:
    found = ours.to_pandas()
    theirs = theirs.sort_values(keys, kind="stable").reset_index(drop=True)
    found = found.sort_values(keys, kind="stable").reset_index(drop=True)
    assert len(found) == len(theirs) > 0
    for key in keys:
        assert found[key].astype(str).tolist() == theirs[key].astype(str).tolist()
    for value in values:
        one, other = found[value].to_numpy(float), theirs[value].to_numpy(float)
        assert np.array_equal(np.isnan(one), np.isnan(other)), value
        known = ~np.isnan(one)
        assert np.array_equal(one[known].view(np.int64), other[known].view(np.int64)), value


def test_all_columns_are_the_programs(world: World) -> None:
    theirs = world.table("indicators.parquet")
    # A run also has the rows of countries that do not trade the product.
    theirs = theirs[(theirs["imports"] > 0) | (theirs["exports"] > 0)]
    same_bits(computed(world), theirs, ["product", "year", "country"], COLUMNS)


def test_dependencies_origins_suppliers_and_draws_are_the_programs(world: World) -> None:
    how = {"options": {"data": {"extract": False}}}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", mz.MonaziteWarning)
        found = {
            "dependencies.parquet": (
                mz.dependencies(world.flows, world.stability, **how),
                ["product", "year", "importer", "supplier"],
            ),
            "origins.parquet": (mz.origins(world.flows, **how), ["product", "year", "importer", "origin"]),
            "suppliers.parquet": (mz.suppliers(world.flows, **how), ["product", "year", "importer", "rank"]),
            "bands.parquet": (
                mz.draws(world.flows, world.stability, draws=120, **how),
                ["product", "year", "country", "reading"],
            ),
        }
    for name, (table, keys) in found.items():
        theirs = world.table(name)
        assert set(table.column_names) == set(theirs.columns), name
        same_bits(table, theirs, keys, [c for c in table.column_names if c not in [*keys, "supplier"]])
        if name == "suppliers.parquet":
            ours = table.to_pandas().sort_values(keys)["supplier"].tolist()
            assert ours == theirs.sort_values(keys)["supplier"].astype(str).tolist()


def test_indices_are_the_programs(world: World) -> None:
    theirs = world.table("indices.parquet")
    keys = ["product", "year", "country"]
    assert len(theirs) > 50 and theirs["geodep"].notna().any() and theirs["worst"].notna().any()
    products = sorted(set(theirs["product"]))
    for threads in (1, 2):
        shuffled = world.flows.sample(frac=1.0, random_state=threads)
        table = mz.indices(shuffled, world.stability, products=products, threads=threads)
        assert set(table.column_names) == set(theirs.columns)
        numbers = [c for c in table.column_names if c not in [*keys, "worst_supplier"]]
        same_bits(table, theirs, keys, numbers)
        ours = table.to_pandas().sort_values(keys)["worst_supplier"].tolist()
        assert ours == theirs.sort_values(keys)["worst_supplier"].astype(str).tolist()
    # Years before those that are asked for count, where the flows have them.
    last = mz.indices(world.flows, world.stability, products=products, years=2021).to_pandas()
    same = theirs[theirs["year"] == 2021].sort_values(keys)
    assert last.sort_values(keys)["geodep"].tolist() == same["geodep"].tolist()


def test_indices_by_hand_and_what_is_wrong(world: World) -> None:
    flows = pd.DataFrame(
        {"year": 2023, "product": "284690", "exporter": ["A", "A", "B"], "importer": ["B", "C", "C"]}
    ).replace({"A": "CHN", "B": "MYS", "C": "USA"})
    flows["value"] = [10.0, 60.0, 40.0]
    got = mz.indices(flows, compute=["worst", "ec_flag"]).to_pandas().set_index("country")
    assert list(got.columns) == ["year", "product", "export_hhi", "ec_flag", "worst", "worst_supplier"]
    assert got["export_hhi"].tolist() == pytest.approx([(70 / 110) ** 2 + (40 / 110) ** 2] * 2)
    assert any("ec_flag is made for the EU" in note for note in mz.indices(flows, compute="ec_flag").notes)
    # Malaysia buys 10 and sells 40: a quarter of what it sells stops with China.
    assert got.loc["USA", "worst"] == pytest.approx(0.6 + 0.4 * 0.25) and got.loc["USA", "ec_flag"] == 1
    production = world.run.parent / "production.csv"
    production.write_text("product,year,iso3,production\n284690,2023,CHN,300\n284690,2023,USA,100\n")
    pv = {"iso3": ["CHN", "MYS", "USA"], "year": [2023] * 3, "pv": [40.0, 50.0, 60.0]}
    full = mz.indices(flows, pv, compute="geopolrisk", options={"indices": {"production": str(production)}})
    score = (0.75**2 + 0.25**2) * (60 * 0.6 + 40 * 0.5) / (100 + 100)
    assert dict(zip(full["country"], full["geopolrisk"]))["USA"] == pytest.approx(score)
    with pytest.raises(ValueError, match="compute: 'hhi' is no index; there are whhi"):
        mz.indices(flows, compute=["hhi"])
    with pytest.raises(mz.StudyError, match="geopolrisk needs a table more: give indices.production"):
        mz.indices(flows, pv, compute=["geopolrisk"])
    with pytest.raises(mz.StudyError, match="whhi"):
        mz.indices(flows, compute=["whhi"])
    with pytest.raises(mz.MonaziteError, match="850511 is not traded"):
        mz.indices(flows, products="850511")


def test_links_are_the_programs(world: World) -> None:
    candidates = {"input": [one for one, _ in CANDIDATES], "output": [other for _, other in CANDIDATES]}
    found = mz.links(world.flows, candidates)
    text = {"input": str, "output": str}
    theirs = pd.read_csv(world.run / "chain" / "edges.csv", dtype=text, float_precision="round_trip")
    theirs = theirs.set_index(["input", "output"])
    for at, pair in enumerate(CANDIDATES):
        assert found["rho"][at] == theirs.loc[pair, "rho"]
        assert found["z"][at] == theirs.loc[pair, "z"]
        assert found["p"][at] == theirs.loc[pair, "p"]
    # By hand: the first pair.
    total = world.flows.groupby(["product", "importer"])["value"].sum().unstack(fill_value=0.0)
    sold = world.flows.groupby(["product", "exporter"])["value"].sum().unstack(fill_value=0.0)
    names = sorted(COUNTRIES)
    total, sold = total.reindex(columns=names, fill_value=0.0), sold.reindex(columns=names, fill_value=0.0)
    rho = np.array([np.corrcoef(total.loc["284690"], sold.loc[output])[0, 1] for output in sold.index])
    at = list(sold.index).index("850511")
    assert found["rho"][0] == pytest.approx(rho[at], abs=1e-12)


def test_links_that_stand_out_are_all_pairs_with_a_large_z(world: World) -> None:
    codes = sorted(set(world.flows["product"]))
    pairs = mz.links(world.flows, codes)
    wanted = {
        (one, other): z
        for one, other, z in zip(pairs["input"], pairs["output"], pairs["z"])
        if z is not None and z >= 1.0
    }
    found = mz.links(world.flows, least_z=1.0)
    same = {
        (one, other): z for one, other, z in zip(found["input"], found["output"], found["z"]) if one != other
    }
    assert len(wanted) > 3 and same == pytest.approx(wanted)


def test_sources_of_all_kinds_and_one_and_two_threads(world: World) -> None:
    import duckdb

    expected = computed(world)
    flows = world.flows
    arrow = pa.Table.from_pandas(flows, preserve_index=False)
    numbers = flows.assign(
        exporter=flows["exporter"].map(COUNTRIES),
        importer=flows["importer"].map(COUNTRIES),
        product=flows["product"].astype(int),
    )
    shuffled = flows.sample(frac=1.0, random_state=7)
    keys = [pa.int8(), pa.uint8(), pa.int16(), pa.uint32(), pa.int64(), pa.uint64()]
    schema = [("product", pa.string()), ("exporter", pa.large_string()), ("importer", pa.string_view())]
    text = arrow
    for name, kind in schema:
        text = text.set_column(text.column_names.index(name), name, arrow[name].cast(kind))
    dictionary = arrow
    for name in ("product", "exporter", "importer"):
        encoded = arrow[name].combine_chunks().dictionary_encode()
        for kind in keys[:3] if name == "product" else keys[3:]:
            typed = pa.DictionaryArray.from_arrays(encoded.indices.cast(kind), encoded.dictionary)
        dictionary = dictionary.set_column(dictionary.column_names.index(name), name, typed)
    pieces = [arrow.slice(at, 97) for at in range(0, len(arrow), 97)]
    empty = arrow.slice(0, 0)
    two = flows[["value", "year"]]
    sources: dict[str, Any] = {
        "shuffled": shuffled,
        "reversed": flows[::-1],
        "numbers": numbers,
        "floats": numbers.astype({"year": float, "exporter": float, "importer": float, "product": float}),
        "small numbers": numbers.astype({"year": "int16", "exporter": "uint16", "product": "uint32"}),
        "large numbers": numbers.astype({"year": "uint64", "exporter": "uint64", "product": "uint64"}),
        "nullable numbers": numbers.astype({"year": "Int64", "exporter": "Int32", "value": "Float64"}),
        "categories": flows.astype({"product": "category", "exporter": "category", "importer": "category"}),
        "categories of numbers": numbers.astype({"product": "category", "exporter": "category"}),
        "objects": flows.astype({"product": object, "exporter": object, "importer": object}),
        "polars": world.polars(),
        "polars lazy": world.polars().lazy(),
        "polars categories": world.polars().with_columns(pl.col("product", "exporter").cast(pl.Categorical)),
        "polars enum": world.polars().with_columns(pl.col("exporter").cast(pl.Enum(sorted(COUNTRIES)))),
        "polars chunks": pl.concat([world.polars()[:100], world.polars()[100:]], rechunk=False),
        "arrow": arrow,
        "large text and views": text,
        "dictionaries": dictionary,
        "chunks": pa.concat_tables([empty, *pieces, empty]),
        "sliced": pa.concat_tables([arrow.slice(0, 50), arrow]).slice(50),
        "batch": arrow.combine_chunks().to_batches()[0],
        "reader": arrow.to_reader(100),
        "dataset": pa.dataset.dataset(arrow),
        "decimals": arrow.set_column(4, "value", arrow["value"].cast(pa.decimal128(20, 3))),
        "duckdb": duckdb.sql("select * from shuffled"),
        "lists": {name: flows[name].tolist() for name in flows.columns},
        "arrays": {name: numbers[name].to_numpy() for name in numbers.columns},
        "more columns": flows.assign(note="x", other=[{"a": 1}] * len(flows)),
        "mixed column beside": flows.assign(mixed=[1, "a"] * (len(flows) // 2) + [0] * (len(flows) % 2)),
        "two columns of one name beside": pd.concat([flows, two.set_axis(["x", "x"], axis=1)], axis=1),
    }  # fmt: skip
    if importlib.util.find_spec("arro3") is not None:
        arro3 = importlib.import_module("arro3.core")
        sources["arro3"] = arro3.Table.from_arrow(arrow)
        sources["arro3 batch"] = arro3.RecordBatch.from_arrow(sources["batch"])
    if importlib.util.find_spec("nanoarrow") is not None:
        sources["nanoarrow"] = importlib.import_module("nanoarrow").Array(sources["batch"])
    for name, source in sources.items():
        for threads in (1, 2):
            if name == "reader" and threads == 2:
                continue
            assert computed(world, source, threads=threads) == expected, name
    named = flows.rename(columns={"value": "usd", "exporter": "from"})
    assert computed(world, named, columns={"value": "usd", "exporter": "from"}) == expected
    baci = flows.set_axis(["t", "k", "i", "j", "v"], axis=1)
    assert computed(world, baci) == expected


def test_rows_that_are_split_add_up_to_the_same(world: World) -> None:
    # Halves of doubles are exact, so their sum is what it was.
    half = world.flows.assign(value=world.flows["value"] / 2)
    doubled = pd.concat([half, half]).sample(frac=1.0, random_state=3)
    assert computed(world, doubled) == computed(world)


def test_unused_and_empty_entries_of_dictionaries_do_not_count(world: World) -> None:
    arrow = pa.Table.from_pandas(world.flows, preserve_index=False)
    encoded = arrow["exporter"].cast(pa.string()).combine_chunks().dictionary_encode()
    more = pa.concat_arrays([encoded.dictionary, pa.array(["not a country!", None, "XXX"])])
    typed = pa.DictionaryArray.from_arrays(encoded.indices, more)
    unused = arrow.set_column(2, "exporter", typed)
    assert computed(world, unused) == computed(world)
    holes = pa.DictionaryArray.from_arrays(pa.array([len(encoded.dictionary) + 1] * len(arrow)), more)
    with pytest.raises(mz.InputError, match="row 1 of flows: column exporter: is empty"):
        computed(world, arrow.set_column(2, "exporter", holes))


def by_hand(flows: pd.DataFrame, pv: pd.DataFrame) -> pd.DataFrame:
    """All of it with numpy: one inverse a product-year."""
    rows = []
    stability = pv.set_index(["iso3", "year"])["pv"]
    for (product, year), group in flows.groupby(["product", "year"]):
        names = sorted(set(group["exporter"]) | set(group["importer"]))
        place = {name: at for at, name in enumerate(names)}
        trade = np.zeros((len(names), len(names)))
        np.add.at(trade, (group["exporter"].map(place), group["importer"].map(place)), group["value"])
        imports, exports = trade.sum(0), trade.sum(1)
        shares = np.divide(trade, imports, out=np.zeros_like(trade), where=imports > 0)
        w = np.array([1 - stability.get((name, year), 50.0) / 100 for name in names])
        network = np.linalg.inv(np.eye(len(names)) - w[:, None] * shares)
        risk = network.sum(0)
        for at, name in enumerate(names):
            rows.append(
                {
                    "product": product,
                    "year": year,
                    "country": name,
                    "exposure": imports[at] / (imports[at] + exports[at]),
                    "hhi": (shares[:, at] ** 2).sum() if imports[at] > 0 else np.nan,
                    "str": risk[at],
                    "str_direct": (w * shares[:, at]).sum(),
                    "influence": network[at].sum() - network[at, at],
                }
            )
    return pd.DataFrame(rows)


def test_numpy_by_hand(world: World) -> None:
    found, hand = computed(world).to_pandas(), by_hand(world.flows, world.stability)
    joined = found.merge(hand, on=["product", "year", "country"], suffixes=("", "_hand"))
    assert len(joined) == len(found) == len(hand)
    for name in ("exposure", "hhi", "str", "str_direct", "influence"):
        np.testing.assert_allclose(joined[name], joined[f"{name}_hand"], rtol=1e-11, atol=1e-11, err_msg=name)
    exports = world.flows.groupby(["year", "product", "exporter"])["value"].sum()
    for row in joined.sample(60, random_state=1).itertuples():
        own = exports.get((row.year, row.product, row.country), 0.0)
        year = exports.xs(row.year, level="year")
        rca = (own / year.xs(row.product, level="product").sum()) / (
            year[year.index.get_level_values("exporter") == row.country].sum() / year.sum()
        )
        assert row.rca == pytest.approx(rca, rel=1e-11)


def test_rca_of_a_table_of_totals_by_hand(world: World) -> None:
    sold = world.flows.groupby(["exporter", "year"])["value"].sum()
    totals = pd.DataFrame(
        [
            (name, year, 10.0 * sold.get((name, year), 0.0) + 5.0)
            for name in COUNTRIES
            for year in (2019, 2020, 2021)
        ],
        columns=["iso3", "year", "exports"],
    )
    options = {"data": {"extract": False}}
    found = mz.rca(world.flows, totals, options=options).to_pandas()
    world_total = totals.groupby("year")["exports"].sum()
    own_total = totals.set_index(["iso3", "year"])["exports"]
    exports = world.flows.groupby(["product", "year", "exporter"])["value"].sum()
    for row in found.sample(50, random_state=2).itertuples():
        own = exports.get((row.product, row.year, row.country), 0.0)
        share = own / exports[row.product][row.year].sum()
        expected = share / (own_total[(row.country, row.year)] / world_total[row.year])
        assert row.rca == pytest.approx(expected, rel=1e-11)


def test_shares_of_quantities_by_hand() -> None:
    flows = {
        "year": [2023] * 2,
        "product": ["284690"] * 2,
        "exporter": ["CHN", "MYS"],
        "importer": ["USA"] * 2,
        "value": [10.0, 10.0],
        "q": [3.0, 1.0],
    }
    options = {"trade": {"measure": "quantity"}, "data": {"extract": False}}
    found = mz.concentration(flows, options=options)
    assert found["hhi"][2] == 0.75**2 + 0.25**2 and mz.concentration(flows)["hhi"][2] == 0.5
    assert mz.exposure(flows, options=options)["imports"] == [0.0, 0.0, 20.0], "shown by value"
    del flows["q"]
    with pytest.raises(mz.StudyError, match="the data have no quantity in any flow"):
        mz.concentration(flows, options=options)
    with pytest.raises(mz.InputError, match="there is no column tonnes"):
        mz.concentration(flows, options=options, columns={"quantity": "tonnes"})


def test_a_part_has_the_bits_of_the_whole(world: World) -> None:
    whole = computed(world).to_pandas()
    options = {"data": {"extract": False}}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", mz.MonaziteWarning)
        parts = [
            mz.exposure(world.flows, options=options),
            mz.concentration(world.flows, options=options),
            mz.systemic_trade_risk(world.flows, world.stability, options=options),
            mz.influence(world.flows, world.stability, options=options),
            mz.rca(world.flows, options=options),
        ]
        for column in COLUMNS:
            parts.append(mz.product_years(world.flows, world.stability, indicators=[column], options=OPTIONS))
    for part in parts:
        keys = ["product", "year", "country"]
        same_bits(part, whole, keys, [name for name in part.column_names if name not in keys])


def test_pickle_and_equality(world: World) -> None:
    table = computed(world)
    again = pickle.loads(pickle.dumps(table))
    assert again == table and again.notes == table.notes
    assert pickle.loads(pickle.dumps(table.slice(5, 20))) == table.slice(5, 20)
    assert table.slice(0, 3) != table


def test_pandas_without_pyarrow(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    expected = computed(world)
    whole = expected.to_pandas()
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ImportError):
        import pyarrow  # noqa: F401
    bare = expected.to_pandas()
    assert list(bare.columns) == list(whole.columns)
    for name in bare.columns:
        if name in ("product", "country"):
            assert bare[name].tolist() == whole[name].tolist()
        else:
            np.testing.assert_array_equal(bare[name].to_numpy(float), whole[name].to_numpy(float))
    rows = {name: world.flows[name].tolist() for name in world.flows.columns}
    flows = pd.DataFrame(rows).astype({"exporter": object, "importer": object, "product": "category"})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", mz.MonaziteWarning)
        stability = world.stability[["iso3", "year", "pv"]].astype({"iso3": object})
        assert mz.product_years(flows, stability, indicators=COLUMNS, options=OPTIONS) == expected


def test_html_escapes_markup() -> None:
    table = mz.Table({"<b>name</b>": ["<script>alert(1)</script>", "a & b", None], "n": [1.5, None, 2.0]})
    shown = table._repr_html_()
    assert "<script>" not in shown and "<b>" not in shown
    assert "&lt;script&gt;" in shown and "a &amp; b" in shown and "<td></td>" in shown
    assert "None" not in shown and "nan" not in shown


def test_a_million_rows_are_not_all_shown() -> None:
    table = mz.Table({"n": list(range(1000))})
    assert table._repr_html_().count("<tr>") < 30 and "980 more rows" in table._repr_html_()
