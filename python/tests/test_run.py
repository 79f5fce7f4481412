"""Runs: against what the program writes, on data in memory, drawn, asked, stopped, and all that can be wrong with them."""

from __future__ import annotations

import csv
import io
import json
import multiprocessing
import os
import pickle
import shutil
import threading
import time
import warnings
from pathlib import Path
from typing import Any

import numpy
import pandas
import polars
import pyarrow
import pyarrow.compute
import pyarrow.parquet
import pytest
from programs import copy_of_tiny, program, python, tiny_flows, tiny_stability

import monazite as mz


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def tiny(folder: Path) -> tuple[Path, Path]:
    """The study of six countries, and its run by the program."""
    study = copy_of_tiny(folder)
    program("run", study, "--out", folder / "tiny-run")
    return study, folder / "tiny-run"


@pytest.fixture(scope="module")
def of_tiny(tiny: tuple[Path, Path]) -> mz.Run:
    return mz.Run.open(tiny[1])


@pytest.fixture(scope="module")
def of_program(folder: Path) -> Path:
    """The example's run by the program."""
    program("run", "--out", folder / "program", cwd=folder)
    return folder / "program"


@pytest.fixture(scope="module")
def example(folder: Path, of_program: Path) -> mz.Run:
    """The same by the package, with another number of threads."""
    return mz.run(mz.example(), folder / "package", threads=3, progress=None)


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


def check_csv(text: str, table: mz.Table) -> None:
    """A table is what a csv says, to the last bit."""
    header, *rows = csv.reader(io.StringIO(text))
    assert table.column_names == header and len(table) == len(rows)
    for at, name in enumerate(header):
        cells = [row[at] for row in rows]
        for cell, value in zip(cells, table[name]):
            if value is None:
                assert cell == "", (name, cell)
            elif isinstance(value, bool):
                assert cell == str(value).lower()
            elif isinstance(value, (int, float)):
                assert type(value)(cell) == value, (name, cell, value)
            else:
                assert cell.removeprefix("'") == value.removeprefix("'"), (name, cell, value)


# tables


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


def test_tables_are_narrowed_as_an_export_narrows_them(of_program: Path, example: mz.Run, tmp_path: Path) -> None:
    asked = ["--table=indicators", "--country=Japan", "--country=DEU", "--product=2846", "--year=2019-2021"]
    program("export", of_program, "--csv", *asked, f"--out={tmp_path}/a.csv")
    table = example.table("indicators", country=["Japan", "DEU"], product="2846", year="2019-2021", names=True)
    check_csv((tmp_path / "a.csv").read_text(), table)
    assert len(table) == 2 * 2 * 3
    same = example.table("indicators", country=("JPN", "deu"), product=["284610", "284690"], year=[2019, 2020, 2021])
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
    assert of_tiny.study.seeds == ["284690"] and of_tiny.study.to_toml() == (tiny[1] / "study.toml").read_text()
    assert of_tiny.notes and all(note in json.dumps(of_tiny.manifest, ensure_ascii=False) for note in of_tiny.notes)
    assert of_tiny.findings and any("products of the chain" in finding for finding in of_tiny.findings)
    assert "indicators.parquet" in of_tiny.files and of_tiny.read("study.toml") == (tiny[1] / "study.toml").read_bytes()
    assert pickle.loads(pickle.dumps(of_tiny)) == of_tiny
    with pytest.raises(KeyError, match="no file nothing.csv"):
        of_tiny.read("nothing.csv")


# data in memory


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
    settings: dict[str, Any] = {"seeds": ["284690"], "name": "A", "trade_settings": {"hubs": ["CCC"]}, "chain": {"edges": [chain]}}
    store = mz.import_table(form(tiny_flows()), tmp_path / "store", edition="HS07", progress=None)
    of_store = mz.Study(trade=store.folder, governance=tiny[0].parent / "pv.csv", **settings)
    of_frames = mz.Study(trade=form(tiny_flows()), governance=form(tiny_stability()), data={"edition": "HS07"}, **settings)
    assert of_store.check() == of_frames.check() == []
    one = mz.run(of_store, progress=None, until="indicators")
    other = mz.run(of_frames, tmp_path / "run", progress=None, until="indicators")
    assert list(one.tables) == list(other.tables)
    for name in one.tables:
        assert one.table(name) == other.table(name), name
    mixed = mz.run(mz.Study(trade=form(tiny_flows()), governance=tiny[0].parent / "pv.csv", **settings), progress=None, until="indicators")
    assert mixed.indicators == one.indicators
    other_way = mz.run(mz.Study(trade=store.folder, governance=form(tiny_stability()), **settings), progress=None, until="indicators")
    assert other_way.indicators == one.indicators


def test_columns_are_named_and_numbers_of_countries_read(tiny: tuple[Path, Path]) -> None:
    flows = tiny_flows()
    numbers = {code: number for number, code in enumerate(sorted(set(flows["exporter"]) | set(flows["importer"])), 1)}
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
    assert mz.run(study, progress=None, until="indicators").indicators == mz.run(plain, progress=None, until="indicators").indicators
    wrong = {**flows, "value": [-1.0, *flows["value"][1:]]}
    with pytest.raises(mz.InputError, match="row 1 of the flows: column value: -1 is negative"):
        mz.run(mz.Study(seeds=["284690"], trade=wrong, governance=tiny_stability()), progress=None)


# figures and pages


def test_figures_are_the_files_of_the_run(example: mz.Run, tmp_path: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in Path(str(example.folder)).rglob("*")}
    read = lambda name: example.read(f"figures/{name}").decode()  # noqa: E731
    drawn = 0
    for name in example.figures:
        if f"figures/{name}.svg" not in example.files:
            continue
        figure = example.figure(name)
        assert figure.svg == figure._repr_svg_() == read(f"{name}.svg") and figure.name == name
        assert figure.caption == read(f"{name}.caption.txt")
        for table, text in figure.csv.items():
            assert text == read(f"{table}.csv")
            check_csv(text.removeprefix("\ufeff"), figure.tables[table])
        drawn += 1
    assert drawn >= 8
    country = next(name for name in example.files if name.startswith("figures/network_") and name.endswith(".svg"))[16:19]
    assert example.figure("network", country=country).svg == read(f"network_{country}.svg")
    assert example.figure("map", indicator="str").svg == read("map_str.svg")
    for ending in ("svg", "png", "pdf"):
        written = example.figure("network").save(tmp_path / f"a.{ending}")
        assert written.read_bytes() == example.read(f"figures/network.{ending}"), ending
        assert example.figure("network").save(written) == written, "the same content is no other file"
    with pytest.raises(FileExistsError):
        example.figure("network", size="slide").save(tmp_path / "a.svg")
    example.figure("network", size="slide").save(tmp_path / "a.svg", replace=True)
    assert "338.66mm" in (tmp_path / "a.svg").read_text()
    with pytest.raises(ValueError, match="written as .svg, .png or .pdf"):
        example.figure("network").save(tmp_path / "a.jpg")
    assert {path: path.stat().st_mtime_ns for path in Path(str(example.folder)).rglob("*")} == before


def test_maps_trends_and_briefs_are_those_that_the_program_writes(example: mz.Run, of_program: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(of_program, run)
    program("report", run, "--map=hhi", "--product=284690", "--year=2019", "--size=slide")
    program("report", run, "--trend=share", "--supplier=China", "--product=284690", "--countries=JPN,DEU")
    program("report", run, "--country=DEU", "--product=284690", "--year=2019")
    figure = example.figure("map", indicator="hhi", product="284690", year=2019, size="slide")
    assert figure.svg == (run / "figures" / f"{figure.name}.svg").read_text() and figure.name == "map_hhi_284690_2019_slide"
    assert figure.csv == {figure.name: (run / "figures" / f"{figure.name}.csv").read_text()}
    trend = example.figure("trend", indicator="share", supplier="China", product="284690", country=["JPN", "DEU"])
    assert trend.svg == (run / "figures" / f"{trend.name}.svg").read_text()
    assert trend.caption == (run / "figures" / f"{trend.name}.caption.txt").read_text()
    assert set(trend.data["country"]) == {"JPN", "DEU"}
    briefs = example.brief("Germany", product="284690", year=2019)
    assert isinstance(briefs, dict) and set(briefs) == {"DEU_2019", "284690_2019"}
    for name, page in briefs.items():
        assert page.html == (run / "briefs" / f"{name}.html").read_text()
    one = example.brief("JPN")
    assert isinstance(one, mz.Page) and "Japan" in one.html


def test_the_report_is_shown_in_a_frame_of_its_own(example: mz.Run, tmp_path: Path) -> None:
    report = example.report()
    assert report.html.encode() == example.read("report.html") and report.path == Path(str(example.folder)) / "report.html"
    shown = report._repr_html_()
    assert shown.startswith("<iframe sandbox") and "<script" not in shown and 'srcdoc="&lt;!' in shown
    assert "allow-same-origin" not in shown
    assert report.save(tmp_path / "r.html").read_bytes() == example.read("report.html")


def test_rankings_are_those_of_the_program(example: mz.Run, of_program: Path) -> None:
    words = ["rank", of_program, "--by=share", "--supplier=China", "--product=284690", "--top=5"]
    ranking = example.rank("share", supplier="China", product="284690", top=5)
    assert program(*words).stdout.strip() == str(ranking).strip()
    for form, text in (("csv", ranking.to_csv()), ("latex", ranking.to_latex()), ("markdown", ranking.to_markdown()), ("html", ranking.to_html())):
        assert program(*words, f"--{form}").stdout.strip() == text.strip(), form
    assert ranking.table["rank"][0] == 1 and len(ranking.table) == 5 and ranking.title in repr(ranking)
    check_csv(ranking.to_csv(), ranking.table)


# questions


def test_what_if_is_what_the_program_says(example: mz.Run, of_program: Path, tmp_path: Path) -> None:
    asked = ["--without=China", "--product=284690,284610", "--cut=0.4", "--capacity=0.1", "--rationing=incumbent", "--year=2022"]
    done = program("what-if", of_program, *asked, f"--out={tmp_path / 'theirs'}")
    answer = example.what_if(
        without="China", product=["284690", "284610"], cut=0.4, capacity=0.1, rationing="incumbent", year=2022
    )
    assert done.stdout.startswith(str(answer)) and "China" in str(answer)
    answer.save(tmp_path / "ours")
    theirs = {path.name: path.read_bytes() for path in (tmp_path / "theirs").iterdir()}
    assert theirs == {path.name: path.read_bytes() for path in (tmp_path / "ours").iterdir()} == answer.files
    for name, table in (("losses", answer.losses), ("products", answer.products), ("suppliers", answer.suppliers)):
        check_csv(theirs[f"{name}.csv"].decode("utf-8-sig"), table)
        assert answer.tables[name] == table and len(table) > 0
    assert answer.losses["product"][0] in ("284610", "284690") and isinstance(answer.losses["year"][0], int)
    said = json.loads(program("--json", "what-if", of_program, *asked).stdout)
    assert said["scenarios"] == answer.record


def test_other_questions_are_what_the_program_says(example: mz.Run, of_program: Path, tmp_path: Path) -> None:
    said = program("what-if", of_program, "--product=284690", "--top=4").stdout
    chokepoints = example.chokepoints("284690", top=4)
    assert said.strip() == str(chokepoints).strip() and "CHN" in chokepoints.suppliers["supplier"]
    assert program("what-if", of_program).stdout.strip() == str(example.chokepoints()).strip()
    said = program("what-if", of_program, "--product=284690", "--worst=2").stdout
    assert said.strip() == str(example.chokepoints("284690", worst=2)).strip()
    names = [line.split()[0] for line in program("what-if", "--events").stdout.splitlines() if line and line[0] != " "]
    event = next(name for name in json.loads(program("--json", "what-if", "--events").stdout)["events"] if name in " ".join(names))
    said = program("what-if", of_program, f"--event={event}", "--year=2022").stdout
    assert said.strip() == str(example.event(event, year=2022)).strip()
    words = ["diversify", of_program, "--country=DEU", "--product=284690", "--move=0.2"]
    done = program(*words, f"--out={tmp_path / 'plan'}")
    plan = example.diversify("DEU", product="284690", move=0.2)
    assert done.stdout.startswith(str(plan).rstrip())
    for name, table in plan.tables.items():
        check_csv((tmp_path / "plan" / f"{name}.csv").read_text(encoding="utf-8-sig"), table)
    assert set(plan.tables) == {"suppliers", "moves", "frontier", "others"} and len(plan.moves) > 0
    assert plan.frontier["str"][0] >= plan.frontier["str"][-1]
    said = program("diversify", of_program, "--product=284690", "--all=simultaneous").stdout
    assert said.strip() == str(example.diversify(product="284690", all="simultaneous")).strip()


def test_two_runs_are_compared_as_by_the_program(tiny: tuple[Path, Path], of_tiny: mz.Run, tmp_path: Path) -> None:
    text = tiny[0].read_text() + "\n[indicators]\ndamping = 0.8\n"
    (tiny[0].parent / "other.toml").write_text(text)
    other = mz.run(tiny[0].parent / "other.toml", tmp_path / "other", progress=None)
    done = program("compare", tiny[1], tmp_path / "other", "--out", tmp_path / "theirs")
    compared = mz.compare(of_tiny, tmp_path / "other", out=tmp_path / "ours")
    assert not compared.is_same and mz.compare(of_tiny, of_tiny).is_same
    for sentence in compared.findings:
        assert sentence in done.stderr + done.stdout
    for path in (tmp_path / "theirs").iterdir():
        assert path.read_bytes() == compared.files[path.name] == (tmp_path / "ours" / path.name).read_bytes(), path.name
    for name, table in compared.tables.items():
        check_csv(compared.files[f"{name}.csv"].decode("utf-8-sig"), table)
    assert compared.table("options")["what"] == ["indicators.damping"] and compared.page.html.startswith("<!")
    in_memory = mz.run(tiny[0].parent / "other.toml", progress=None)
    assert mz.compare(other, in_memory).is_same
    with pytest.raises(mz.RunFolderError):
        mz.compare(of_tiny, other, out=tmp_path / "ours")


@pytest.mark.parametrize("ending", ["csv", "dta", "json", "xlsx"])
def test_exports_are_those_of_the_program(ending: str, tiny: tuple[Path, Path], of_tiny: mz.Run, tmp_path: Path) -> None:
    word = "--json" if ending == "json" else f"--{ending}"
    program("export", tiny[1], word, "--table=indicators", "--country=BBB", f"--out={tmp_path}/theirs.{ending}")
    files = of_tiny.export(tmp_path / f"ours.{ending}", table="indicators", country="BBB")
    assert files == [tmp_path / f"ours.{ending}"]
    assert files[0].read_bytes() == (tmp_path / f"theirs.{ending}").read_bytes()
    with pytest.raises(FileExistsError):
        of_tiny.export(files[0], table="indicators", country="CCC")
    of_tiny.export(files[0], table="indicators", country="CCC", replace=True)
    assert files[0].read_bytes() != (tmp_path / f"theirs.{ending}").read_bytes()


def test_a_folder_of_tables_and_a_page_for_browsers(tiny: tuple[Path, Path], of_tiny: mz.Run, tmp_path: Path) -> None:
    files = of_tiny.export(tmp_path / "tables", format="csv")
    program("export", tiny[1], "--csv", f"--out={tmp_path}/theirs")
    assert {path.name for path in files} == {path.name for path in (tmp_path / "theirs").iterdir()}
    assert all(path.read_bytes() == (tmp_path / "theirs" / path.name).read_bytes() for path in files)
    page = of_tiny.explorer(tmp_path / "page")
    assert page.exists() and b"<html" in page.read_bytes()[:500]
    with pytest.raises(mz.MonaziteError):
        of_tiny.explorer(tmp_path / "page")
    with pytest.raises(ValueError, match="xlsx, csv, dta, json"):
        of_tiny.export(tmp_path / "nothing")


# stores


def test_a_store_is_read_as_it_was_written(tiny: tuple[Path, Path], tmp_path: Path) -> None:
    store = mz.import_trade(tiny[0].parent / "release", tmp_path / "store", progress=None)
    assert (store.years, store.edition, store.countries[:2]) == ([2019, 2020, 2021], "HS07", ["AAA", "BBB"])
    assert len(store.files) == 3 and store.account and store.manifest["edition"] == "HS07"
    store.verify()
    listed = program("store", "files", tmp_path / "store").stdout.split()
    assert listed == [str(path) for path in store.files]
    flows = pandas.DataFrame(tiny_flows())
    flows = flows.groupby(["year", "product", "importer", "exporter"], as_index=False)[["value", "quantity"]].sum(min_count=1)
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
            "product": random.choice(["010121", "284690", "850511"], rows),
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
        mz.import_table({**flows, "product": ["28469x", *flows["product"][1:]]}, out, edition="HS07", progress=None)
    with pytest.raises(TypeError, match="a table is wanted"):
        mz.import_table(3, out, progress=None)
    with pytest.raises(ValueError, match="unit"):
        mz.import_table(flows, out, unit="euro", progress=None)
    with pytest.raises(ValueError, match="columns: 'price' is nothing"):
        mz.import_table(flows, out, columns={"price": "value"}, progress=None)
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


# what is wrong


def test_folders_that_are_no_run_or_no_longer(tiny: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="there is no such folder"):
        mz.Run.open(tmp_path / "nowhere")
    with pytest.raises(mz.RunFolderError, match="there is no manifest.toml in it") as wrong:
        mz.Run.open(tmp_path)
    assert wrong.value.file == str(tmp_path)
    with pytest.raises(mz.RunFolderError, match="it is a file, and a run is a folder"):
        mz.Run.open(tiny[0])
    for name, change, said in (
        ("other", lambda text: text.replace("format = 8", "format = 99"), "is of format 99.*use a newer version"),
        ("older", lambda text: text.replace("format = 8", "format = 3"), "is of format 3.*run the study again"),
        ("damaged", lambda text: text.replace("Six", "Sax"), "manifest.toml"),
    ):
        shutil.copytree(tiny[1], tmp_path / name)
        manifest = tmp_path / name / "manifest.toml"
        changed = change(manifest.read_text())
        assert changed != manifest.read_text()
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
        (lambda: of_tiny.table("indicators", country="Alfa"), "Alpha"),
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
        (lambda: of_tiny.what_if(without="AAA", product="284690", links="no.csv"), "links: there is no no.csv"),
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
        (lambda: of_tiny.table("indicators", country=3), (TypeError, ValueError), ""),
        (lambda: of_tiny.table("indicators", country=[3]), TypeError, "country: texts are wanted"),
        (lambda: of_tiny.table("indicators", year="soon"), ValueError, "'soon' is no year"),
        (lambda: of_tiny.table("indicators", columns=[]), ValueError, "columns: name one"),
        (lambda: of_tiny.figure("network", size="poster"), ValueError, "size: "),
        (lambda: of_tiny.figure("network", product="284690"), TypeError, "they go with the figures map and trend"),
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


# progress, stops, threads, forks


def test_progress_is_told_and_says_so_much(tiny: tuple[Path, Path]) -> None:
    told: list[tuple[str, int, int, str, list[str]]] = []
    mz.run(tiny[0], progress=lambda *news: told.append(news))
    assert told and all(len(news) == 5 for news in told)
    assert any(notes for *_, notes in told), "notes of the run are told"
    assert {unit for _, _, _, unit, _ in told} <= {"", "bytes", "product-years", "questions", "maps"}


def test_lines_are_at_most_one_a_second(capsys: pytest.CaptureFixture[str]) -> None:
    from monazite._progress import _Bar, _Lines

    lines = _Lines()
    for done in range(500):
        lines("indicators", done, 500, "product-years", [])
    assert capsys.readouterr().err == "indicators: 0 of 500 product-years\n"
    lines("", 0, 0, "", ["a note"])
    assert capsys.readouterr().err == "a note\n"
    import tqdm

    bar = _Bar(tqdm.tqdm)
    bar("indicators", 3, 500, "product-years", [])
    bar("map", 1, 0, "maps", ["said beside"])
    bar.close()
    shown = capsys.readouterr().err
    assert "indicators" in shown and "3/500" in shown and "said beside" in shown


def test_an_exception_of_progress_ends_the_work(tiny: tuple[Path, Path], tmp_path: Path) -> None:
    class Enough(Exception):
        pass

    def enough(*_: object) -> None:
        raise Enough("of it")

    with pytest.raises(Enough, match="of it"):
        mz.run(mz.example(), tmp_path / "run", progress=enough)
    assert not (tmp_path / "run").exists()
    assert mz.run(tiny[0], tmp_path / "run", progress=None, until="indicators").folder == tmp_path / "run"


_STOPPED = """
import os, signal, sys, threading, time
import monazite as mz
told = []
def tell(what, done, total, unit, notes):
    told.append(what)
    if what and len(told) == 1:
        threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
study, out = mz.example(), sys.argv[1]
began = time.monotonic()
try:
    mz.run(study, out, progress=tell)
except KeyboardInterrupt:
    print("stopped", os.path.exists(out), os.listdir(os.path.dirname(out)), round(time.monotonic() - began, 1))
run = mz.run(sys.argv[2], progress=None, until="indicators")
print("lives", len(run.indicators) > 0)
"""


def test_ctrl_c_stops_a_run_and_the_session_lives(tiny: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    done = python(_STOPPED, tmp_path / "runs" / "run", tiny[0])
    assert done.stdout.startswith("stopped False []"), done.stdout + done.stderr
    assert "lives True" in done.stdout


def test_other_threads_go_on_while_a_run_is_made() -> None:
    turns, over = 0, False

    def count() -> None:
        nonlocal turns
        while not over:
            turns += 1
            time.sleep(0.001)

    counting = threading.Thread(target=count)
    counting.start()
    began = time.monotonic()
    mz.run(mz.example(), until="indicators", progress=None)
    took, over = time.monotonic() - began, True
    counting.join()
    assert turns > 50 * took, f"{turns} turns in {took:.1f} s: the interpreter was not let go"


def test_runs_are_made_in_several_threads(tiny: tuple[Path, Path], of_tiny: mz.Run) -> None:
    made: list[mz.Table] = []
    wrong: list[BaseException] = []

    def make() -> None:
        try:
            made.append(mz.run(tiny[0], progress=None, until="indicators").indicators)
        except BaseException as error:  # noqa: BLE001
            wrong.append(error)

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong and len(made) == 4 and all(table == of_tiny.indicators for table in made)


def _in_a_child(study: str, answers: Any) -> None:
    run = mz.run(study, progress=None, threads=2)
    answers.put((len(run.indicators), run.what_if(without="AAA", product="284690").losses.to_dict()))


def test_a_child_of_a_process_with_runs_makes_runs_too(tiny: tuple[Path, Path], of_tiny: mz.Run) -> None:
    mz.run(tiny[0], progress=None, threads=4)
    losses = of_tiny.what_if(without="AAA", product="284690").losses.to_dict()
    forks = multiprocessing.get_context("fork")
    answers = forks.Queue()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        children = [forks.Process(target=_in_a_child, args=(str(tiny[0]), answers)) for _ in range(2)]
        for child in children:
            child.start()
    try:
        found = [answers.get(timeout=60) for _ in children]
    finally:
        for child in children:
            child.kill()
            child.join()
    assert found == [(len(of_tiny.indicators), losses)] * 2
