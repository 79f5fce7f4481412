"""Economic complexity of a table: the program's tables to the last bit, and numpy's from the definition."""

from __future__ import annotations

import pickle
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from conftest import COUNTRIES

import monazite as mz

PRODUCTS = [f"{10_011 + 97 * p:06}" for p in range(1_050)]


@pytest.fixture(scope="module")
def flows() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    names = list(COUNTRIES)
    able, needs = rng.random(len(names)), rng.random(len(PRODUCTS))
    held = rng.random((len(names), len(PRODUCTS))) < np.exp(-4 * np.maximum(needs - able[:, None], 0))
    c, p = np.nonzero(held)
    to = [names[(at + 1 + product % (len(names) - 1)) % len(names)] for at, product in zip(c, p)]
    return pd.DataFrame(
        {
            "year": np.where((c + p) % 5 == 0, 2022, 2023),
            "product": [PRODUCTS[at] for at in p],
            "exporter": [names[at] for at in c],
            "importer": to,
            "value": np.exp(rng.normal(8, 1.5, len(c))).round(3),
        }
    )


def quietly(*given: Any, **more: Any) -> mz.Complexity:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", mz.MonaziteWarning)
        return mz.complexity(*given, **more)


def test_tables_are_the_programs(flows: pd.DataFrame, tmp_path: Path) -> None:
    flows.to_csv(tmp_path / "flows.csv", index=False)
    people = pd.DataFrame({"iso3": list(COUNTRIES), "year": 2023, "population": 5e7})
    people.loc[people.iso3 == "CHL", "population"] = 9e5
    people.to_csv(tmp_path / "people.csv", index=False)
    program = [sys.executable, "-m", "monazite", "--quiet"]
    how = ["--years", "2022-2023", "--min-exports", "0", "--population", "people.csv", "--exclude", "Peru"]
    for words in (
        ["import", "flows.csv", "--out", "store", "--unit", "thousand_usd"],
        ["complexity", "store", *how, "--min-proximity", "0.4", "--out", "out"],
    ):
        done = subprocess.run([*program, *words], cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
    found = quietly(
        flows, years="2022-2023", min_exports=0, population=people, exclude="Peru", min_proximity=0.4
    )
    out = tmp_path / "out"
    # As texts, of which Python makes the same number: not every reader of csv does.
    files = {
        "countries": pd.read_csv(out / "eci.csv", dtype=str),
        "products": pd.read_csv(out / "pci.csv", dtype=str),
        "left_out": pd.read_csv(out / "dropped.csv", dtype=str),
        "density": pd.read_parquet(out / "density.parquet"),
        "proximity": pd.read_parquet(out / "proximity.parquet"),
    }
    for name, theirs in files.items():
        ours = getattr(found, name).to_pandas()
        # Names and texts are those of the source, and a table of flows has none of its own.
        beside = ["name", "description"]
        if name == "left_out":
            # The program also has the countries of its list that export nothing.
            theirs = theirs[theirs.reason != "nothing_exported"].reset_index(drop=True)
        assert list(ours.columns) == list(theirs.columns) and len(ours) == len(theirs) > 0, name
        for column in ours.columns.difference(beside):
            one, other = ours[column], theirs[column]
            if one.dtype == np.float64:
                assert np.array_equal(one.to_numpy(), other.astype(float).to_numpy(), equal_nan=True), (
                    name,
                    column,
                )
            else:
                assert one.astype(str).tolist() == other.astype(str).tolist(), (name, column)
    assert set(files["left_out"].code) >= {"CHL", "PER"}


def test_numbers_are_numpys(flows: pd.DataFrame) -> None:
    found = quietly(flows[flows.year == 2023], min_exports=0)
    countries, products = found.countries["country"], found.products["product"]
    sums = flows[flows.year == 2023].groupby(["exporter", "product"]).value.sum().unstack(fill_value=0.0)
    x = sums.reindex(index=countries, columns=products).to_numpy(float)
    m = (x / x.sum(1, keepdims=True) / (x.sum(0) / x.sum()) >= 1).astype(float)
    k_c, k_p = m.sum(1), m.sum(0)
    values, vectors = np.linalg.eig((m / k_c[:, None]) @ (m / k_p).T)
    order = np.argsort(-values.real)
    v = vectors[:, order[1]].real
    v *= np.sign(np.corrcoef(v, k_c)[0, 1])
    eci = (v - v.mean()) / v.std()
    phi = (m.T @ m) / np.maximum(k_p[:, None], k_p)
    for ours, theirs in (
        (found.eigenvalues[:5], values.real[order][:5]),
        (found.countries["eci"], eci),
        (found.products["pci"], m.T @ eci / k_p),
        (found.density["density"], (m @ phi / phi.sum(0)).ravel()),
        (found.density["advantage"], m.ravel()),
    ):
        np.testing.assert_allclose(np.array(ours, float), theirs, atol=1e-9)
    near = found.proximity.to_pandas()
    at = {code: n for n, code in enumerate(products)}
    pairs = near.product_1.map(at).to_numpy(), near.product_2.map(at).to_numpy()
    np.testing.assert_allclose(near.proximity, phi[pairs], atol=1e-12)
    assert len(near) == int((np.triu(phi, 1) >= 0.55).sum())


def test_whatever_the_table_comes_from(flows: pd.DataFrame) -> None:
    expected = quietly(flows, years=[2022, 2023], min_exports=0, threads=1)
    shuffled = flows.sample(frac=1.0, random_state=1)
    for other in (
        pl.from_pandas(shuffled),
        pa.Table.from_pandas(flows),
        shuffled.rename(
            columns={"year": "t", "exporter": "i", "importer": "j", "product": "k", "value": "v"}
        ),
        flows.assign(exporter=flows.exporter.map(COUNTRIES), importer=flows.importer.map(COUNTRIES)),
    ):
        found = quietly(other, years="2022-2023", min_exports=0, threads=2)
        assert found.countries == expected.countries and found.density == expected.density
    assert pickle.loads(pickle.dumps(expected)).products == expected.products


def test_what_is_wrong_is_said(flows: pd.DataFrame) -> None:
    with pytest.raises(mz.InputError, match=r"3 products are left; of fewer than 1000.*\(force=True\)"):
        quietly(flows[flows["product"].isin(PRODUCTS[:3])], min_exports=0)
    with pytest.raises(mz.InputError, match=r"no country exports any product.*\(threshold\)"):
        quietly(flows, min_exports=0, threshold=1e9)
    with pytest.raises(mz.InputError, match="the trade data have no 1999; they have 2022-2023"):
        quietly(flows, years=1999)
    with pytest.raises(mz.InputError, match="exclude: 'Atlantis'"):
        quietly(flows, exclude=["Atlantis"])
    with pytest.raises(ValueError, match="years that follow one another"):
        quietly(flows, years=[2019, 2023])
    with pytest.raises(ValueError, match="years that follow one another"):
        quietly(flows, years=-5)
    assert quietly(flows, min_exports=0, exclude=[]).left_out["code"] == []
    with pytest.raises(ValueError, match="min_proximity: a share from 0 to 1"):
        quietly(flows, min_proximity=2)
    with pytest.raises(ValueError, match="min_exports: a number from 0 on"):
        quietly(flows, min_exports=float("nan"))
    with pytest.raises(ValueError, match="threads: -1 is below 0"):
        quietly(flows, threads=-1)
    people = {"iso3": ["DEU", "FRA"], "year": [2023, 2023], "population": [8.3e7, -1.0]}
    with pytest.raises(mz.InputError, match="row 2 of population: column population: -1 is not") as caught:
        quietly(flows, population=people)
    assert (caught.value.line, caught.value.column) == (2, "population")
    totals = {"iso3": ["DEU"], "year": [2018], "exports": [1e9]}
    with pytest.raises(mz.InputError, match="the table of exports has none of 2021 to 2023"):
        quietly(flows, exports=totals)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        found = mz.complexity(flows, min_exports=0)
    assert [str(of.message) for of in said] == found.notes
    assert any("No table of population is given" in note for note in found.notes)
