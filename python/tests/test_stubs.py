"""The stub of the extension says what the extension has, and the package is typed."""

from __future__ import annotations

import ast
import inspect
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import monazite
from monazite import _monazite

PACKAGE = Path(monazite.__file__).parent
STUB = ast.parse((PACKAGE / "_monazite.pyi").read_text())
# What every class has.
OF_OBJECT = {*dir(object), "__module__"}


def stub_functions(body: list[ast.stmt]) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in body if isinstance(node, ast.FunctionDef)}


def stub_classes() -> dict[str, ast.ClassDef]:
    return {node.name: node for node in STUB.body if isinstance(node, ast.ClassDef)}


def arguments(of: ast.FunctionDef) -> list[tuple[str, Any]]:
    args = of.args
    listed = [arg.arg for arg in [*args.posonlyargs, *args.args, *args.kwonlyargs]]
    names = [name for name in listed if name not in ("self", "cls")]
    given = [*args.defaults, *args.kw_defaults]
    defaults = [ast.literal_eval(value) for value in given if value is not None]
    return list(zip(names, [inspect.Parameter.empty] * (len(names) - len(defaults)) + defaults))


def has_arguments(value: Any) -> list[tuple[str, Any]]:
    parameters = inspect.signature(value).parameters.values()
    return [(of.name, of.default) for of in parameters if of.name not in ("self", "cls", "$self")]


def test_functions() -> None:
    stubs = stub_functions(STUB.body)
    compiled = {name for name, value in vars(_monazite).items() if inspect.isroutine(value)}
    real = {name for name in compiled if not name.startswith("__")}
    assert set(stubs) == real
    for name, stub in stubs.items():
        assert arguments(stub) == has_arguments(getattr(_monazite, name)), name


def test_classes() -> None:
    stubs = stub_classes()
    real = {name for name in vars(_monazite) if inspect.isclass(getattr(_monazite, name))}
    assert set(stubs) == real


@pytest.mark.parametrize("owner", sorted(stub_classes()))
def test_members(owner: str) -> None:
    stubs, real = stub_functions(stub_classes()[owner].body), getattr(_monazite, owner)
    names = {name for name in vars(real) if name not in OF_OBJECT}
    assert names <= set(stubs), f"missing in the stub: {names - set(stubs)}"
    assert set(stubs) <= set(dir(real)), f"not in the extension: {set(stubs) - set(dir(real))}"
    for name, stub in stubs.items():
        decorators = [ast.unparse(of) for of in stub.decorator_list]
        value = inspect.getattr_static(real, name)
        if "property" in decorators:
            assert inspect.isgetsetdescriptor(value), name
        elif name == "__new__":
            assert arguments(stub) == has_arguments(real), name
        elif not (name.startswith("__") and name.endswith("__")):
            assert arguments(stub) == has_arguments(getattr(real, name)), name


def test_the_package_is_typed(tmp_path: Path) -> None:
    assert (PACKAGE / "py.typed").exists()
    pytest.importorskip("mypy")
    # Apart from what is installed beside it, which would be looked at too.
    copy = tmp_path / "monazite"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("*.so", "*.pyd", "__pycache__"))
    files = [str(path) for path in sorted(copy.glob("*.py")) if "spark" not in path.name]
    files.append(str(copy / "_monazite.pyi"))
    how = ["--strict", "--ignore-missing-imports", "--python-version", "3.10"]
    command = [sys.executable, "-m", "mypy", *how, *files]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stdout
