"""All examples in docstrings run, those of the extension's classes and functions too."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

import monazite
from monazite import _monazite


def modules() -> Iterator[ModuleType]:
    yield monazite
    for found in pkgutil.iter_modules(monazite.__path__):
        if found.name in ("__main__", "spark", "_spark"):
            # The command runs when it is imported; Spark has tests of its own.
            continue
        yield importlib.import_module(f"monazite.{found.name}")


def is_documented(value: Any) -> bool:
    return inspect.isroutine(value) or inspect.isclass(value) or inspect.isdatadescriptor(value)


def documented(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """Every docstring of a class or function; the standard finder does not look into compiled ones."""
    doc = getattr(value, "__doc__", None)
    if isinstance(doc, str) and ">>>" in doc:
        yield name, doc
    if inspect.isclass(value):
        for member, of in vars(value).items():
            if not member.startswith("__") and is_documented(of):
                yield from documented(f"{name}.{member}", of)


def examples() -> Iterator[tuple[str, str]]:
    seen = set()
    for module in modules():
        for name, value in [("", module), *vars(module).items()]:
            own = getattr(value, "__module__", module.__name__) or ""
            if name.startswith("__") or not own.startswith("monazite") and own != "builtins":
                continue
            if value is not module and not is_documented(value):
                continue
            for place, doc in documented(f"{module.__name__}.{name}".rstrip("."), value):
                if doc not in seen:
                    seen.add(doc)
                    yield place, doc


EXAMPLES = dict(examples())


def test_there_are_examples_of_everything_that_is_public() -> None:
    functions = [name for name in monazite.__all__ if inspect.isroutine(getattr(monazite, name))]
    assert len(functions) >= 14
    for name in functions:
        assert ">>>" in (getattr(monazite, name).__doc__ or ""), f"{name} has no example"
    assert any("Table" in place for place in EXAMPLES)


def test_everything_compiled_says_what_it_is() -> None:
    for owner in (_monazite.Table, _monazite.Regression):
        for name, value in vars(owner).items():
            if not name.startswith("_") and is_documented(value):
                assert value.__doc__, f"{owner.__name__}.{name} says nothing"


@pytest.mark.filterwarnings("ignore::monazite.MonaziteWarning")
@pytest.mark.parametrize("place", EXAMPLES)
def test_example(place: str) -> None:
    test = doctest.DocTestParser().get_doctest(EXAMPLES[place], {}, place, None, 0)
    told: list[str] = []
    failed, tried = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=told.append)
    assert tried > 0 and failed == 0, "".join(told)
