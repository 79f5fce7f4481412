"""Two runs side by side."""

from __future__ import annotations

import os
from pathlib import Path

from monazite import _monazite
from monazite._answers import Comparison
from monazite._progress import Teller, Telling
from monazite._run import Run


def compare(
    first: Run | str | os.PathLike[str],
    second: Run | str | os.PathLike[str],
    *,
    tolerance: float | None = None,
    out: str | os.PathLike[str] | None = None,
    progress: bool | Teller | None = None,
) -> Comparison:
    """Two runs side by side: two vintages of the data, two materials, two settings.

    Two values that differ by no more than ``tolerance`` count as the same. With ``out`` page and tables are
    written too.

    >>> import monazite as mz
    >>> run = mz.run(mz.example(), until="indicators", progress=None)
    >>> mz.compare(run, run).is_same
    True
    """
    pair = [of if isinstance(of, Run) else Run.open(of) for of in (first, second)]
    with Telling(progress) as teller:
        found = _monazite.compare_runs(
            pair[0]._opened, pair[1]._opened, tolerance, None if out is None else Path(out), teller
        )
    return Comparison(*found)
