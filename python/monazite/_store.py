"""Stores of trade: made once of a release or of a table, read by studies and by any library that reads
Parquet."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from monazite import _monazite
from monazite._arguments import natural
from monazite._monazite import Table
from monazite._progress import Teller, Telling


class Store:
    """A store: bilateral trade as Parquet files, every byte of which is checked before it is used.

    Raises ``FileNotFoundError`` if there is no such folder, :class:`StoreError` if it is no store, is
    damaged, or was written by a later version.
    """

    __slots__ = ("_opened",)

    _opened: _monazite.OpenStore

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._opened = _monazite.OpenStore(Path(folder))

    @property
    def folder(self) -> Path:
        """Its folder."""
        return Path(self._opened.folder)

    @property
    def files(self) -> list[Path]:
        """The Parquet files with the flows that it is made of at present, one a year, for DuckDB, polars,
        pandas or Spark.

        Take this list, and no pattern of names: while a year is exchanged, its old file lies beside the new
        one.
        """
        return [Path(path) for role, _, path in self._opened.files() if role == "flows"]

    @property
    def years(self) -> list[int]:
        """Its years."""
        return self._opened.years

    @property
    def products(self) -> list[str]:
        """HS codes with trade in any year."""
        return self._opened.products

    @property
    def countries(self) -> list[str]:
        """ISO3 codes of its table of countries, whether they trade or not."""
        return self._opened.countries

    @property
    def edition(self) -> str | None:
        """HS edition; None if it is not known."""
        return self._opened.edition

    @property
    def account(self) -> list[str]:
        """What was read, added up and left out, in sentences."""
        return self._opened.account()

    @property
    def manifest(self) -> dict[str, Any]:
        """What it holds and where it came from."""
        manifest: dict[str, Any] = json.loads(self._opened.manifest())
        return manifest

    def verify(self) -> None:
        """Checks every byte. Raises :class:`StoreError` for the first file that differs from what was
        written."""
        self._opened.verify()

    def to_table(
        self,
        *,
        year: int | Iterable[int] | None = None,
        product: str | Iterable[str] | None = None,
        progress: bool | Teller | None = None,
    ) -> Table:
        """Flows as a table: year, product, exporter, importer, value in thousand USD, quantity in tonnes
        (null if not known).

        ``product`` takes codes or beginnings of codes. Of a whole release this is a large table: name years
        or products.
        """
        years = (
            None
            if year is None
            else [int(year)]
            if not isinstance(year, Iterable)
            else [int(of) for of in year]
        )
        products = None if product is None else [product] if isinstance(product, str) else list(product)
        with Telling(progress) as teller:
            return self._opened.table(years, products, teller)

    def __fspath__(self) -> str:
        # A store can be given wherever its folder can: mz.Study(trade=store).
        return os.fspath(self.folder)

    def __repr__(self) -> str:
        years = self.years
        return f"Store({str(self.folder)!r}: {years[0]} to {years[-1]}, {len(self.products):,} products)"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Store):
            return NotImplemented
        return (
            os.path.abspath(self.folder) == os.path.abspath(other.folder) and self.manifest == other.manifest
        )

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        return Store, (os.path.abspath(self.folder),)


def _settings(**given: Any) -> dict[str, Any]:
    columns: Mapping[str, str] | None = given.pop("columns", None)
    return {**given, "columns": dict(columns or {})}


def import_trade(
    path: str | os.PathLike[str],
    out: str | os.PathLike[str],
    *,
    edition: str | None = None,
    version: str | None = None,
    to: str | None = None,
    columns: Mapping[str, str] | None = None,
    unit: str | None = None,
    quantity_unit: str | None = None,
    flow: str | None = None,
    source: str | None = None,
    licence: str | None = None,
    drop_unknown_countries: bool = False,
    pad_short_codes: bool = False,
    threads: int | None = None,
    progress: bool | Teller | None = True,
) -> Store:
    """Reads a BACI release as downloaded, or another table of trade, into the store ``out``, once; a second
    call does nothing.

    ``edition`` (HS92 to HS22) and ``version`` are said where the file names do not say them; ``to`` carries
    the trade over to another edition; ``columns`` ({"value": "primaryValue"}), ``unit`` (usd, thousand_usd,
    million_usd), ``quantity_unit`` (tonnes, kilograms) and ``flow`` (imports, exports) describe a table that
    is not BACI's; ``source`` and ``licence`` say whose the data are.

    Raises ``FileNotFoundError``, :class:`InputError` with the place of what is wrong, :class:`StoreError` if
    the store cannot be written. The store is then as it was before; years that are finished are taken over by
    the next call.

    >>> import pathlib, tempfile
    >>> import monazite as mz
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = pathlib.Path(folder.name, "BACI_HS07_Y2019_V202501.csv")
    >>> _ = file.write_text("t,i,j,k,v,q\\n2019,156,842,284690,12.5,3\\n")
    >>> store = mz.import_trade(file, f"{folder.name}/store", progress=None)
    >>> store.years, store.products, store.edition
    ([2019], ['284690'], 'HS07')
    """
    settings = _settings(
        edition=edition,
        version=version,
        to=to,
        columns=columns,
        unit=unit,
        quantity_unit=quantity_unit,
        flow=flow,
        source=source,
        licence=licence,
        drop_unknown_countries=drop_unknown_countries,
        pad_short_codes=pad_short_codes,
    )
    with Telling(progress) as teller:
        _monazite.import_files(Path(path), Path(out), settings, natural("threads", threads), teller)
    return Store(out)


def import_table(
    flows: Any,
    out: str | os.PathLike[str],
    *,
    columns: Mapping[str, str] | None = None,
    country_codes: Mapping[int, str] | None = None,
    edition: str | None = None,
    to: str | None = None,
    unit: str | None = None,
    quantity_unit: str | None = None,
    source: str | None = None,
    licence: str | None = None,
    drop_unknown_countries: bool = False,
    threads: int | None = None,
    progress: bool | Teller | None = True,
) -> Store:
    """Writes a table of flows into the store ``out``: any DataFrame, or whatever else has Arrow data.

    It has the columns year, product, exporter, importer, value in thousand USD, and quantity in tonnes if
    there is one; ``columns`` says which is which where they are called otherwise, ``unit`` and
    ``quantity_unit`` what they are counted in. Countries are ISO3 codes or the numbers of BACI. Rows are
    judged as those of any file: repeated ones are added up, and counted.

    Raises :class:`InputError` with row and column of what is wrong, :class:`StoreError` if the store cannot
    be written.

    >>> import tempfile
    >>> import monazite as mz
    >>> folder = tempfile.TemporaryDirectory()
    >>> flows = {"year": [2019], "product": ["284690"], "value": [12.5]}
    >>> flows |= {"exporter": ["CHN"], "importer": ["USA"]}
    >>> store = mz.import_table(flows, f"{folder.name}/store", edition="HS07", progress=None)
    >>> store.to_table()["value"]
    [12.5]
    """
    settings = _settings(
        edition=edition,
        version=None,
        to=to,
        columns=columns,
        unit=unit,
        quantity_unit=quantity_unit,
        flow=None,
        source=source,
        licence=licence,
        drop_unknown_countries=drop_unknown_countries,
        pad_short_codes=False,
    )
    codes = None if country_codes is None else dict(country_codes)
    with Telling(progress) as teller:
        _monazite.import_rows(flows, Path(out), settings, codes, natural("threads", threads), teller)
    return Store(out)
