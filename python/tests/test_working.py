"""Long calls: other threads get turns, Ctrl-C ends them, a fork after them works, progress is told."""

from __future__ import annotations

import multiprocessing
import signal
import subprocess
import sys
import threading
import time
from typing import Any

import numpy as np
import pytest

import monazite as mz

LONG = """
import sys, time, warnings
import numpy as np
import monazite as mz
warnings.simplefilter("ignore")
rng = np.random.default_rng(1)
n = 3_000
rows = {"a": rng.random(n), "b": rng.random(n), "c": rng.random(n)}
print("ready", flush=True)
"""


def flows(product_years: int, countries: int = 60) -> dict[str, Any]:
    """So many product-years in which everybody trades with everybody."""
    names = np.array([f"A{one}{other}" for one in "ABCDEFGH" for other in "ABCDEFGHIJ"][:countries])
    exporter, importer = (names[at] for at in np.nonzero(~np.eye(countries, dtype=bool)))
    rows = len(exporter)
    rng = np.random.default_rng(5)
    return {
        "year": np.repeat(np.arange(product_years) % 4 + 2000, rows),
        "product": np.repeat(np.arange(product_years) // 4 * 7 + 100_110, rows),
        "exporter": np.tile(exporter, product_years).tolist(),
        "importer": np.tile(importer, product_years).tolist(),
        "value": rng.lognormal(size=rows * product_years),
    }


def stability(countries: int = 60) -> dict[str, Any]:
    names = [f"A{one}{other}" for one in "ABCDEFGH" for other in "ABCDEFGHIJ"][:countries]
    return {"iso3": names, "year": [2000] * countries, "pv": np.linspace(1, 99, countries)}


OPTIONS = {"data": {"extract": False}}
_FLOWS = flows(80)


def risk(threads: int | None = None, **more: Any) -> mz.Table:
    return mz.product_years(_FLOWS, stability(), indicators=["str"], options=OPTIONS, threads=threads, **more)


pytestmark = pytest.mark.filterwarnings("ignore::monazite.MonaziteWarning")


def test_other_threads_get_turns() -> None:
    rng = np.random.default_rng(2)
    rows = {"a": rng.random(4000), "b": rng.random(4000)}
    stop, longest = threading.Event(), [0.0]

    def count() -> None:
        last = time.perf_counter()
        while not stop.is_set():
            time.sleep(0.001)
            now = time.perf_counter()
            longest[0], last = max(longest[0], now - last), now

    other = threading.Thread(target=count)
    other.start()
    begun = time.perf_counter()
    mz.umap(rows, epochs=500, threads=1)
    took = time.perf_counter() - begun
    stop.set()
    other.join()
    assert took > 0.1, "too short to show anything"
    assert longest[0] < took / 2, f"waited {longest[0]:.2f} of {took:.2f} s"


def in_child(send: Any) -> None:
    send.send(risk(threads=2)["str"])


def test_a_fork_after_a_call_with_threads() -> None:
    # More than one chunk of work, and all threads have worked before the fork.
    expected = risk(threads=2)["str"]
    receive, send = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=in_child, args=(send,))
    child.start()
    try:
        assert receive.poll(30), "the child hangs"
        assert receive.recv() == expected
    finally:
        child.kill()
        child.join()


def test_ctrl_c_ends_a_call_and_the_session_lives() -> None:
    code = LONG + (
        "try:\n"
        "    mz.umap(rows, epochs=1_000_000, threads=2)\n"
        "except KeyboardInterrupt:\n"
        "    print('interrupted', flush=True)\n"
        "print(len(mz.umap({k: v[:100] for k, v in rows.items()}, epochs=10)), flush=True)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "ready\n"
        time.sleep(1.5)
        assert process.poll() is None
        begun = time.perf_counter()
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "interrupted\n"
        assert time.perf_counter() - begun < 1.0
        assert process.stdout.readline() == "100\n"
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()


def test_progress_is_told_and_may_stop_the_call() -> None:
    told: list[tuple[Any, ...]] = []
    risk(progress=lambda *news: told.append(news))
    what, done, total, unit, notes = told[-1]
    assert (what, done, total, unit, notes) == ("computing indicators", 80, 80, "product-years", [])

    def enough(*_: Any) -> None:
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        risk(progress=enough)


def test_threads_do_not_change_a_bit() -> None:
    one, two = risk(threads=1), risk(threads=2)
    assert one == two and len(one) == 80 * 60


def test_import_is_quick() -> None:
    def said(code: str) -> str:
        return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout

    # CPU, so that a busy machine does not matter.
    code = "import time; t = time.process_time(); import monazite; print(time.process_time() - t)"
    assert min(float(said(code)) for _ in range(5)) < 0.1
    others = "('numpy', 'pandas', 'polars', 'pyarrow')"
    assert said(f"import sys, monazite; print(*(m for m in {others} if m in sys.modules))") == "\n"
