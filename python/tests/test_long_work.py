"""Long work: progress, Ctrl-C, threads and forks."""

from __future__ import annotations

import multiprocessing
import threading
import time
import warnings
from pathlib import Path
from typing import Any

import programs
import pytest
from programs import python

import monazite as mz


@pytest.fixture
def tiny() -> tuple[Path, Path]:
    return programs.tiny()


@pytest.fixture
def of_tiny() -> mz.Run:
    return programs.of_tiny()


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
import os, signal, sys, threading
import monazite as mz
told = []
def tell(what, done, total, unit, notes):
    told.append(what)
    if what == sys.argv[3] and told.count(what) == 1:
        threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
study, out = mz.example(), sys.argv[1]
try:
    mz.run(study, out, progress=tell)
except KeyboardInterrupt:
    print("stopped", os.path.exists(out), os.listdir(os.path.dirname(out)))
run = mz.run(sys.argv[2], progress=None, until="indicators")
print("lives", len(run.indicators) > 0)
"""


@pytest.mark.parametrize("stage", ["computing indicators", "typology"])
def test_ctrl_c_stops_a_run_and_the_session_lives(
    stage: str, tiny: tuple[Path, Path], tmp_path: Path
) -> None:
    (tmp_path / "runs").mkdir()
    done = python(_STOPPED, tmp_path / "runs" / "run", tiny[0], stage)
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
