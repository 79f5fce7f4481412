"""Runs: made of a study, read, drawn and asked."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from monazite import _monazite
from monazite._answers import BeforeAfter, IndexComparison, Plan, Ranking, WhatIf
from monazite._arguments import HOW, Names, Years, names_of, natural, refuse_unknown, words_of, years_of
from monazite._figure import Figure, Page
from monazite._monazite import Table
from monazite._progress import Teller, Telling
from monazite._study import Study


def run(
    study: Study | str | os.PathLike[str],
    out: str | os.PathLike[str] | None = None,
    *,
    threads: int | None = None,
    progress: bool | Teller | None = True,
    until: str = "report",
) -> Run:
    """Runs a study, and gives the finished run.

    ``study`` is a :class:`Study` or the path of a study file. The run goes into the folder ``out``, or into
    memory if that is left out; names and bytes of its tables are the same. ``until="indicators"`` stops after
    the tables of the panel. ``progress`` is True for a bar (of tqdm, or lines on standard error), None for
    silence, or a function that is called with what is done, how much of it, of how much (0 if not known), the
    unit, and a list of notes. Results do not depend on ``threads``.

    Ctrl-C ends it with ``KeyboardInterrupt``; so does an exception of the function. Nothing is half-written
    then: the folder is as it was before.

    Raises :class:`StudyError` with everything that is wrong with the study, :class:`InputError` for data,
    ``FileNotFoundError``, :class:`StoreError`, :class:`ChainError`, and :class:`RunFolderError` if the folder
    cannot be taken.

    >>> import monazite as mz
    >>> flows = {
    ...     "year": [2019, 2019, 2019],
    ...     "product": ["284690", "284690", "284690"],
    ...     "exporter": ["CHN", "CHN", "MYS"],
    ...     "importer": ["USA", "MYS", "USA"],
    ...     "value": [60.0, 30.0, 20.0],
    ... }
    >>> stability = {"iso3": ["CHN", "MYS", "USA"], "year": [2019, 2019, 2019], "pv": [38.1, 51.9, 57.6]}
    >>> study = mz.Study(name="Three countries", seeds=["284690"], trade=flows, governance=stability)
    >>> run = mz.run(study, until="indicators", progress=None)
    >>> run
    Run in memory: Three countries
    >>> run.table("indicators", country="USA", columns=["country", "imports", "hhi"]).to_dict()
    {'country': ['USA'], 'imports': [80.0], 'hhi': [0.625]}
    """
    if not isinstance(study, Study):
        study = Study.from_toml(study)
    with Telling(progress) as teller:
        opened = _monazite.run_study(
            study._text,
            study._trade,
            study._governance,
            study._columns,
            study._country_codes,
            None if out is None else Path(out),
            until,
            natural("threads", threads),
            teller,
        )
    return Run(opened)


class Run:
    """A finished run: its tables, figures, report, and what it answers. Made by :func:`run`, or opened with
    :meth:`open`.

    Nothing here ever writes into the run. Every file is checked against the manifest when it is read.

    >>> import monazite as mz
    >>> run = mz.run(mz.example(), until="indicators", progress=None)
    >>> run.indicators.column_names[:4]
    ['year', 'product', 'country', 'imports']
    >>> run.rank("hhi", product="284690", year=2023, top=3).table["rank"]
    [1, 2, 3]
    >>> table = run.table("indicators", country="Japan", product="284690", year="2021-2023", columns=["year"])
    >>> table["year"]
    [2021, 2022, 2023]
    >>> answer = run.what_if(without="China", product="284690", year=2023)
    >>> answer.losses.column_names[:3]
    ['scenario', 'year', 'chain']
    """

    __slots__ = ("_opened",)

    _opened: _monazite.OpenRun

    def __init__(self, opened: _monazite.OpenRun) -> None:
        self._opened = opened

    @classmethod
    def open(cls, folder: str | os.PathLike[str]) -> Run:
        """Opens the folder of a finished run.

        Raises ``FileNotFoundError`` if there is no such folder, :class:`RunFolderError` if it is no run, is
        damaged, or was made by a version that writes another format.
        """
        return cls(_monazite.OpenRun.open(Path(folder)))

    @property
    def folder(self) -> Path | None:
        """Its folder; None of a run in memory."""
        folder = self._opened.folder
        return None if folder is None else Path(folder)

    @property
    def files(self) -> list[str]:
        """Names of its files."""
        return self._opened.files

    def read(self, name: str) -> bytes:
        """A file of the run. Raises ``KeyError`` if it has none of this name, :class:`RunFolderError` if it
        was changed."""
        return self._opened.read(name)

    @property
    def manifest(self) -> dict[str, Any]:
        """What was run: version, data, settings, account of the rows, notes, checksums."""
        manifest: dict[str, Any] = json.loads(self._opened.manifest())
        return manifest

    @property
    def study(self) -> Study:
        """The study as the run resolved it. Its paths are relative to where the study file was."""
        return Study._of(self._opened.study())

    @property
    def notes(self) -> list[str]:
        """What a reader of the numbers should know."""
        manifest = self.manifest
        shocks = manifest.get("shocks") or {}
        return [*manifest.get("notes", []), *shocks.get("notes", [])]

    @property
    def findings(self) -> list[str]:
        """What the numbers carry, in sentences, as the report has them."""
        return self._opened.findings()

    @property
    def tables(self) -> dict[str, str]:
        """Names of its tables, each with what it says in a line."""
        return {name: title.rstrip(".") for name, title, _ in self._opened.tables()}

    def table(
        self,
        name: str,
        *,
        country: Names = None,
        supplier: Names = None,
        product: Names = None,
        year: Years = None,
        columns: Iterable[str] | None = None,
        names: bool = False,
    ) -> Table:
        """A table of the run, whole or narrowed, as ``monazite export`` narrows it.

        ``country`` takes the rows about some countries (columns country, importer, group), ``supplier`` those
        they buy from, both by code or name; ``product`` codes or beginnings of codes; ``year`` a year,
        several, or a range such as "2019-2023"; ``columns`` only some, in that order. ``names`` puts names of
        countries and texts of products beside the codes. "shares" has all suppliers of all importers, where
        the run keeps its flows.

        Raises :class:`InputError` for a table, country, product, year or column that the run does not have,
        with what is near to it.
        """
        asked = None if columns is None else [columns] if isinstance(columns, str) else list(columns)
        if asked is not None and not asked:
            raise ValueError("columns: name one at least, or leave it out for all")
        return self._opened.table(
            name,
            names_of("country", country),
            names_of("supplier", supplier),
            names_of("product", product),
            years_of(year),
            asked or [],
            names,
        )

    def columns(self, name: str) -> Table:
        """The columns of a table: name, kind, label, unit, range, definition, when a cell is null, and the
        page of docs/methods.
        """
        return self._opened.columns(name)

    @property
    def indicators(self) -> Table:
        """Every indicator of every product, year and country."""
        return self.table("indicators")

    @property
    def trends(self) -> Table:
        """World means by product and year."""
        return self.table("trends")

    @property
    def countries(self) -> Table:
        """The countries, with their names."""
        return self.table("countries")

    @property
    def products(self) -> Table:
        """The products of the study, with their texts."""
        return self.table("products")

    @property
    def shares(self) -> Table:
        """All suppliers of all importers. Raises :class:`InputError` if the run keeps no flows
        (``output.flows``)."""
        return self.table("shares")

    @property
    def chain(self) -> Table:
        """The links of the value chain."""
        return self.table("chain/edges")

    @property
    def uncertainty(self) -> dict[str, Table]:
        """How far STR is known: bands of draws of political stability, by table; empty where the run has
        none."""
        return {
            name: self.table(name) for name in ("bands", "band_means", "band_changes") if name in self.tables
        }

    @property
    def figures(self) -> dict[str, str]:
        """Names of figures, each with the question that it answers; "map" and "trend" show any indicator."""
        names = {name: question for name, question, _, _ in _monazite.figure_names()}
        return {**names, "map": "Where in the world?", "trend": "How did it move over the years?"}

    def figure(
        self,
        name: str,
        *,
        country: Names = None,
        year: int | None = None,
        product: Names = None,
        indicator: str = "str",
        supplier: str | None = None,
        reading: str | None = None,
        size: str | None = None,
    ) -> Figure:
        """A figure, drawn from the tables of the run; nothing is written into it.

        ``size`` is one_column, two_columns or slide; that of the study if left out. What is left out
        otherwise is as the study says. The figures of a study (:attr:`figures`) take one ``country`` and a
        ``year`` where they tell them apart. "map" takes ``indicator`` (or "pv", or "share" of a
        ``supplier``), ``product``, ``year`` and ``reading``; "trend" takes ``indicator``, several products or
        several countries.

        Raises :class:`InputError` for a figure, country, product or year that there is not,
        :class:`MonaziteError` where the run has nothing that the figure could show.
        """
        if name == "map":
            if country is not None:
                raise TypeError("country: a map shows all of them")
            products = names_of("product", product)
            if len(products) > 1:
                raise ValueError("product: a map shows one product, or the whole chain")
            one = products[0] if products else None
            parts = _monazite.figure_of_map(self._opened, indicator, supplier, one, year, size, reading)
        elif name == "trend":
            if year is not None or reading is not None:
                raise TypeError("year, reading: a trend shows all years, and both readings")
            countries, products = names_of("country", country), names_of("product", product)
            parts = _monazite.figure_of_trend(self._opened, indicator, supplier, products, countries, size)
        else:
            if product is not None or supplier is not None or reading is not None or indicator != "str":
                raise TypeError(
                    "product, indicator, supplier, reading: they go with the figures map and trend"
                )
            if country is not None and not isinstance(country, str):
                raise TypeError("country: a figure shows one country; leave it out for those of the study")
            parts = _monazite.figure_of_list(self._opened, name.replace("-", "_"), country, year, size)
        return Figure(*parts)

    def report(self) -> Page:
        """The report. Raises :class:`InputError` if the run stopped before it."""
        if "report.html" not in self.files:
            from monazite._errors import InputError

            raise InputError('this run has no report; run its study with until="report"')
        folder = self.folder
        return Page(self.read("report.html").decode(), None if folder is None else folder / "report.html")

    def brief(
        self, *names: str, product: Names = None, year: int | None = None, side_by_side: bool = False
    ) -> Page | dict[str, Page]:
        """A brief of a country, a group or a product: one page to hand on; several are given by name.

        ``names`` are countries and groups, by code or name. ``side_by_side`` puts two to four on one page.
        Nothing is written into the run; :meth:`Page.save` writes it elsewhere.

        Raises :class:`InputError` for a country, product or year that the run does not have.
        """
        products = names_of("product", product)
        if not names and not products:
            raise TypeError("brief: name a country or a product")
        pages = self._opened.briefs(list(names), products, year, side_by_side)
        made = {file.removeprefix("briefs/").removesuffix(".html"): Page(text, None) for file, text in pages}
        return next(iter(made.values())) if len(made) == 1 else made

    def rank(
        self,
        by: str = "str",
        *,
        supplier: str | None = None,
        product: str | None = None,
        year: int | None = None,
        top: int | None = None,
        ascending: bool = False,
        all: bool = False,
        reading: str | None = None,
    ) -> Ranking:
        """Countries in the order of an indicator, of "pv", or of the "share" of a supplier in their imports.

        Without ``product`` all products of the chain count together. Countries with less than a thousandth of
        world imports are not ranked unless ``all``.
        """
        if by.lower() == "share" and supplier is None:
            raise TypeError('by="share": say whose share with supplier, such as supplier="CHN"')
        texts, table = self._opened.rank(by, supplier, product, year, top, ascending, all, reading)
        return Ranking(texts, table)

    def what_if(
        self,
        without: Names = None,
        product: Names = None,
        *,
        year: int | None = None,
        cut: float | None = None,
        to: Names = None,
        production_loss: float | None = None,
        capacity: float | None = None,
        rationing: str | None = None,
        priority: Names = None,
        exclude: Names = None,
        production: str | None = None,
        power: float | None = None,
        links: str | os.PathLike[str] | None = None,
        stocks: str | os.PathLike[str] | None = None,
        capacities: str | os.PathLike[str] | None = None,
        progress: bool | Teller | None = None,
    ) -> WhatIf:
        """What it costs if suppliers stop: who loses how much, how far down the chain, and who could fill it.

        ``without`` names who stops and ``product`` what; without either, the scenarios of the study. ``cut``
        is the share of exports that is cut (all of it), ``to`` the customers it is cut to,
        ``production_loss`` the share of production that is lost. The others are the settings of ``[shocks]``;
        what is left out is as in the study. The answer and its tables are those of ``monazite what-if``.

        Raises :class:`InputError` for what the run does not have, or does not go together.
        """
        words = words_of(
            without=without,
            product=product,
            year=year,
            cut=cut,
            to=to,
            production_loss=production_loss,
            capacity=capacity,
            rationing=rationing,
            priority=priority,
            exclude=exclude,
            production=production,
            power=power,
            links=links,
            stocks=stocks,
            capacities=capacities,
        )
        return self._what_if(words, progress)

    def event(
        self, name: str, *, year: int | None = None, progress: bool | Teller | None = None, **how: Any
    ) -> WhatIf:
        """An event of the past as a scenario, such as "graphite-2023"; ``how`` are the settings of
        :meth:`what_if`.

        Raises :class:`InputError` for an event that there is not, with those that there are.
        """
        refuse_unknown("event", how, HOW)
        return self._what_if(words_of(event=name, year=year, **how), progress)

    def chokepoints(
        self,
        product: Names = None,
        *,
        year: int | None = None,
        top: int | None = None,
        worst: int | None = None,
        exclude: Names = None,
        progress: bool | Teller | None = None,
    ) -> WhatIf:
        """Whose stop would cost the others most; with ``worst`` which so many suppliers of the product
        together.

        Products in focus if left out. :attr:`WhatIf.suppliers` has every supplier.
        """
        if product is None:
            # Without a product the scenarios of the study would be meant.
            product = self._opened.focus()
        return self._what_if(
            words_of(product=product, year=year, top=top, worst=worst, exclude=exclude), progress
        )

    def _what_if(self, words: list[str], progress: bool | Teller | None) -> WhatIf:
        with Telling(progress) as teller:
            return WhatIf(*self._opened.ask("what-if", words, teller))

    def diversify(
        self,
        country: str | None = None,
        *,
        product: str,
        year: int | None = None,
        objective: str | None = None,
        move: float | None = None,
        keep: float | None = None,
        capacity: float | None = None,
        capacity_of: str | None = None,
        exclude: Names = None,
        min_supplier_share: float | None = None,
        swap: str | None = None,
        all: str | None = None,
        progress: bool | Teller | None = None,
    ) -> Plan:
        """Whom a country could buy a product from instead, how far that lowers its risk, and what it does to
        others.

        ``objective`` is str (risk), hhi, largest or worst-stop; ``move`` the largest share of imports that
        moves. ``swap`` moves a share from one supplier to another, such as "CHN:JPN:0.05"; ``all``
        ("simultaneous" or "sequential") has everybody do it.

        Raises :class:`InputError` for what the run does not have, or does not go together.
        """
        words = words_of(
            country=country,
            product=product,
            year=year,
            objective=objective,
            move=move,
            keep=keep,
            capacity=capacity,
            capacity_of=capacity_of,
            exclude=exclude,
            min_supplier_share=min_supplier_share,
            swap=swap,
            all=all,
        )
        with Telling(progress) as teller:
            return Plan(*self._opened.ask("diversify", words, teller))

    def before_after(
        self,
        table: str | os.PathLike[str] | None = None,
        *,
        outcomes: Names = None,
        by: str | None = None,
        pre: int | None = None,
        post: int | None = None,
        later: int | Iterable[int] | None = None,
        exclude: Names = None,
        keep_chain: bool = False,
        keep_breaks: bool = False,
        complete: str | None = None,
        permutations: int | None = None,
        progress: bool | Teller | None = None,
    ) -> BeforeAfter:
        """What happened to prices, trade and risk after trade measures, beside products without one?

        ``table`` is a file with product, exporter, from, to and measure; the study's (``[event]``) if None.
        ``pre`` and ``post`` are the years of the base and those compared with it, ``by`` is "product" or
        "importer"; the others are the settings of ``[event]``; what is left out is as in the study. It cannot
        tell the measure from what else happened at its date (`docs/methods/27-before-and-after.md`).

        Raises :class:`InputError` for a table that is wrong or does not fit the run.
        """
        words = words_of(
            table=table,
            outcomes=outcomes,
            by=by,
            pre=pre,
            post=post,
            later=later,
            exclude=exclude,
            keep_chain=keep_chain,
            keep_breaks=keep_breaks,
            complete=complete,
            permutations=permutations,
        )
        with Telling(progress) as teller:
            return BeforeAfter(*self._opened.ask("event", words, teller))

    def compare_indices(
        self,
        year: int | None = None,
        *,
        min_imports: float | None = None,
        min_case: float | None = None,
        cases: int | None = None,
    ) -> IndexComparison:
        """How alike are STR and the indices of others, and where do they disagree most?

        ``year`` is the last if None; ``min_imports`` and ``min_case`` are the imports (USD) that an importer
        of a product needs to count at all, and to be shown as a case.

        Raises :class:`InputError` if the run has no indices.
        """
        words = words_of(years=year, min_imports=min_imports, min_case=min_case, cases=cases)
        return IndexComparison(*self._opened.ask("indices", words, None))

    def export(
        self,
        path: str | os.PathLike[str],
        *,
        format: str | None = None,
        table: Names = None,
        country: Names = None,
        supplier: Names = None,
        product: Names = None,
        year: Years = None,
        columns: Names = None,
        replace: bool = False,
        progress: bool | Teller | None = None,
    ) -> list[Path]:
        """Writes tables for other programs, as ``monazite export`` does, and gives the files.

        ``format`` is xlsx, csv, dta (Stata) or json; the ending of ``path`` says it if left out. Several
        tables go into a folder, but for xlsx. ``table`` names them; "all" for every table; the usual ones if
        left out.

        Raises :class:`InputError` for what the run does not have, ``FileExistsError`` for a file with other
        content unless ``replace``.
        """
        known = ("xlsx", "csv", "dta", "json")
        ending = Path(path).suffix.lower().removeprefix(".")
        form = format or (ending if ending in known else None)
        if form not in known:
            raise ValueError(f"format: write one of {', '.join(known)}, or a path that ends so")
        words = words_of(
            out=Path(path),
            table=table,
            country=country,
            supplier=supplier,
            product=product,
            year=[f"{first}-{last}" for first, last in years_of(year)] or None,
            columns=columns,
            replace=replace,
        )
        if form != "json":
            words.append(f"--{form}")
        with Telling(progress) as teller:
            files, _ = self._opened.export(words, form == "json", teller)
        return [Path(file) for file in files]

    def explorer(self, folder: str | os.PathLike[str], *, progress: bool | Teller | None = None) -> Path:
        """Writes the page that shows the run in a browser, with its data, into a folder; gives its
        ``index.html``.

        Browsers read it from a server only: ``python -m http.server --directory FOLDER``. ``monazite explore
        RUN`` serves and opens it at once, and computes what it has not beforehand.

        Raises :class:`InputError` for a run in memory, :class:`RunFolderError` if the folder is taken.
        """
        with Telling(progress) as teller:
            self._opened.explorer(Path(folder), teller)
        return Path(folder) / "index.html"

    def __repr__(self) -> str:
        folder = self.folder
        where = "in memory" if folder is None else str(folder)
        return f"Run {where}: {self._opened.study().name}"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Run):
            return NotImplemented
        if self.folder is None or other.folder is None:
            return self._opened is other._opened
        return (
            os.path.abspath(self.folder) == os.path.abspath(other.folder) and self.manifest == other.manifest
        )

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        folder = self.folder
        if folder is None:
            raise TypeError("a run in memory cannot be pickled; run the study into a folder")
        return Run.open, (os.path.abspath(folder),)
