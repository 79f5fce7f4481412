"""Figures and pages of a run: those that the program writes, and nothing written into the run."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path

import programs
import pytest
from programs import check_csv, program

import monazite as mz


@pytest.fixture
def of_program() -> Path:
    return programs.of_program()


@pytest.fixture
def example() -> mz.Run:
    return programs.example()


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
    country = next(
        name for name in example.files if name.startswith("figures/network_") and name.endswith(".svg")
    )[16:19]
    assert example.figure("network", country=country).svg == read(f"network_{country}.svg")
    assert example.figure("map", indicator="str").svg == read("map_str.svg")
    figure = pickle.loads(pickle.dumps(example.figure("network")))
    assert figure.svg == read("network.svg") and figure.data == example.figure("network").data
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


def test_maps_trends_and_briefs_are_those_that_the_program_writes(
    example: mz.Run, of_program: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    shutil.copytree(of_program, run)
    program("report", run, "--map=hhi", "--product=284690", "--year=2019", "--size=slide")
    program("report", run, "--trend=share", "--supplier=China", "--product=284690", "--countries=JPN,DEU")
    program("report", run, "--country=DEU", "--product=284690", "--year=2019")
    figure = example.figure("map", indicator="hhi", product="284690", year=2019, size="slide")
    assert (
        figure.svg == (run / "figures" / f"{figure.name}.svg").read_text()
        and figure.name == "map_hhi_284690_2019_slide"
    )
    assert figure.csv == {figure.name: (run / "figures" / f"{figure.name}.csv").read_text()}
    trend = example.figure(
        "trend", indicator="share", supplier="China", product="284690", country=["JPN", "DEU"]
    )
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
    assert (
        report.html.encode() == example.read("report.html")
        and report.path == Path(str(example.folder)) / "report.html"
    )
    shown = report._repr_html_()
    assert shown.startswith("<iframe sandbox") and "<script" not in shown and 'srcdoc="&lt;!' in shown
    assert "allow-same-origin" not in shown
    assert report.save(tmp_path / "r.html").read_bytes() == example.read("report.html")


def test_rankings_are_those_of_the_program(example: mz.Run, of_program: Path) -> None:
    words = ["rank", of_program, "--by=share", "--supplier=China", "--product=284690", "--top=5"]
    ranking = example.rank("share", supplier="China", product="284690", top=5)
    assert program(*words).stdout.strip() == str(ranking).strip()
    for form, text in (
        ("csv", ranking.to_csv()),
        ("latex", ranking.to_latex()),
        ("markdown", ranking.to_markdown()),
        ("html", ranking.to_html()),
    ):
        assert program(*words, f"--{form}").stdout.strip() == text.strip(), form
    assert ranking.table["rank"][0] == 1 and len(ranking.table) == 5 and ranking.title in repr(ranking)
    check_csv(ranking.to_csv(), ranking.table)
