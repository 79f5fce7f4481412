"""The indices of supply risk and dependency that others publish, of a table of flows."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from typing import Any

from monazite import _monazite
from monazite._arguments import Names, Years, first_and_last, names_of
from monazite._errors import MonaziteWarning
from monazite._monazite import Table
from monazite._tables import Progress, common


def indices(
    flows: Any,
    stability: Any = None,
    *,
    compute: str | Iterable[str] | None = None,
    products: Names = None,
    years: Years = None,
    columns: Mapping[str, str] | None = None,
    country_codes: Mapping[int, str] | None = None,
    options: Any = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Table:
    """What others would say of the same imports: weighted HHI, EU supply risk, GeoPolRisk, flags, worst stop.

    A row for each importer of each product and year. whhi is Σ s² g; eu_sr_trade and geopolrisk_trade are
    the EU's supply risk and GeoPolRisk from trade alone, with exports in place of production; ec_flag (0 or
    1) is the Commission's strategic dependency, made for the EU as one importer; geodep counts in how many
    of the latest three years CEPII's criteria hold; worst is the share of imports lost if the one supplier
    stops that matters most, worst_supplier whose stop that is; export_hhi is the HHI of the world's exports
    (`docs/methods/26-indices.md`). The full eu_sr, geopolrisk and usgs need tables:
    ``options={"indices": {"production": "production.csv"}}``.

    Args:
        flows: A table of flows, as for :func:`product_years`.
        stability: As for :func:`product_years`; without it whhi, eu_sr_trade and geopolrisk_trade are left
            out.
        compute: Which indices; all that the tables allow if None.
        products: Only these products, six digits each.
        years: A year, or years that follow one another. The two before are looked at too, for geodep.
        columns, country_codes, options, threads, progress: As for :func:`product_years`.

    Returns:
        year, product, country (the importer), export_hhi, and a column for each index, by product, year and
        country. What is undefined is null: geodep before the third year. Its ``notes`` say what an index
        leaves out of what its authors compute.

    Raises:
        InputError: A table is wrong, or a product is not traded.
        StudyError: An index is asked for without the table that it needs.

    >>> import monazite as mz
    >>> flows = {
    ...     "year": [2023] * 3,
    ...     "product": ["284690"] * 3,
    ...     "exporter": ["CHN", "CHN", "MYS"],
    ...     "importer": ["USA", "MYS", "USA"],
    ...     "value": [60.0, 20.0, 20.0],
    ... }
    >>> stability = {"iso3": ["CHN", "MYS", "USA"], "year": [2023] * 3, "pv": [40.0, 50.0, 60.0]}
    >>> table = mz.indices(flows, stability)
    >>> table["country"], [round(x, 6) for x in table["whhi"]], table["worst"], table["worst_supplier"]
    (['MYS', 'USA'], [0.6, 0.36875], [1.0, 1.0], ['CHN', 'CHN'])
    >>> table["geodep"]  # one year says nothing of three
    [None, None]
    """
    table, warned = _monazite.indices(
        flows,
        stability,
        names_of("compute", compute),
        names_of("products", products),
        first_and_last(years),
        *common(columns, country_codes, options, threads, progress),
    )
    for note in warned:
        warnings.warn(note, MonaziteWarning, stacklevel=2)
    return table
