"""What is asked of a run: names, years, and options as the command line takes them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

#: Years: one, a list of years, or the first and the last as a text such as "2019-2023".
Years = int | str | Iterable[int] | None
Names = str | Iterable[str] | None

#: How losses pass on and who fills them: the settings of a what-if question.
HOW = (
    "capacity",
    "rationing",
    "priority",
    "exclude",
    "production",
    "power",
    "links",
    "stocks",
    "capacities",
)


def refuse_unknown(call: str, given: Mapping[str, Any], known: Iterable[str]) -> None:
    for name in given:
        if name not in known:
            raise TypeError(f"{call}() has no argument {name}; there are {', '.join(known)}")


_Number = TypeVar("_Number", bound=int | None)


def natural(what: str, number: _Number) -> _Number:
    """A whole number from 0 on, or None; the error of one below 0 names the argument."""
    if isinstance(number, int) and number < 0:
        raise ValueError(f"{what}: {number} is below 0")
    return number


def names_of(what: str, names: Names) -> list[str]:
    if names is None:
        return []
    if not isinstance(names, Iterable):
        raise TypeError(f"{what}: a text or a list of texts is wanted, and this is {type(names).__name__}")
    listed = [names] if isinstance(names, str) else list(names)
    for name in listed:
        if not isinstance(name, str):
            raise TypeError(f"{what}: texts are wanted, and {name!r} is none")
    if not listed:
        raise ValueError(f"{what}: name one at least, or leave it out for all")
    return listed


def years_of(years: Years) -> list[tuple[int, int]]:
    if years is None:
        return []
    if isinstance(years, str):
        first, _, last = years.partition("-")
        try:
            return [(int(first), int(last or first))]
        except ValueError:
            raise ValueError(
                f"year: '{years}' is no year such as 2023, nor years such as 2019-2023"
            ) from None
    listed = [years] if isinstance(years, int) or not isinstance(years, Iterable) else list(years)
    if not listed:
        raise ValueError("year: name one at least, or leave it out for all")
    return [(int(year), int(year)) for year in listed]


def words_of(**options: Any) -> list[str]:
    """Options as the command line takes them; what is None or False is left out."""
    words: list[str] = []
    for name, value in options.items():
        option = "--" + name.rstrip("_").replace("_", "-")
        if value is None or value is False:
            continue
        if value is True:
            words.append(option)
        elif isinstance(value, (str, int, float, os.PathLike)) or hasattr(value, "item"):
            words.append(f"{option}={_word(value)}")
        elif isinstance(value, Iterable):
            value = list(value)
            if not value:
                raise ValueError(f"{name}: name one at least, or leave it out")
            words += [f"{option}={_word(of)}" for of in value]
        else:
            raise TypeError(
                f"{name}: a text, a number or a list is wanted, and this is {type(value).__name__}"
            )
    return words


def _word(value: Any) -> str:
    if isinstance(value, os.PathLike):
        return os.fsdecode(value)
    return str(value.item() if hasattr(value, "item") else value)


def first_and_last(years: Years) -> tuple[int, int] | None:
    ranges = years_of(years)
    if not ranges:
        return None
    asked = sorted({year for first, last in ranges for year in range(first, last + 1)})
    if not asked or asked != list(range(asked[0], asked[-1] + 1)) or not 0 <= asked[0] <= asked[-1] < 10_000:
        raise ValueError(
            f"years: a year, or years that follow one another, are wanted, and this is {years!r}"
        )
    return asked[0], asked[-1]
