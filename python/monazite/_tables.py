"""Numbers of tables of flows."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from monazite import _monazite
from monazite._arguments import natural
from monazite._errors import MonaziteWarning
from monazite._monazite import Table
from monazite._study import settings_toml as settings

#: What is told while a call works: what is done, how much of it, of how much, the unit, and notes.
Progress = Callable[[str, int, int, str, "list[str]"], Any]

_PRODUCT_YEARS = (
    "imports",
    "exports",
    "exposure",
    "hhi",
    "str",
    "str_direct",
    "str_indirect",
    "influence",
    "str_mass_balance",
    "influence_mass_balance",
)


def codes(country_codes: Mapping[int, str] | None) -> dict[int, str] | None:
    return None if country_codes is None else dict(country_codes)


def common(
    columns: Mapping[str, str] | None,
    country_codes: Mapping[int, str] | None,
    options: Any,
    threads: int | None,
    progress: Progress | None,
    *between: Any,
) -> tuple[Any, ...]:
    """The arguments that all functions of tables share, as the extension takes them; ``between`` stands after
    the names of columns and countries."""
    names = (dict(columns or {}), codes(country_codes))
    return (*names, *between, settings(options), natural("threads", threads), progress)


def told(table: Table) -> Table:
    """Says what changes the numbers, and gives the table back."""
    for note in table.notes:
        warnings.warn(note, MonaziteWarning, stacklevel=3)
    return table


def product_years(
    flows: Any,
    stability: Any = None,
    *,
    columns: Mapping[str, str] | None = None,
    country_codes: Mapping[int, str] | None = None,
    indicators: str | Sequence[str] = _PRODUCT_YEARS,
    totals: Any = None,
    options: Any = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Table:
    """Indicators of every product, year and country of a table of flows.

    Answers how a country depends on others for a product: as buyer or seller (exposure), from how many
    (HHI), how unstable the chains of its suppliers are (STR), and how much instability it passes on
    (influence). With shares s of suppliers and instability w = 1 - PV/100, STR is the column sum of (I -
    diag(w) S)⁻¹; the formulas stand on the pages of `docs/methods` (02 to 05, 21).

    Args:
        flows: A table with year, product (six digits of the HS), exporter, importer and value (thousand
            USD), and perhaps quantity (tonnes): a DataFrame of pandas or polars, a pyarrow Table, a DuckDB
            relation, a dict of lists, or whatever else has ``__arrow_c_stream__``. The names t, k, i, j, v
            and q of BACI are known. Rows may come in any order; repeated pairs are added up, and trade of a
            country with itself is left out.
        stability: A table with iso3, year and pv (0 to 100), or the path of a file of the Worldwide
            Governance Indicators. It may be left out for indicators that do not rest on it.
        columns: Which columns of flows are meant, where they have other names: ``{"value": "usd1000"}``.
        country_codes: ISO3 by number, where countries are numbers and not those of BACI.
        indicators: Columns that are wanted: imports, exports, exposure, hhi, str, influence, rca,
            hhi_normalised, str_direct, str_indirect, imputed_share, trade_risk, largest_supplier_share,
            str_mass_balance, influence_mass_balance, import_content, str_full. Only what they need is
            computed.
        totals: For rca, where the flows do not hold all products: a table with iso3, year and exports of
            all goods (thousand USD).
        options: Settings as in a study file: ``mz.Options(damping=0.9)``, or a dict of them.
        threads: How many; all cores if None. The numbers do not depend on it.
        progress: Called with what is done, how much of it, of how much, the unit, and notes.

    Returns:
        product, year, country and the indicators, a row for each country that trades the product, by
        product, year and country. An indicator that is undefined is null, as HHI is without imports.
        ``notes`` says what a reader should know.

    Raises:
        TypeError: An object is no table.
        InputError: A table is wrong; the exception has the row and the column.
        StudyError: An option is out of its range.
        ValueError: There is no such indicator or column.

    Warns:
        MonaziteWarning: Something bears on the numbers: countries without stability, trade that is an
            extract.

    >>> import monazite as mz
    >>> flows = {
    ...     "year": [2023, 2023, 2023],
    ...     "product": ["284690", "284690", "284690"],
    ...     "exporter": ["CHN", "CHN", "MYS"],
    ...     "importer": ["USA", "MYS", "USA"],
    ...     "value": [60.0, 20.0, 20.0],
    ... }
    >>> stability = {"iso3": ["CHN", "MYS", "USA"], "year": [2023] * 3, "pv": [40.0, 50.0, 60.0]}
    >>> table = mz.product_years(flows, stability, indicators=["imports", "hhi", "str"])
    >>> table["country"], table["imports"], table["hhi"]
    (['CHN', 'MYS', 'USA'], [0.0, 20.0, 80.0], [None, 1.0, 0.625])
    >>> [round(risk, 6) for risk in table["str"]]  # the USA: 1 + 0.6 * 0.75 + 0.5 * 0.25 * 1.6
    [1.0, 1.6, 1.65]
    """
    wanted = [indicators] if isinstance(indicators, str) else list(indicators)
    how = common(columns, country_codes, options, threads, progress, wanted)
    return told(_monazite.product_years(flows, stability, totals, *how))


def exposure(
    flows: Any,
    *,
    columns: Mapping[str, str] | None = None,
    country_codes: Mapping[int, str] | None = None,
    options: Any = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Table:
    """Imports, exports and exposure of every product, year and country: is the country a buyer or a seller?

    Exposure is M / (M + X): 1 for a country that only buys, 0 for one that only sells
    (`docs/methods/02-exposure.md`). Arguments and exceptions are those of :func:`product_years`.

    >>> import monazite as mz
    >>> flows = {
    ...     "year": [2023],
    ...     "product": ["284690"],
    ...     "exporter": ["CHN"],
    ...     "importer": ["USA"],
    ...     "value": [60.0],
    ... }
    >>> mz.exposure(flows).to_dict()["exposure"]
    [0.0, 1.0]
    """
    wanted = ["imports", "exports", "exposure"]
    how = common(columns, country_codes, options, threads, progress, wanted)
    return told(_monazite.product_years(flows, None, None, *how))


def concentration(
    flows: Any,
    *,
    columns: Mapping[str, str] | None = None,
    country_codes: Mapping[int, str] | None = None,
    options: Any = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Table:
    """How concentrated the suppliers of every product, year and country are.

    hhi is the sum of the squared import shares, 1 for a single supplier; hhi_normalised is freed from the
    number n of suppliers, (HHI - 1/n) / (1 - 1/n); largest_supplier_share is the largest share. All lie in
    0 to 1 and are null without imports, the second also with one supplier
    (`docs/methods/03-supplier-concentration.md`, `20-largest-supplier-share.md`). Arguments and exceptions
    are those of :func:`product_years`.

    >>> import monazite as mz
    >>> flows = {
    ...     "year": [2023] * 2,
    ...     "product": ["284690"] * 2,
    ...     "exporter": ["CHN", "MYS"],
    ...     "importer": ["USA"] * 2,
    ...     "value": [75.0, 25.0],
    ... }
    >>> table = mz.concentration(flows)
    >>> table["country"], table["hhi"], table["hhi_normalised"]
    (['CHN', 'MYS', 'USA'], [None, None, 0.625], [None, None, 0.25])
    """
    wanted = ["hhi", "hhi_normalised", "largest_supplier_share"]
    how = common(columns, country_codes, options, threads, progress, wanted)
    return told(_monazite.product_years(flows, None, None, *how))


def rca(
    flows: Any,
    totals: Any = None,
    *,
    columns: Mapping[str, str] | None = None,
    country_codes: Mapping[int, str] | None = None,
    options: Any = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Table:
    """Revealed comparative advantage of every product, year and country.

    The share of the country in world exports of the product over its share in world exports of everything;
    above 1 it is better at this than at selling in general (`docs/methods/08-comparative-advantage.md`).
    ``totals`` is a table with iso3, year and exports of all goods (thousand USD), for flows that do not
    hold all products; without it "everything" is the products of the flows, and a warning says so. Null
    where a total is 0 or not known. Other arguments and exceptions are those of :func:`product_years`.

    >>> import monazite as mz
    >>> flows = {
    ...     "year": [2023] * 2,
    ...     "product": ["284690"] * 2,
    ...     "exporter": ["CHN", "USA"],
    ...     "importer": ["USA", "CHN"],
    ...     "value": [60.0, 40.0],
    ... }
    >>> totals = {"iso3": ["CHN", "USA"], "year": [2023] * 2, "exports": [3000.0, 7000.0]}
    >>> [round(value, 9) for value in mz.rca(flows, totals)["rca"]]  # 0.6 / 0.3 and 0.4 / 0.7
    [2.0, 0.571428571]
    """
    how = common(columns, country_codes, options, threads, progress, ["rca"])
    return told(_monazite.product_years(flows, None, totals, *how))


def systemic_trade_risk(
    flows: Any,
    stability: Any,
    *,
    columns: Mapping[str, str] | None = None,
    country_codes: Mapping[int, str] | None = None,
    options: Any = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Table:
    """Systemic trade risk of every product, year and country, with its direct and its indirect part.

    STR is the column sum of (I - diag(w) S)⁻¹, 1 and above: political instability w = 1 - PV/100 that
    arrives over all chains of suppliers. STR - 1 is the direct part, the mean w of the suppliers, plus the
    indirect part, of their suppliers and beyond (`docs/methods/04-systemic-trade-risk.md`). Arguments and
    exceptions are those of :func:`product_years`.

    >>> import monazite as mz
    >>> flows = {
    ...     "year": [2023],
    ...     "product": ["284690"],
    ...     "exporter": ["CHN"],
    ...     "importer": ["USA"],
    ...     "value": [60.0],
    ... }
    >>> stability = {"iso3": ["CHN", "USA"], "year": [2023] * 2, "pv": [25.0, 50.0]}
    >>> mz.systemic_trade_risk(flows, stability)["str"]
    [1.0, 1.75]
    """
    wanted = ["str", "str_direct", "str_indirect"]
    how = common(columns, country_codes, options, threads, progress, wanted)
    return told(_monazite.product_years(flows, stability, None, *how))


def influence(
    flows: Any,
    stability: Any,
    *,
    columns: Mapping[str, str] | None = None,
    country_codes: Mapping[int, str] | None = None,
    options: Any = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Table:
    """How much systemic trade risk each country, as a supplier, passes on to all others.

    0 and above, in summed STR of others (`docs/methods/05-influence.md`). Arguments and exceptions are
    those of :func:`product_years`.

    >>> import monazite as mz
    >>> flows = {
    ...     "year": [2023],
    ...     "product": ["284690"],
    ...     "exporter": ["CHN"],
    ...     "importer": ["USA"],
    ...     "value": [60.0],
    ... }
    >>> stability = {"iso3": ["CHN", "USA"], "year": [2023] * 2, "pv": [25.0, 50.0]}
    >>> mz.influence(flows, stability)["influence"]
    [0.75, 0.0]
    """
    wanted = ["influence"]
    how = common(columns, country_codes, options, threads, progress, wanted)
    return told(_monazite.product_years(flows, stability, None, *how))


def dependencies(
    flows: Any,
    stability: Any,
    *,
    least: float = 0.001,
    columns: Mapping[str, str] | None = None,
    country_codes: Mapping[int, str] | None = None,
    options: Any = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Table:
    """Who depends on whom: what each supplier contributes to the STR of each importer.

    contribution is L[supplier, importer] of L = (I - diag(w) S)⁻¹, direct the part w s of it that comes
    straight from the supplier, share the supplier's share s in imports (0 if it reaches the importer
    through others only), per_point how much STR rises if the supplier loses a point of PV. Rows with a
    contribution of at least ``least``, by product, year, importer and supplier. Other arguments and
    exceptions are those of :func:`product_years`.

    >>> import monazite as mz
    >>> flows = {
    ...     "year": [2023] * 2,
    ...     "product": ["284690"] * 2,
    ...     "exporter": ["CHN", "MYS"],
    ...     "importer": ["MYS", "USA"],
    ...     "value": [9.0, 9.0],
    ... }
    >>> stability = {"iso3": ["CHN", "MYS", "USA"], "year": [2023] * 3, "pv": [50.0, 75.0, 60.0]}
    >>> table = mz.dependencies(flows, stability)
    >>> list(zip(table["importer"], table["supplier"], table["contribution"], table["direct"]))
    [('MYS', 'CHN', 0.5, 0.5), ('USA', 'CHN', 0.125, 0.0), ('USA', 'MYS', 0.25, 0.25)]
    """
    how = common(columns, country_codes, options, threads, progress)
    return told(_monazite.pairs("dependencies", flows, stability, least, *how))


def origins(
    flows: Any,
    *,
    least: float = 0.001,
    columns: Mapping[str, str] | None = None,
    country_codes: Mapping[int, str] | None = None,
    options: Any = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Table:
    """Whose goods importers buy in the end, if nobody passes on more than it can have bought.

    share is the origin's share in the importer's purchases, value the same in thousand USD, direct_share
    the share that it sells itself, crossings the mean number of borders behind the importer's purchases
    (`docs/methods/21-mass-balance.md`). Rows with a share, or a direct share, of at least ``least``. Other
    arguments and exceptions are those of :func:`product_years`.

    >>> import monazite as mz
    >>> flows = {
    ...     "year": [2023] * 2,
    ...     "product": ["284690"] * 2,
    ...     "exporter": ["CHN", "MYS"],
    ...     "importer": ["MYS", "USA"],
    ...     "value": [9.0, 9.0],
    ... }
    >>> table = mz.origins(flows)
    >>> list(zip(table["importer"], table["origin"], table["share"], table["crossings"]))
    [('MYS', 'CHN', 1.0, 1.0), ('USA', 'CHN', 1.0, 2.0), ('USA', 'MYS', 0.0, 2.0)]
    """
    how = common(columns, country_codes, options, threads, progress)
    return told(_monazite.pairs("origins", flows, None, least, *how))


def suppliers(
    flows: Any,
    *,
    columns: Mapping[str, str] | None = None,
    country_codes: Mapping[int, str] | None = None,
    options: Any = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Table:
    """The main suppliers of every importer, with their shares in its imports: rank 1 sells most.

    Arguments and exceptions are those of :func:`product_years`.

    >>> import monazite as mz
    >>> flows = {
    ...     "year": [2023] * 2,
    ...     "product": ["284690"] * 2,
    ...     "exporter": ["CHN", "MYS"],
    ...     "importer": ["USA"] * 2,
    ...     "value": [25.0, 75.0],
    ... }
    >>> table = mz.suppliers(flows)
    >>> list(zip(table["rank"], table["supplier"], table["share"]))
    [(1, 'MYS', 0.75), (2, 'CHN', 0.25)]
    """
    how = common(columns, country_codes, options, threads, progress)
    return told(_monazite.pairs("suppliers", flows, None, 0.0, *how))


def draws(
    flows: Any,
    stability: Any,
    *,
    draws: int = 500,
    seed: int | None = None,
    columns: Mapping[str, str] | None = None,
    country_codes: Mapping[int, str] | None = None,
    options: Any = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Table:
    """How far systemic trade risk is known, given the standard errors of political stability.

    Stability is drawn ``draws`` times from its estimates and their standard errors, ranked again in each
    draw, and STR is computed from it: p05, median and p95 are quantiles over the draws, point is STR with
    the published stability, and rank, rank_p05, rank_median and rank_p95 the same of the rank among
    importers with at least 0.5 % of world imports (1 is the riskiest), of which share_top is the share of
    draws in which it is among the first few (`docs/methods/22-uncertainty.md`).

    ``stability`` is a file of the Worldwide Governance Indicators, or a table with iso3, year, pv, estimate
    and standard_error. The same ``seed`` gives the same bands. Other arguments and exceptions are those of
    :func:`product_years`; StudyError if there are no standard errors.

    Returns:
        product, year, country, reading (full: the paper's; mass_balance) and the bands, by product and year.

    >>> import monazite as mz
    >>> flows = {
    ...     "year": [2023],
    ...     "product": ["284690"],
    ...     "exporter": ["CHN"],
    ...     "importer": ["USA"],
    ...     "value": [60.0],
    ... }
    >>> stability = {
    ...     "iso3": ["CHN", "MYS", "USA"], "year": [2023] * 3, "pv": [0.0, 50.0, 100.0],
    ...     "estimate": [-0.6, 0.0, 1.0], "standard_error": [0.4, 0.4, 0.4],
    ... }
    >>> bands = mz.draws(flows, stability, draws=200)
    >>> usa = bands["country"].index("USA")
    >>> bands["reading"][usa], bands["point"][usa], bands["p05"][usa] <= bands["median"][usa]
    ('full', 2.0, True)
    """
    how = common(columns, country_codes, options, threads, progress)
    return told(_monazite.draws(flows, stability, natural("draws", draws), natural("seed", seed), *how))
