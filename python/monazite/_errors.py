"""What can go wrong, one class a kind."""

from __future__ import annotations

from typing import NamedTuple


class MonaziteError(Exception):
    """Anything that monazite refuses, or cannot do."""


class MonaziteWarning(UserWarning):
    """What a reader of the numbers should know."""


class InputError(MonaziteError, ValueError):
    """A table or a file is wrong.

    What is known of the place is in ``file``, ``line``, ``column`` and ``value``.
    """

    def __init__(
        self,
        message: str,
        file: str | None = None,
        line: int | None = None,
        column: str | None = None,
        value: str | None = None,
    ) -> None:
        super().__init__(message, file, line, column, value)
        self.file = file
        self.line = line
        self.column = column
        self.value = value

    def __str__(self) -> str:
        return str(self.args[0])


class Problem(NamedTuple):
    """One thing that is wrong with a study."""

    line: int | None
    key: str
    message: str

    def __str__(self) -> str:
        line = "" if self.line is None else f"line {self.line}: "
        key = f"{self.key}: " if self.key else ""
        return f"{line}{key}{self.message}"


class StudyError(MonaziteError, ValueError):
    """A study cannot be run; ``problems`` has everything that is wrong with it, ``file`` where it stands."""

    def __init__(self, message: str, file: str = "", problems: list[Problem] | None = None) -> None:
        super().__init__(message, file, problems or [])
        self.file = file
        self.problems: list[Problem] = problems or []

    def __str__(self) -> str:
        return str(self.args[0])


class _WithPlace(MonaziteError):
    def __init__(
        self,
        message: str,
        file: str | None = None,
        line: int | None = None,
        column: str | None = None,
        value: str | None = None,
    ) -> None:
        super().__init__(message, file, line, column, value)
        self.file = file

    def __str__(self) -> str:
        return str(self.args[0])


class StoreError(_WithPlace):
    """A store of trade cannot be made or read."""


class ChainError(_WithPlace):
    """A value chain cannot be read or built."""


class RunFolderError(_WithPlace):
    """A folder is no run, or a run that cannot be read or written."""


class Cancelled(_WithPlace):
    """The work was asked to stop, and has."""


for _class in (
    MonaziteError,
    MonaziteWarning,
    InputError,
    Problem,
    StudyError,
    StoreError,
    ChainError,
    RunFolderError,
    Cancelled,
):
    # Where they are to be imported from, and how a traceback shows them.
    _class.__module__ = "monazite"
