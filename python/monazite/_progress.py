"""How long work says how far it is."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any, TextIO

#: What progress is told to: what is done, how much of it, of how much (0 if not known), the unit, notes.
Teller = Callable[[str, int, int, str, "list[str]"], Any]

_SECONDS = 1.0


class _Lines:
    """Lines on standard error, one a second at most."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream
        self._last = float("-inf")
        self._begun = ""

    def __call__(self, what: str, done: int, total: int, unit: str, notes: list[str]) -> None:
        now = time.monotonic()
        new = what != self._begun
        if not notes and now - self._last < _SECONDS:
            return
        stream = self._stream or sys.stderr
        for note in notes:
            print(note, file=stream)
        if what and (new or now - self._last >= _SECONDS):
            of = f" of {total:,}" if total else ""
            print(f"{what}: {done:,}{of} {unit}", file=stream)
            self._begun = what
        self._last = now

    def close(self) -> None:
        pass


class _Bar:
    """A bar of tqdm."""

    def __init__(self, tqdm: Any) -> None:
        self._tqdm = tqdm
        self._bar: Any = None
        self._what = ""

    def __call__(self, what: str, done: int, total: int, unit: str, notes: list[str]) -> None:
        for note in notes:
            self._tqdm.write(note, file=sys.stderr)
        if not what:
            return
        if self._bar is None or what != self._what or self._bar.total != (total or None):
            self.close()
            in_bytes = unit == "bytes"
            self._bar = self._tqdm(
                desc=what,
                total=total or None,
                unit="B" if in_bytes else f" {unit}",
                unit_scale=in_bytes,
                leave=False,
                file=sys.stderr,
            )
            self._what = what
        self._bar.n = done
        self._bar.refresh()

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


class Telling:
    """What ``progress`` stands for while work goes on: True a bar or lines, a callable itself, None and False
    nothing."""

    def __init__(self, progress: bool | Teller | None) -> None:
        self._shown: _Lines | _Bar | None = None
        self.teller: Teller | None = None
        if progress is True:
            try:
                from tqdm.auto import tqdm
            except ImportError:
                self._shown = _Lines()
            else:
                self._shown = _Bar(tqdm)
            self.teller = self._shown
        elif callable(progress):
            self.teller = progress
        elif progress is not None and progress is not False:
            raise TypeError(
                f"progress: True, None or something to call is wanted, and this is {type(progress).__name__}"
            )

    def __enter__(self) -> Teller | None:
        return self.teller

    def __exit__(self, *_: object) -> None:
        if self._shown is not None:
            self._shown.close()
