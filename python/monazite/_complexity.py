"""Economic complexity of a table of flows."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from monazite import _monazite
from monazite._arguments import Years, first_and_last, names_of, natural
from monazite._errors import MonaziteWarning
from monazite._monazite import Table
from monazite._tables import Progress, codes


@dataclass(frozen=True)
class Complexity:
    """What :func:`complexity` comes to: the tables that ``monazite complexity --out`` writes, and notes."""

    #: A row for each country: eci, rank, diversity, coi, fitness, its ranks, exports (``eci.csv``).
    countries: Table
    #: A row for each product: pci, rank, ubiquity, quality, exports (``pci.csv``).
    products: Table
    #: A row for each country and product: exports, rca, advantage, density, cog (``density.parquet``).
    density: Table
    #: A row for each pair of products that is near enough (``proximity.parquet``).
    proximity: Table
    #: Countries and products that are left out, and why (``dropped.csv``).
    left_out: Table
    #: Of the matrix whose second eigenvector is ECI; the first is 1.
    eigenvalues: list[float] = field(repr=False)
    #: What a reader of the numbers should know.
    notes: list[str] = field(repr=False)


def complexity(
    flows: Any,
    *,
    years: Years = None,
    population: Any = None,
    exports: Any = None,
    min_population: float = 1e6,
    min_exports: float = 1e9,
    exclude: str | Iterable[str] | None = None,
    threshold: float = 1.0,
    strict: bool = False,
    without_itself: bool = False,
    force: bool = False,
    min_proximity: float = 0.55,
    columns: Mapping[str, str] | None = None,
    country_codes: Mapping[int, str] | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Complexity:
    """Which countries export what few others can make, which products are those, and what lies near?

    M is 1 where a country exports a product with RCA of at least ``threshold``. ECI is the second
    eigenvector of D_c⁻¹ M D_p⁻¹ Mᵀ, with mean 0 and standard deviation 1 over the countries, and PCI of a
    product the mean ECI of those who export it. ECI is a direction that divides countries, not a level:
    compare ranks of one year (`docs/methods/25-complexity.md`). It needs the trade of the world in all
    products; of fewer than 1,000 a number comes out that is not ECI.

    Args:
        flows: A table of flows, as for :func:`product_years`, of all products.
        years: A year, or years whose mean exports are taken, such as ``"2021-2023"``; the last if None.
        population: A table with iso3, year and population, by which small countries are left out.
        exports: A table with iso3, year and exports of all goods (thousand USD) for ``min_exports``;
            without it those of the flows.
        min_population: Inhabitants that a country has to have, where ``population`` is given.
        min_exports: Exports that a country has to have, USD a year, mean of the last year and the two
            before.
        exclude: Countries that are left out, by code or name.
        threshold: RCA from which on a country counts as an exporter of a product.
        strict: RCA has to be above the threshold, not only at it.
        without_itself: Leave a product out of what is near to itself, in density, coi and cog.
        force: Go on with fewer than 1,000 products, or with an extract of the trade of the world.
        min_proximity: Proximity from which on pairs of products are given, 0 to 1.
        columns, country_codes, threads, progress: As for :func:`product_years`.

    Returns:
        A :class:`Complexity`: tables of countries, products, density, proximity, and what is left out. What
        is undefined is null: cog of what is exported already.

    Raises:
        InputError: A table is wrong; the flows are an extract or hold too few products; the countries fall
            into groups without a common product, so that there is no ECI.

    Warns:
        MonaziteWarning: Something bears on the numbers: no table of population, a sign that is open.

    >>> import warnings
    >>> import monazite as mz
    >>> sold = {"DEU": "111111", "FRA": "111100", "JPN": "111010", "PER": "110000", "GHA": "100100"}
    >>> held = [(c, f"{p + 1:02}0100") for c, row in sold.items() for p, x in enumerate(row) if x == "1"]
    >>> flows = {
    ...     "year": [2023] * len(held),
    ...     "product": [product for _, product in held],
    ...     "exporter": [country for country, _ in held],
    ...     "importer": ["USA"] * len(held),
    ...     "value": [10.0] * len(held),
    ... }
    >>> with warnings.catch_warnings():  # six products are no release
    ...     warnings.simplefilter("ignore", mz.MonaziteWarning)
    ...     found = mz.complexity(flows, min_exports=0, force=True)
    >>> found.countries["country"], found.countries["rank"]
    (['DEU', 'FRA', 'GHA', 'JPN', 'PER'], [1, 3, 4, 2, 5])
    """
    if not 0 <= min_proximity <= 1:
        raise ValueError(f"min_proximity: a share from 0 to 1 is wanted, and this is {min_proximity}")
    for name, least in (("min_population", min_population), ("min_exports", min_exports)):
        if not least >= 0:
            raise ValueError(f"{name}: a number from 0 on is wanted, and this is {least}")
    found = Complexity(
        *_monazite.complexity(
            flows,
            first_and_last(years),
            population,
            exports,
            min_population,
            min_exports,
            names_of("exclude", exclude) if exclude else [],
            threshold,
            strict,
            not without_itself,
            force,
            min_proximity,
            dict(columns or {}),
            codes(country_codes),
            natural("threads", threads),
            progress,
        )
    )
    for note in found.notes:
        warnings.warn(note, MonaziteWarning, stacklevel=2)
    return found
