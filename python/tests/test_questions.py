"""What if, plans, comparisons and exports: what the program says and writes."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import programs
import pytest
from programs import check_csv, program

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


def test_what_if_is_what_the_program_says(example: mz.Run, of_program: Path, tmp_path: Path) -> None:
    asked = [
        "--without=China",
        "--product=284690,284610",
        "--cut=0.4",
        "--capacity=0.1",
        "--rationing=incumbent",
        "--year=2022",
    ]
    done = program("what-if", of_program, *asked, f"--out={tmp_path / 'theirs'}")
    answer = example.what_if(
        without="China", product=["284690", "284610"], cut=0.4, capacity=0.1, rationing="incumbent", year=2022
    )
    assert done.stdout.startswith(str(answer)) and "China" in str(answer)
    answer.save(tmp_path / "ours")
    theirs = {path.name: path.read_bytes() for path in (tmp_path / "theirs").iterdir()}
    assert theirs == {path.name: path.read_bytes() for path in (tmp_path / "ours").iterdir()} == answer.files
    for name, table in (
        ("losses", answer.losses),
        ("products", answer.products),
        ("suppliers", answer.suppliers),
    ):
        check_csv(theirs[f"{name}.csv"].decode("utf-8-sig"), table)
        assert answer.tables[name] == table and len(table) > 0
    assert answer.losses["product"][0] in ("284610", "284690") and isinstance(answer.losses["year"][0], int)
    again = pickle.loads(pickle.dumps(answer))
    assert (str(again), again.files, again.losses) == (str(answer), answer.files, answer.losses)
    said = json.loads(program("--json", "what-if", of_program, *asked).stdout)
    assert said["scenarios"] == answer.record


def test_other_indices_and_measures_are_what_the_program_says(
    example: mz.Run, of_program: Path, tmp_path: Path
) -> None:
    measures = tmp_path / "measures.csv"
    measures.write_text(
        "product,exporter,from,to,measure\n284690,CHN,2011,2012,quota\n280530,CHN,2011,2012,quota\n"
    )
    compared = example.compare_indices(2022, cases=2)
    studied = example.before_after(
        measures, outcomes=["imports", "export_hhi"], pre=2, post=2, keep_breaks=True
    )
    asked = ["--outcomes=imports,export_hhi", "--pre=2", "--post=2", "--keep-breaks"]
    for answer, words in (
        (compared, ["indices", of_program, "--years=2022", "--cases=2"]),
        (studied, ["event", of_program, f"--table={measures}", *asked]),
    ):
        theirs = tmp_path / words[0]
        done = program(*words, f"--out={theirs}")
        assert done.stdout.startswith(str(answer)) and str(answer)
        assert answer.files == {path.name: path.read_bytes() for path in theirs.iterdir()}
        for name, table in answer.tables.items():
            check_csv(answer.files[f"{name}.csv"].decode("utf-8-sig"), table)
            assert len(table) > 0
        assert json.loads(program("--json", *words).stdout)[words[0]] == answer.record
        assert pickle.loads(pickle.dumps(answer)).tables == answer.tables
    assert compared.correlations["first"][0] == "str_full" and set(compared.disagreements["year"]) == {2022}
    assert {"whhi", "worst"} <= set(compared.indices["index"])
    assert set(studied.estimates["outcome"]) == {"imports", "export_hhi"}
    assert all(0 <= p <= 1 for p in studied.estimates["p_permutation"])
    assert set(studied.products["role"]) >= {"treated", "control"} and len(studied.placebos) > len(
        studied.estimates
    )
    assert studied.figure.svg.startswith("<svg") and "cloud_low" in studied.figure.data.column_names
    assert "\\toprule" in studied.to_latex() and "|" in studied.to_markdown()
    with pytest.raises(mz.InputError, match="measures.csv"):
        measures.write_text("product,exporter,from,to,measure\n284690,CHN,soon,,quota\n")
        example.before_after(measures)
    with pytest.raises(mz.MonaziteError, match="1990"):
        example.compare_indices(1990)


def test_other_questions_are_what_the_program_says(example: mz.Run, of_program: Path, tmp_path: Path) -> None:
    said = program("what-if", of_program, "--product=284690", "--top=4").stdout
    chokepoints = example.chokepoints("284690", top=4)
    assert said.strip() == str(chokepoints).strip() and "CHN" in chokepoints.suppliers["supplier"]
    assert program("what-if", of_program).stdout.strip() == str(example.chokepoints()).strip()
    said = program("what-if", of_program, "--product=284690", "--worst=2").stdout
    assert said.strip() == str(example.chokepoints("284690", worst=2)).strip()
    said = program("what-if", of_program, "--event=graphite-2023", "--year=2022").stdout
    assert said.strip() == str(example.event("graphite-2023", year=2022)).strip()
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


def test_two_runs_are_compared_as_by_the_program(
    tiny: tuple[Path, Path], of_tiny: mz.Run, tmp_path: Path
) -> None:
    text = tiny[0].read_text() + "\n[indicators]\ndamping = 0.8\n"
    (tiny[0].parent / "other.toml").write_text(text)
    other = mz.run(tiny[0].parent / "other.toml", tmp_path / "other", progress=None)
    done = program("compare", tiny[1], tmp_path / "other", "--out", tmp_path / "theirs")
    compared = mz.compare(of_tiny, tmp_path / "other", out=tmp_path / "ours")
    assert not compared.is_same and mz.compare(of_tiny, of_tiny).is_same
    for sentence in compared.findings:
        assert sentence in done.stderr + done.stdout
    for path in (tmp_path / "theirs").iterdir():
        assert (
            path.read_bytes() == compared.files[path.name] == (tmp_path / "ours" / path.name).read_bytes()
        ), path.name
    for name, table in compared.tables.items():
        check_csv(compared.files[f"{name}.csv"].decode("utf-8-sig"), table)
    assert compared.table("options")["what"] == ["indicators.damping"] and compared.page.html.startswith("<!")
    in_memory = mz.run(tiny[0].parent / "other.toml", progress=None)
    assert mz.compare(other, in_memory).is_same
    with pytest.raises(mz.RunFolderError):
        mz.compare(of_tiny, other, out=tmp_path / "ours")


@pytest.mark.parametrize("ending", ["csv", "dta", "json", "xlsx"])
def test_exports_are_those_of_the_program(
    ending: str, tiny: tuple[Path, Path], of_tiny: mz.Run, tmp_path: Path
) -> None:
    word = "--json" if ending == "json" else f"--{ending}"
    program(
        "export", tiny[1], word, "--table=indicators", "--country=BBB", f"--out={tmp_path}/theirs.{ending}"
    )
    files = of_tiny.export(tmp_path / f"ours.{ending}", table="indicators", country="BBB")
    assert files == [tmp_path / f"ours.{ending}"]
    assert files[0].read_bytes() == (tmp_path / f"theirs.{ending}").read_bytes()
    with pytest.raises(FileExistsError):
        of_tiny.export(files[0], table="indicators", country="CCC")
    of_tiny.export(files[0], table="indicators", country="CCC", replace=True)
    assert files[0].read_bytes() != (tmp_path / f"theirs.{ending}").read_bytes()


def test_a_folder_of_tables_and_a_page_for_browsers(
    tiny: tuple[Path, Path], of_tiny: mz.Run, tmp_path: Path
) -> None:
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
