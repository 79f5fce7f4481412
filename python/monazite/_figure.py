"""Figures and pages of a run, as a notebook shows them and as files."""

from __future__ import annotations

import html
import os
from pathlib import Path

from monazite import _monazite
from monazite._monazite import Table


def write_new(path: str | os.PathLike[str], content: bytes, replace: bool) -> Path:
    """Writes a file that appears whole or not at all. Raises ``FileExistsError`` for other content unless it
    may be replaced."""
    place = Path(path)
    if place.is_dir():
        raise IsADirectoryError(f"{place}: this is a folder; name a file in it")
    if not place.parent.is_dir():
        raise FileNotFoundError(f"{place}: there is no folder {place.parent}; make it first")
    if place.exists() and not replace and place.read_bytes() != content:
        raise FileExistsError(
            f"{place}: there is a file with other content; choose another name, or say replace=True"
        )
    partial = place.with_name(f".{place.name}.{os.getpid()}.partial")
    try:
        partial.write_bytes(content)
        os.replace(partial, place)
    finally:
        partial.unlink(missing_ok=True)
    return place


class Figure:
    """A figure of a run: drawing, caption and the numbers that it draws. A notebook shows it.

    >>> import monazite as mz
    >>> run = mz.run(mz.example(), until="indicators", progress=None)
    >>> figure = run.figure("map", indicator="hhi", product="284690", year=2023)
    >>> figure, figure.svg[:4], figure.data.column_names[:2]
    (Figure('map_hhi_284690'), '<svg', ['country', 'name'])
    """

    __slots__ = ("_tables", "caption", "name", "svg")

    name: str
    svg: str
    caption: str
    _tables: dict[str, str]

    def __init__(self, name: str, svg: str, caption: str, tables: dict[str, str]) -> None:
        self.name = name
        self.svg = svg
        self.caption = caption
        self._tables = tables

    @property
    def data(self) -> Table:
        """The numbers that it draws."""
        name = self.name if self.name in self._tables else next(iter(self._tables))
        return self._table(name)

    @property
    def tables(self) -> dict[str, Table]:
        """All tables that belong to it, by name: the numbers that it draws, and others that its caption
        names."""
        return {name: self._table(name) for name in self._tables}

    @property
    def csv(self) -> dict[str, str]:
        """The same tables as csv, as they stand in a run folder."""
        return dict(self._tables)

    def _table(self, name: str) -> Table:
        file = f"figures/{name}.csv"
        return _monazite.table_of_csv(self._tables[name].encode(), file, file)

    def save(self, path: str | os.PathLike[str], *, replace: bool = False) -> Path:
        """Writes the figure as .svg, .png (300 dots an inch) or .pdf, by the ending of the name.

        Raises ``ValueError`` for another ending, ``FileExistsError`` for a file with other content unless
        ``replace``.
        """
        ending = Path(path).suffix.lower()
        if ending == ".svg":
            content = self.svg.encode()
        elif ending in (".png", ".pdf"):
            png, pdf = _monazite.print_svg(self.svg)
            content = png if ending == ".png" else pdf
        else:
            raise ValueError(f"{path}: a figure is written as .svg, .png or .pdf")
        return write_new(path, content, replace)

    def _repr_svg_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return f"Figure({self.name!r})"


class Page:
    """A page of a run. A notebook shows it in a frame of its own, so that its styles touch nothing else."""

    __slots__ = ("html", "path")

    #: The page.
    html: str
    #: Its file in the run folder; None if it is in memory only.
    path: Path | None

    def __init__(self, text: str, path: Path | None) -> None:
        self.html = text
        self.path = path

    def save(self, path: str | os.PathLike[str], *, replace: bool = False) -> Path:
        """Writes the page. Raises ``FileExistsError`` for a file with other content unless ``replace``."""
        return write_new(path, self.html.encode(), replace)

    def _repr_html_(self) -> str:
        page = html.escape(self.html, quote=True)
        style = "width:100%;height:720px;border:1px solid #ccc"
        # No origin of its own: a page cannot reach the notebook.
        return f'<iframe sandbox="allow-scripts" style="{style}" srcdoc="{page}"></iframe>'

    def __repr__(self) -> str:
        return f"Page({str(self.path)!r})" if self.path else f"Page of {len(self.html):,} characters"
