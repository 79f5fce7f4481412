"""Stores of trade: made of releases and tables, read, and what is wrong with them."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import numpy
import pandas
import programs
import pyarrow
import pyarrow.parquet
import pytest
from programs import program, tiny_flows

import monazite as mz


@pytest.fixture
def tiny() -> tuple[Path, Path]:
    return programs.tiny()


def test_a_store_is_read_as_it_was_written(tiny: tuple[Path, Path], tmp_path: Path) -> None:
    store = mz.import_trade(tiny[0].parent / "release", tmp_path / "store", progress=None)
    assert (store.years, store.edition, store.countries[:2]) == ([2019, 2020, 2021], "HS07", ["AAA", "BBB"])
    assert len(store.files) == 3 and store.account and store.manifest["edition"] == "HS07"
    store.verify()
    listed = program("store", "files", tmp_path / "store").stdout.split()
    assert listed == [str(path) for path in store.files]
    flows = pandas.DataFrame(tiny_flows())
    flows = flows[flows["exporter"] != flows["importer"]]
    flows = flows.groupby(["year", "product", "importer", "exporter"], as_index=False)[
        ["value", "quantity"]
    ].sum(min_count=1)
    table = store.to_table().to_pandas()
    expected = flows[list(table.columns)].reset_index(drop=True)
    pandas.testing.assert_frame_equal(table, expected, check_dtype=False, check_exact=True)
    narrow = store.to_table(year=[2020], product="8501")
    assert set(narrow["product"]) == {"850131"} and set(narrow["year"]) == {2020}
    raw = pyarrow.parquet.read_table(store.files, columns=["value_usd"])
    assert raw.num_rows == len(table), "any library reads the list of live files"
    again = mz.import_trade(tiny[0].parent / "release", tmp_path / "store", progress=None)
    assert again == store == pickle.loads(pickle.dumps(store))
    assert "2019 to 2021" in repr(store)


def test_a_table_goes_into_a_store_and_comes_back_to_the_last_bit(tmp_path: Path) -> None:
    random = numpy.random.default_rng(3)
    values = numpy.concatenate([random.lognormal(3, 4, 500), [1e-12, 0.001, 123456789.123456789]])
    rows = len(values)
    flows = pandas.DataFrame(
        {
            "year": random.integers(2000, 2003, rows),
            "product": random.choice(["020110", "284690", "850511"], rows),
            "exporter": random.choice(["CHN", "USA", "DEU"], rows),
            "importer": random.choice(["FRA", "JPN", "IND"], rows),
            "value": values,
        }
    ).drop_duplicates(["year", "product", "exporter", "importer"])
    keys = ["year", "product", "importer", "exporter"]
    store = mz.import_table(flows, tmp_path / "store", edition="HS07", source="made up", progress=None)
    back = store.to_table().to_pandas()[[*keys, "value"]].sort_values(keys, ignore_index=True)
    sent = flows[[*keys, "value"]].sort_values(keys, ignore_index=True)
    pandas.testing.assert_frame_equal(back, sent, check_dtype=False, check_exact=True)
    assert store.manifest["source"] == "made up" and os.listdir(tmp_path) == ["store"]


def test_what_is_wrong_with_a_table_is_said_with_its_place(tmp_path: Path) -> None:
    flows = tiny_flows()
    out = tmp_path / "store"
    with pytest.raises(mz.InputError, match="there is no column value"):
        mz.import_table({name: of for name, of in flows.items() if name != "value"}, out, progress=None)
    with pytest.raises(mz.InputError, match="column value"):
        mz.import_table({**flows, "value": [None, *flows["value"][1:]]}, out, progress=None)
    with pytest.raises(mz.InputError, match="28469x"):
        mz.import_table(
            {**flows, "product": ["28469x", *flows["product"][1:]]}, out, edition="HS07", progress=None
        )
    with pytest.raises(TypeError, match="a table is wanted"):
        mz.import_table(3, out, progress=None)
    with pytest.raises(ValueError, match="unit"):
        mz.import_table(flows, out, unit="euro", progress=None)
    with pytest.raises(ValueError, match="columns: 'price' is nothing"):
        mz.import_table(flows, out, columns={"price": "value"}, progress=None)
    wrong = {
        **flows,
        "exporter": ["CHN", "QQQ", *flows["exporter"][2:]],
        "importer": ["USA"] * len(flows["year"]),
    }
    with pytest.raises(mz.InputError, match="^row 2 of flows: column exporter: 'QQQ' is not") as found:
        mz.import_table(wrong, out, edition="HS07", progress=None)
    assert (found.value.file, found.value.line) == ("flows", 2) and str(tmp_path) not in str(found.value)
    assert os.listdir(tmp_path) == [], "nothing is left of what was refused"


def test_stores_that_are_none_or_damaged(tiny: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="there is no such folder"):
        mz.Store(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(mz.StoreError, match="this is not a store"):
        mz.Store(tmp_path / "empty")
    with pytest.raises(FileNotFoundError, match="there is no "):
        mz.import_trade(tmp_path / "no.zip", tmp_path / "store", progress=None)
    store = mz.import_trade(tiny[0].parent / "release", tmp_path / "store", progress=None)
    with pytest.raises(mz.InputError, match="there is no year 1999"):
        store.to_table(year=1999)
    with pytest.raises(mz.InputError, match="no trade in product '99'"):
        store.to_table(product="99")
    flows = store.files[0]
    content = bytearray(flows.read_bytes())
    content[len(content) // 2] ^= 1
    flows.write_bytes(content)
    with pytest.raises(mz.StoreError, match="not the one that was imported"):
        store.verify()
    flows.unlink()
    study = mz.Study(seeds=["284690"], trade=tmp_path / "store", governance=tiny[0].parent / "pv.csv")
    with pytest.raises(mz.StoreError, match="it is not there"):
        mz.run(study, progress=None)
    manifest = tmp_path / "store" / "store.toml"
    manifest.write_text(manifest.read_text().replace("format = 2", "format = 99"))
    with pytest.raises(mz.StoreError):
        mz.Store(tmp_path / "store")
