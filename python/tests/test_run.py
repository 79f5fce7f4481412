"""Runs: against what the program writes, on data in memory, and all that can be wrong with them."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import shutil
from pathlib import Path
from typing import Any

import numpy
import pandas
import polars
import programs
import pyarrow
import pyarrow.compute
import pyarrow.parquet
import pytest
from programs import check_csv, program, real_flows, real_stability, tiny_flows, tiny_stability

import monazite as mz


@pytest.fixture
def tiny() -> tuple[Path, Path]:
    return programs.tiny()


@pytest.fixture
def of_tiny() -> mz.Run:
    return programs.of_tiny()


@pytest.fixture
def of_program() -> Path:
    return programs.of_program()


@pytest.fixture
def example() -> mz.Run:
    return programs.example()


def signed(manifest: str) -> str:
    """A manifest with its checksum in the last line, as a program of another format would have written it."""
    text, _, _ = manifest.rpartition("# SHA-256 of everything above: ")
    return f"{text}# SHA-256 of everything above: {hashlib.sha256(text.encode()).hexdigest()}\n"


def without_nulls(value: Any) -> Any:
    """What TOML leaves out."""
    if isinstance(value, dict):
        return {key: without_nulls(of) for key, of in value.items() if of is not None}
    return [without_nulls(of) for of in value] if isinstance(value, list) else value


def bits(column: pyarrow.ChunkedArray) -> tuple[list[bool], bytes]:
    """Which numbers are there, and the bits of those that are."""
    known = column.drop_null().to_numpy()
    return column.is_valid().to_pylist(), numpy.ascontiguousarray(known, dtype="<f8").tobytes()


def in_parquet(path: Path) -> dict[str, Any]:
    table = pyarrow.parquet.read_table(path)
    columns: dict[str, Any] = {}
    for name in table.column_names:
        column = table[name]
        if pyarrow.types.is_floating(column.type):
            # NaN and null both mean that there is no number.
            known = pyarrow.compute.is_nan(column).fill_null(True)
            column = pyarrow.compute.if_else(known, pyarrow.scalar(None, column.type), column)
        columns[name] = column
    return columns


def test_a_run_by_the_package_is_the_run_by_the_program(of_program: Path, example: mz.Run) -> None:
    assert example.folder is not None
    theirs = {str(path.relative_to(of_program)) for path in of_program.rglob("*") if path.is_file()}
    ours = {str(path.relative_to(example.folder)) for path in example.folder.rglob("*") if path.is_file()}
    assert ours == theirs and len(ours) > 50
    assert sum(name.endswith((".png", ".pdf")) for name in ours) > 10
    for name in ours - {"manifest.toml"}:
        assert (example.folder / name).read_bytes() == (of_program / name).read_bytes(), name
    of_both = [run.manifest for run in (example, mz.Run.open(of_program))]
    for manifest in of_both:
        del manifest["timing"]
    assert of_both[0] == of_both[1]


def test_every_table_has_the_cells_of_its_file(of_program: Path, example: mz.Run) -> None:
    looked_at = 0
    for name in example.tables:
        if name == "shares":
            continue
        table = example.table(name)
        parquet = of_program / f"{name}.parquet"
        if parquet.exists():
            columns, mine = in_parquet(parquet), pyarrow.table(table)
            assert table.column_names == list(columns), name
            for column, theirs in columns.items():
                ours = mine[column]
                assert len(ours) == len(theirs)
                if pyarrow.types.is_floating(theirs.type):
                    assert bits(ours) == bits(theirs), (name, column)
                else:
                    kind = pyarrow.string() if pyarrow.types.is_string(ours.type) else ours.type
                    assert theirs.cast(kind).equals(ours), (name, column)
        else:
            check_csv((of_program / f"{name}.csv").read_text(encoding="utf-8-sig"), table)
        looked_at += 1
    assert looked_at > 40


def test_tables_are_narrowed_as_an_export_narrows_them(
    of_program: Path, example: mz.Run, tmp_path: Path
) -> None:
    asked = ["--table=indicators", "--country=Japan", "--country=DEU", "--product=2846", "--year=2019-2021"]
    program("export", of_program, "--csv", *asked, f"--out={tmp_path}/a.csv")
    table = example.table(
        "indicators", country=["Japan", "DEU"], product="2846", year="2019-2021", names=True
    )
    check_csv((tmp_path / "a.csv").read_text(), table)
    assert len(table) == 2 * 2 * 3
    same = example.table(
        "indicators", country=("JPN", "deu"), product=["284610", "284690"], year=[2019, 2020, 2021]
    )
    assert same["str"] == table["str"] and "country_name" not in same.column_names
    few = example.table("shares", country="JPN", product="284690", year=2023, columns=["supplier", "share"])
    assert few.column_names == ["supplier", "share"] and abs(sum(few["share"]) - 1) < 1e-9
    assert example.table("edges") == example.table("chain/edges") == example.chain


def test_tables_go_into_data_frames_and_meet_there(of_tiny: mz.Run) -> None:
    indicators, trends = of_tiny.indicators, of_tiny.trends
    frame = indicators.to_pandas().merge(trends.to_pandas(), on=["product", "year"])
    assert len(frame) == len(indicators) and frame["str"].isna().sum() == indicators["str"].count(None)
    joined = polars.DataFrame(indicators).join(polars.DataFrame(trends), on=["product", "year"])
    assert joined.height == len(indicators), "years are of one type in all tables"
    assert set(frame["country"]) == set(of_tiny.countries["country"])


def test_columns_say_what_they_are(of_tiny: mz.Run) -> None:
    for name in of_tiny.tables:
        columns = of_tiny.columns(name)
        assert columns["name"] == of_tiny.table(name).column_names, name
        assert all(columns["label"]) and all(columns["definition"])
    of = of_tiny.columns("indicators")
    hhi = {name: of[name][of["name"].index("hhi")] for name in of.column_names}
    assert hhi["range"] == "0 to 1" and hhi["missing"] and hhi["page"] and hhi["kind"] == "number"
    schema = json.loads(of_tiny.read("schema.json"))
    assert hhi["definition"] in json.dumps(schema, ensure_ascii=False)


def test_a_run_tells_what_it_is(of_tiny: mz.Run, tiny: tuple[Path, Path]) -> None:
    assert of_tiny.folder == tiny[1] and "Six countries" in repr(of_tiny)
    assert of_tiny.manifest["study"]["name"] == "Six countries"
    assert (
        of_tiny.study.seeds == ["284690"] and of_tiny.study.to_toml() == (tiny[1] / "study.toml").read_text()
    )
    tomllib = pytest.importorskip("tomllib")
    written = tomllib.loads(of_tiny.read("manifest.toml").decode())
    assert without_nulls(of_tiny.manifest) == written
    assert of_tiny.notes[: len(written["notes"])] == written["notes"] != []
    assert of_tiny.findings and any("products of the chain" in finding for finding in of_tiny.findings)
    assert (
        "indicators.parquet" in of_tiny.files
        and of_tiny.read("study.toml") == (tiny[1] / "study.toml").read_bytes()
    )
    assert pickle.loads(pickle.dumps(of_tiny)) == of_tiny
    with pytest.raises(KeyError, match="no file nothing.csv"):
        of_tiny.read("nothing.csv")


def test_a_run_in_memory_is_the_run_in_a_folder(tiny: tuple[Path, Path], of_tiny: mz.Run) -> None:
    run = mz.run(tiny[0], progress=None)
    assert run.folder is None and "in memory" in repr(run)
    printed = (".png", ".pdf")
    assert [name for name in of_tiny.files if not name.endswith(printed)] == run.files
    for name in run.files:
        if name != "manifest.toml":
            assert run.read(name) == of_tiny.read(name), name
    assert run.indicators == of_tiny.indicators
    with pytest.raises(TypeError, match="run the study into a folder"):
        pickle.dumps(run)
    with pytest.raises(mz.InputError, match="run the study into a folder"):
        run.explorer("nowhere")


def _as_pandas(columns: dict[str, list[Any]]) -> Any:
    return pandas.DataFrame(columns).sample(frac=1, random_state=7)


@pytest.mark.parametrize("form", [dict, _as_pandas, polars.DataFrame, pyarrow.table])
def test_data_frames_in_is_the_store_in(form: Any, tiny: tuple[Path, Path], tmp_path: Path) -> None:
    chain = str(tiny[0].parent / "chain.csv")
    settings: dict[str, Any] = {
        "seeds": ["284690"],
        "name": "A",
        "trade_settings": {"hubs": ["JPN"]},
        "chain": {"edges": [chain]},
    }
    file = tmp_path / "pv.csv"
    file.write_text(
        "\n".join(
            f"{iso3},{year},{pv}"
            for iso3, year, pv in [("iso3", "year", "pv_rank"), *zip(*real_stability().values())]
        )
    )
    store = mz.import_table(form(real_flows()), tmp_path / "store", edition="HS07", progress=None)
    of_store = mz.Study(trade=store, governance=file, **settings)
    of_frames = mz.Study(
        trade=form(real_flows()), governance=form(real_stability()), data={"edition": "HS07"}, **settings
    )
    assert of_store.check() == of_frames.check() == []
    one = mz.run(of_store, progress=None, until="indicators")
    other = mz.run(of_frames, tmp_path / "run", progress=None, until="indicators")
    assert list(one.tables) == list(other.tables)
    for name in one.tables:
        assert one.table(name) == other.table(name), name
    mixed = mz.run(
        mz.Study(trade=form(real_flows()), governance=file, **settings),
        progress=None,
        until="indicators",
    )
    assert mixed.indicators == one.indicators
    other_way = mz.run(
        mz.Study(trade=store.folder, governance=form(real_stability()), **settings),
        progress=None,
        until="indicators",
    )
    assert other_way.indicators == one.indicators


def test_columns_are_named_and_numbers_of_countries_read(tiny: tuple[Path, Path]) -> None:
    flows = tiny_flows()
    numbers = {
        code: number for number, code in enumerate(sorted(set(flows["exporter"]) | set(flows["importer"])), 1)
    }
    renamed = {
        "t": flows["year"],
        "k": [int(code) for code in flows["product"]],
        "from": [numbers[code] for code in flows["exporter"]],
        "to": [numbers[code] for code in flows["importer"]],
        "usd": flows["value"],
    }
    study = mz.Study(
        seeds=["284690"],
        trade=renamed,
        governance=tiny_stability(),
        columns={"exporter": "from", "importer": "to", "value": "usd"},
        country_codes={number: code for code, number in numbers.items()},
    )
    plain = mz.Study(seeds=["284690"], trade=flows, governance=tiny_stability())
    assert (
        mz.run(study, progress=None, until="indicators").indicators
        == mz.run(plain, progress=None, until="indicators").indicators
    )
    wrong = {**flows, "value": [-1.0, *flows["value"][1:]]}
    with pytest.raises(mz.InputError, match="row 1 .*value: -1 is negative"):
        mz.run(mz.Study(seeds=["284690"], trade=wrong, governance=tiny_stability()), progress=None)


def test_folders_that_are_no_run_or_no_longer(tiny: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="there is no such folder"):
        mz.Run.open(tmp_path / "nowhere")
    with pytest.raises(mz.RunFolderError, match="there is no manifest.toml in it") as wrong:
        mz.Run.open(tmp_path)
    assert wrong.value.file == str(tmp_path)
    with pytest.raises(mz.RunFolderError, match="it is a file, and a run is a folder"):
        mz.Run.open(tiny[0])
    for name, change, said in (
        (
            "other",
            lambda text: text.replace("format = 9", "format = 99"),
            "is of format 99.*use a newer version",
        ),
        (
            "older",
            lambda text: text.replace("format = 9", "format = 3"),
            "is of format 3.*run the study again",
        ),
        ("damaged", lambda text: text.replace("Six", "Sax"), "its last line is not the checksum"),
    ):
        shutil.copytree(tiny[1], tmp_path / name)
        manifest = tmp_path / name / "manifest.toml"
        changed = change(manifest.read_text())
        assert changed != manifest.read_text()
        if name != "damaged":
            changed = signed(changed)
        manifest.write_text(changed)
        with pytest.raises(mz.RunFolderError, match=said):
            mz.Run.open(tmp_path / name)
    shutil.copytree(tiny[1], tmp_path / "cut")
    run = mz.Run.open(tmp_path / "cut")
    whole = (tmp_path / "cut" / "trends.csv").read_text()
    (tmp_path / "cut" / "trends.csv").write_text(whole.replace("1", "2"))
    with pytest.raises(mz.RunFolderError, match="trends.csv"):
        run.table("trends")
    (tmp_path / "cut" / "indicators.parquet").unlink()
    with pytest.raises((mz.RunFolderError, FileNotFoundError), match="indicators.parquet"):
        run.table("indicators")


def test_places_that_are_taken(tiny: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").write_text("x")
    with pytest.raises(mz.RunFolderError, match="not a run folder"):
        mz.run(tiny[0], tmp_path / "mine", progress=None)
    assert os.listdir(tmp_path / "mine") == ["thesis.tex"]
    with pytest.raises(mz.MonaziteError):
        mz.run(tiny[0], tmp_path / "mine" / "thesis.tex", progress=None)


def test_what_a_run_does_not_have_is_said_with_what_is_near(of_tiny: mz.Run) -> None:
    for asked, said in (
        (lambda: of_tiny.table("indicator"), "table 'indicator'.*near to it: indicators"),
        (lambda: of_tiny.table("indicators", country="Germany"), "Germany"),
        (lambda: of_tiny.table("indicators", country="Alfa"), "'Alfa' is not the code or the name"),
        (lambda: of_tiny.table("indicators", product="999999"), "999999"),
        (lambda: of_tiny.table("indicators", year=1990), "1990"),
        (lambda: of_tiny.table("indicators", year="2021-2019"), "ends before it begins"),
        (lambda: of_tiny.table("indicators", columns=["hh"]), "column 'hh'.*hhi"),
        (lambda: of_tiny.table("trends", country="AAA"), "no column of countries"),
        (lambda: of_tiny.table("suppliers", country="AAA", supplier="ZZZ"), "ZZZ"),
        (lambda: of_tiny.columns("all"), "name one table"),
        (lambda: of_tiny.figure("networks"), "there is no figure 'networks' in this run"),
        (lambda: of_tiny.figure("network", country="ZZZ"), "there is no country or group 'ZZZ'"),
        (lambda: of_tiny.figure("network", year=1990), "there is no year '1990'"),
        (lambda: of_tiny.figure("cluster_trends", country="AAA"), "not drawn for one country"),
        (lambda: of_tiny.figure("map", indicator="strr"), "strr"),
        (lambda: of_tiny.brief("Narnia"), "Narnia"),
        (lambda: of_tiny.brief("AAA", year=1990), "there is no year '1990'"),
        (lambda: of_tiny.rank("strr"), "strr"),
        (lambda: of_tiny.what_if(without="Narnia", product="284690"), "^without: "),
        (lambda: of_tiny.what_if(without="AAA"), "say what it no longer sells with product"),
        (lambda: of_tiny.what_if(without="AAA", product="284690", cut=2), "'cut': write a share from 0"),
        (lambda: of_tiny.what_if(without="AAA", product="284690", production_loss=-1), "'production_loss'"),
        (
            lambda: of_tiny.what_if(without="AAA", product="284690", links="no.csv"),
            "links: there is no no.csv",
        ),
        (lambda: of_tiny.what_if(without="AAA", product="284690", year=1990), "1990"),
        (lambda: of_tiny.what_if(without="AAA", product="284690", rationing="first"), "'rationing'"),
        (lambda: of_tiny.event("flood"), "^event: "),
        (lambda: of_tiny.chokepoints("284690", top=0), "top: at least one supplier"),
        (lambda: of_tiny.diversify("ZZZ", product="284690"), "^country: "),
        (lambda: of_tiny.diversify("BBB", product="284690", swap="AAA"), "swap AAA: write FROM:TO:SHARE"),
        (lambda: of_tiny.export("x.csv"), "choose one with table"),
    ):
        with pytest.raises(mz.InputError, match=f"(?s){said}") as wrong:
            asked()
        assert "--" not in str(wrong.value), "options are named as Python names them"
    with pytest.raises(mz.MonaziteError, match="figure coefficients: "):
        of_tiny.figure("coefficients")


def test_wrong_arguments(of_tiny: mz.Run, tiny: tuple[Path, Path]) -> None:
    for asked, kind, said in (
        (lambda: mz.run(tiny[0], until="pages"), ValueError, "until: 'pages' is no stage"),
        (lambda: mz.run(tiny[0], progress=3), TypeError, "progress: True, None or something to call"),
        (lambda: mz.run(tiny[0], threads=0, progress=None), ValueError, "threads"),
        (lambda: mz.run(mz.Study(seeds=["284690"], trade=3, governance="x")), mz.StudyError, "governance"),
        (lambda: of_tiny.table("indicators", country=3), TypeError, "country: .* this is int"),
        (lambda: of_tiny.table("indicators", country=[3]), TypeError, "country: texts are wanted"),
        (lambda: of_tiny.table("indicators", year="soon"), ValueError, "'soon' is no year"),
        (lambda: of_tiny.table("indicators", columns=[]), ValueError, "columns: name one"),
        (lambda: of_tiny.figure("network", size="poster"), ValueError, "size: "),
        (
            lambda: of_tiny.figure("network", product="284690"),
            TypeError,
            "they go with the figures map and trend",
        ),
        (lambda: of_tiny.figure("map", country="AAA"), TypeError, "a map shows all of them"),
        (lambda: of_tiny.figure("trend", year=2019), TypeError, "a trend shows all years"),
        (lambda: of_tiny.rank("share"), TypeError, "say whose share"),
        (lambda: of_tiny.rank("str", reading="both"), ValueError, "mass_balance"),
        (lambda: of_tiny.rank("str", top=0), ValueError, "at least one country"),
        (lambda: of_tiny.event("x", cuts=1), TypeError, "no argument cuts"),
        (lambda: of_tiny.brief(), TypeError, "name a country or a product"),
        (lambda: of_tiny.what_if(whithout="AAA"), TypeError, "whithout"),
        (lambda: of_tiny.what_if(without=object()), TypeError, "a list is wanted"),
    ):
        with pytest.raises(kind, match=said):
            asked()
