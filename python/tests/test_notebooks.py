"""The notebooks: each is a script of cells, with what a cell gives below it in lines that begin with `#>`.

A cell begins with `# %%`; editors and jupytext open such a file as a notebook. MONAZITE_REGENERATE=1 writes what the cells give into the files.
"""

from __future__ import annotations

import ast
import contextlib
import io
import os
from pathlib import Path
from typing import Any

import pytest

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.py"))


def cells_of(text: str) -> list[list[str]]:
    """The lines of each cell, the line that begins it among them; what stands above the first is a cell too."""
    cells: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.startswith("# %%"):
            cells.append([])
        cells[-1].append(line)
    return cells


def given_by(code: str, names: dict[str, Any], file: str) -> list[str]:
    """What a cell prints, and the value of its last line, as a notebook shows them."""
    module = ast.parse(code, file)
    last = module.body.pop() if module.body and isinstance(module.body[-1], ast.Expr) else None
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(module, file, "exec"), names)
        if last is not None:
            value = eval(compile(ast.Expression(last.value), file, "eval"), names)
            if value is not None:
                print(value)
    return [f"#> {line}".rstrip() for line in out.getvalue().splitlines()]


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_what_the_cells_give_is_what_stands_below_them(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "agg")
    names: dict[str, Any] = {"__name__": "__main__"}
    as_it_is, as_found = [], []
    for cell in cells_of(file.read_text(encoding="utf-8")):
        code = [line for line in cell if not line.startswith("#>")]
        while code and not code[-1].strip():
            code.pop()
        shown = given_by("\n".join(code), names, str(file))
        as_it_is.append("\n".join([*code, *(line for line in cell if line.startswith("#>"))]))
        as_found.append("\n".join([*code, *shown]))
    if os.environ.get("MONAZITE_REGENERATE") == "1":
        file.write_text("\n\n".join(as_found).strip() + "\n", encoding="utf-8")
    else:
        assert as_found == as_it_is


def test_there_are_notebooks_and_each_shows_something() -> None:
    assert len(NOTEBOOKS) == 4
    for file in NOTEBOOKS:
        assert file.read_text(encoding="utf-8").count("\n#> ") >= 3, file.name
