"""Answers of a run: what people read, and the tables behind it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from monazite import _monazite
from monazite._figure import Figure, Page, write_new
from monazite._monazite import Table


class Answer:
    """An answer: ``str()`` is what the command prints, :attr:`record` all of it for programs, the tables are
    those of its files."""

    __slots__ = ("_files", "_record", "text")

    #: Tables of a run that have the same columns as a csv of the answer.
    _like: ClassVar[Mapping[str, str]] = {}

    text: str
    _record: str
    _files: dict[str, bytes]

    def __init__(self, text: str, record: str, files: Mapping[str, bytes]) -> None:
        self.text = text
        self._record = record
        self._files = dict(files)

    @property
    def record(self) -> Any:
        """All of the answer, as lists and dicts."""
        return json.loads(self._record)

    @property
    def files(self) -> dict[str, bytes]:
        """The files that the command writes with ``--out``, by name."""
        return dict(self._files)

    @property
    def tables(self) -> dict[str, Table]:
        """All of its tables by name."""
        return {name[:-4]: self.table(name[:-4]) for name in self._files if name.endswith(".csv")}

    def table(self, name: str) -> Table:
        """A table by its name. Raises ``KeyError`` if the answer has no such table."""
        file = f"{name}.csv"
        if file not in self._files:
            names = ", ".join(of[:-4] for of in self._files if of.endswith(".csv")) or "none"
            raise KeyError(f"this answer has no table {name}; it has {names}")
        return _monazite.table_of_csv(self._files[file], file, self._like.get(file))

    @property
    def pages(self) -> dict[str, Page]:
        """Its pages by name."""
        return {name: Page(of.decode(), None) for name, of in self._files.items() if name.endswith(".html")}

    def save(self, folder: str | os.PathLike[str], *, replace: bool = False) -> list[Path]:
        """Writes its files into a folder, as the command does with ``--out``."""
        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        return [write_new(place / name, content, replace) for name, content in self._files.items()]

    def __str__(self) -> str:
        return self.text

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(self.text)

    def __repr__(self) -> str:
        names = ", ".join(self._files) or "no files"
        return f"{type(self).__name__}({self.text.splitlines()[0] if self.text else ''!r}; {names})"


class WhatIf(Answer):
    """What a stop costs: :attr:`losses` by importer, :attr:`products`, and :attr:`suppliers` one by one."""

    __slots__ = ()
    _like = {
        "losses.csv": "shock_losses.parquet",
        "products.csv": "shock_products.csv",
        "suppliers.csv": "shock_suppliers.parquet",
    }

    @property
    def losses(self) -> Table:
        """What each importer loses of each product; columns as in ``shock_losses`` of a run."""
        return self.table("losses")

    @property
    def products(self) -> Table:
        """What each product loses; columns as in ``shock_products`` of a run."""
        return self.table("products")

    @property
    def suppliers(self) -> Table:
        """What the stop of every supplier alone would cost the others; columns as in ``shock_suppliers`` of a
        run."""
        return self.table("suppliers")


class Plan(Answer):
    """Whom to buy from instead: :attr:`suppliers`, :attr:`moves`, :attr:`frontier`, and what it does to
    :attr:`others`."""

    __slots__ = ()

    @property
    def suppliers(self) -> Table:
        """Shares now, with the plan, and at most, of each supplier, in both readings."""
        return self.table("suppliers")

    @property
    def moves(self) -> Table:
        """From whom to whom how much moves: share of imports, and amount."""
        return self.table("moves")

    @property
    def frontier(self) -> Table:
        """STR by how much may move."""
        return self.table("frontier")

    @property
    def others(self) -> Table:
        """STR of the other importers, and how the plan changes it."""
        return self.table("others")


class BeforeAfter(Answer):
    """What happened after trade measures: :attr:`estimates`, :attr:`path` year by year, :attr:`placebos`,
    :attr:`products`; for papers in LaTeX and Markdown."""

    __slots__ = ()
    _like = {
        f"{name}.csv": f"before_after/{name}.csv"
        for name in ("estimates", "path", "placebos", "products", "measures")
    }

    @property
    def estimates(self) -> Table:
        """Difference in differences of each measure, outcome and window, with its p-values."""
        return self.table("estimates")

    @property
    def path(self) -> Table:
        """Year by year, relative to the year before the measure, with the cloud of subsets of products."""
        return self.table("path")

    @property
    def placebos(self) -> Table:
        """Every other year as the date, and each control as if it were treated."""
        return self.table("placebos")

    @property
    def products(self) -> Table:
        """Which products are treated, which are controls, and which are left out and why."""
        return self.table("products")

    @property
    def figure(self) -> Figure:
        """The path of each outcome with the cloud of the subsets."""
        svg, numbers = (self._files[name].decode() for name in ("before_after.svg", "path.csv"))
        return Figure("before_after", svg, self.text.splitlines()[0], {"before_after": numbers})

    def to_latex(self) -> str:
        """LaTeX with booktabs rules."""
        return self._files["table.tex"].decode()

    def to_markdown(self) -> str:
        """Markdown with its notes."""
        return self._files["table.md"].decode()


class IndexComparison(Answer):
    """STR beside the indices of others: :attr:`correlations` of ranks, :attr:`disagreements` and why, and what
    each of the :attr:`indices` measures."""

    __slots__ = ()
    _like = {"correlations.csv": "figures/index_correlations.csv"}

    @property
    def correlations(self) -> Table:
        """Spearman's rank correlations of each pair: pooled, inside products, across products."""
        return self.table("correlations")

    @property
    def disagreements(self) -> Table:
        """Importers of products that one index puts high and another low, with the reason from their own
        numbers."""
        return self.table("disagreements")

    @property
    def indices(self) -> Table:
        """What each measures, where it is undefined, and how well it tells who is flagged as dependent."""
        return self.table("indices")


class Ranking:
    """Countries in order: ``str()`` is a table of text; :attr:`table` has the numbers; for papers in LaTeX,
    Markdown and HTML."""

    __slots__ = ("_texts", "table")

    table: Table
    _texts: dict[str, str]

    def __init__(self, texts: dict[str, str], table: Table) -> None:
        self._texts = texts
        self.table = table

    @property
    def title(self) -> str:
        """What is ranked, of what, when."""
        return self._texts["title"]

    def to_latex(self) -> str:
        """LaTeX with booktabs rules."""
        return self._texts["latex"]

    def to_markdown(self) -> str:
        """Markdown with its notes."""
        return self._texts["markdown"]

    def to_html(self) -> str:
        """A page that Word and browsers open."""
        return self._texts["html"]

    def to_csv(self) -> str:
        """csv with raw numbers."""
        return self._texts["csv"]

    def __str__(self) -> str:
        return self._texts["text"]

    def __repr__(self) -> str:
        return f"Ranking({self.title!r}, {len(self.table)} countries)"

    def _repr_html_(self) -> str:
        return Page(self.to_html(), None)._repr_html_()


class Comparison(Answer):
    """Two runs side by side: what differs in what went in and in what came out.

    ``str()`` says it in sentences. Tables: inputs, options, indicators, products, ranks, links, chokepoints,
    levels.
    """

    __slots__ = ("findings", "is_same")

    #: What it comes to, in sentences; the first two are the data of the runs.
    findings: list[str]
    #: Whether no value differs by more than the tolerance.
    is_same: bool

    def __init__(self, findings: list[str], is_same: bool, files: Mapping[str, bytes]) -> None:
        super().__init__("\n".join(findings), files["comparison.json"].decode(), files)
        self.findings = findings
        self.is_same = is_same

    @property
    def page(self) -> Page:
        """All of it as a page."""
        return self.pages["compare.html"]
