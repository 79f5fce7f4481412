"""Studies and settings: text, checks, what is wrong."""

from __future__ import annotations

import copy
import os
import pickle
from pathlib import Path

import numpy
import pandas
import pytest
from programs import TINY, copy_of_tiny, program, tiny_flows, tiny_stability

import monazite as mz
from monazite import _study


def test_a_study_file_comes_back_from_its_own_text(tmp_path: Path) -> None:
    file = copy_of_tiny(tmp_path)
    study = mz.Study.from_toml(file)
    assert study.check() == []
    assert (study.name, study.seeds, study.file) == ("Six countries", ["284690"], file)
    again = tmp_path / "tiny" / "again.toml"
    again.write_text(study.to_toml())
    assert mz.Study.from_toml(again).to_toml() == study.to_toml()
    assert mz.Study.from_toml(again) == study, "the same text in the same folder"
    elsewhere = tmp_path / "elsewhere.toml"
    elsewhere.write_text(study.to_toml())
    assert mz.Study.from_toml(elsewhere) != study, "its paths mean other files"
    assert mz.Study.from_toml(file.parent) == study, "a folder stands for the study in it"


def test_keywords_are_the_settings_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text(
        '[study]\nname = "Wörter \\"x\\""\nseeds = ["284690"]\nyears = [2007, 2023]\n[data]\n'
        'trade = "x.zip"\ngovernance = "pv.csv"\n[trade]\nmerge = { CHN = ["CHN", "HKG"] }\n'
        'hubs = ["SGP"]\n[indicators]\ndamping = 0.9\n'
        '[stability]\nmissing = "drop_supplier"\n[chain]\nedges = ["a b.csv"]\n'
    )
    of_file = mz.Study.from_toml(file)
    made = mz.Study(
        seeds=["284690"],
        name='Wörter "x"',
        years=(2007, 2023),
        trade=Path("x.zip"),
        governance="pv.csv",
        trade_settings={"merge": {"CHN": ["CHN", "HKG"]}, "hubs": {"SGP"}},
        indicators={"damping": numpy.float64(0.9), "influence": None},
        stability={"missing": "drop_supplier"},
        chain={"edges": numpy.array(["a b.csv"])},
    )
    assert made.to_toml() == of_file.to_toml()
    assert (
        mz.Study(seeds="284690", study={"name": "A"}).to_toml()
        == mz.Study(seeds=["284690"], name="A").to_toml()
    )


def test_everything_that_is_wrong_is_said_at_once() -> None:
    study = mz.Study(
        seeds=["28469"], trade="no.zip", governance="no.csv", indicators={"damping": 1.5, "dampin": 1}
    )
    keys = [problem.key for problem in study.check()]
    assert keys == ["study.seeds", "indicators.damping", "indicators.dampin"]
    assert all(problem.line is not None for problem in study.check())
    assert "3 problems: see check()" in repr(study)
    with pytest.raises(mz.StudyError) as wrong:
        mz.run(study, progress=None)
    assert [problem.key for problem in wrong.value.problems] == keys
    assert "1.5 is not above 0 and at most 1" in str(wrong.value)
    files = mz.Study(seeds=["284690"], trade="no.zip", governance="no.csv").check()
    assert [problem.key for problem in files] == ["data.trade", "data.governance"]
    assert "there is no no.zip" in files[0].message
    assert isinstance(wrong.value, ValueError)


def test_messages_are_those_of_the_program(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text(
        '[study]\nseeds = [28469]\n[data]\ntrade = "x.zip"\n[indicators]\ndamping = 1.5\n[tarde]\n'
    )
    done = program("check", file, check=False)
    study = mz.Study.from_toml(file)
    assert done.returncode == 1
    for problem in study.check():
        assert str(problem) in done.stderr + done.stdout
    with pytest.raises(mz.StudyError, match="4 problems") as wrong:
        mz.run(file, tmp_path / "run", progress=None)
    assert wrong.value.file == str(file) and not (tmp_path / "run").exists()


def test_wrong_arguments_are_refused_at_once() -> None:
    with pytest.raises(TypeError, match="there is no section indcators of a study; did you mean indicators"):
        mz.Study(seeds=["284690"], indcators={"damping": 0.9})
    with pytest.raises(TypeError, match="indicators: a dict of settings is wanted, and this is float"):
        mz.Study(seeds=["284690"], indicators=0.9)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"indicators.damping: a text, a number.* and this is object"):
        mz.Study(seeds=["284690"], indicators={"damping": object()})
    with pytest.raises(TypeError, match="study.name is given twice"):
        mz.Study(seeds=["284690"], name="A", study={"name": "B"})
    with pytest.raises(TypeError):
        mz.Study(["284690"])  # type: ignore[misc]
    with pytest.raises(FileNotFoundError, match="there is no study no-such.toml"):
        mz.Study.from_toml("no-such.toml")


@pytest.mark.parametrize("text", ["a\nb\tc", 'a " and \\', "\x7f\x00", "ünï", "'''", "# none", ""])
def test_any_text_reaches_the_parser_whole(text: str) -> None:
    study = mz.Study(seeds=["284690"], trade="x", governance="y", name=text)
    problems = [problem for problem in study.check() if problem.key == "study.name"]
    if "\x00" in text:
        assert problems, "control characters are refused by the parser, and not lost on the way"
    else:
        assert study.name == text and not problems


def test_a_study_is_pickled_with_its_tables_and_its_place(tmp_path: Path) -> None:
    study = mz.Study.from_toml(copy_of_tiny(tmp_path))
    assert pickle.loads(pickle.dumps(study)) == study == copy.copy(study)
    frame = pandas.DataFrame(tiny_flows())
    made = mz.Study(seeds=["284690"], trade=frame, governance=tiny_stability(), columns={"value": "value"})
    back = pickle.loads(pickle.dumps(made))
    assert back == made and back.check() == []
    other = frame.copy()
    other.loc[0, "value"] = 1.0
    assert (
        mz.Study(seeds=["284690"], trade=other, governance=tiny_stability(), columns={"value": "value"})
        != made
    )
    assert "trade and governance in memory" in repr(made)
    assert study != "study"


def test_relative_paths_are_those_of_the_folder_that_a_pickle_was_made_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy_of_tiny(tmp_path)
    monkeypatch.chdir(tmp_path / "tiny")
    study = mz.Study(seeds=["284690"], trade="release", governance="pv.csv", chain={"edges": ["chain.csv"]})
    assert study.check() == []
    pickled = pickle.dumps(study)
    monkeypatch.chdir("/")
    assert pickle.loads(pickled).check() == []


def test_parameters_are_those_of_the_engine() -> None:
    table = mz.Study(seeds=["284690"], indicators={"damping": 0.9}).parameters
    rows = dict(
        zip(
            zip(table["section"], table["key"]), zip(table["value"], table["default"], table["documentation"])
        )
    )
    assert rows["indicators", "damping"][:2] == ("0.9", "1.0")
    assert rows["study", "seeds"][0] == '["284690"]'
    assert len(rows) == len(table) > 100
    assert all(documentation.endswith(".") for _, _, documentation in rows.values())
    documented = (TINY.parents[1] / "docs" / "file-formats" / "study.md").read_text()
    assert all(f"`{key}`" in documented for _, key in rows)


def test_the_example_can_be_run_from_anywhere() -> None:
    study = mz.example()
    assert study.check() == [] and study.name and study.file.is_absolute()
    assert (mz.example_data() / "data").is_dir()


def test_options_are_checked_by_name_and_by_value() -> None:
    options = mz.Options(damping=0.9, random_seed=3, typology={"enabled": False})
    assert (
        "[indicators]\ndamping = 0.9" in options.to_toml() and "[study]\nrandom_seed = 3" in options.to_toml()
    )
    assert pickle.loads(pickle.dumps(options)) == options
    assert options != mz.Options(damping=0.8) and mz.Options().to_toml() == ""
    with pytest.raises(TypeError, match="there is no setting dampin; did you mean damping"):
        mz.Options(dampin=0.9)
    with pytest.raises(TypeError, match="there is no setting indicators.dampin; did you mean damping"):
        mz.Options(indicators={"dampin": 0.9})
    with pytest.raises(TypeError, match="measure is one of several sections; say which: stability=.*trade="):
        mz.Options(measure="quantity")
    assert mz.Options(missing="fifty") == mz.Options(stability={"missing": "fifty"})
    with pytest.raises(TypeError, match="enabled is one of several sections; say which: .*regression="):
        mz.Options(enabled=True)
    with pytest.raises(TypeError, match="there is no setting governance"):
        mz.Options(governance="wgi.csv")
    with pytest.raises(mz.StudyError, match="1.5 is not above 0 and at most 1"):
        mz.product_years(tiny_flows(), tiny_stability(), options=mz.Options(damping=1.5))


def test_settings_come_in_any_form() -> None:
    text = mz.Options(damping=0.9).to_toml()
    assert _study.settings_toml(None) == ""
    for options in (mz.Options(damping=0.9), {"damping": 0.9}, {"indicators": {"damping": 0.9}}, text):
        assert _study.settings_toml(options) == text
    assert _study.settings_toml({"study": {"random_seed": 4}}) == mz.Options(random_seed=4).to_toml()
    with pytest.raises(TypeError, match="this is int"):
        _study.settings_toml(3)  # type: ignore[arg-type]
    whole, damped = (
        mz.product_years(tiny_flows(), tiny_stability(), options=options)
        for options in (None, mz.Options(damping=0.5))
    )
    assert whole != damped


def test_nothing_but_the_standard_library_is_imported() -> None:
    from programs import python

    others = ("numpy", "pandas", "polars", "pyarrow", "tqdm")
    code = f"import sys, monazite; print([name for name in {others} if name in sys.modules])"
    assert python(code).stdout.strip() == "[]", os.environ.get("PYTHONPATH")
