"""Indicators of tables of flows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from monazite import _monazite
from monazite._monazite import Table

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


def product_years(
    flows: Any,
    stability: Any,
    *,
    columns: Mapping[str, str] | None = None,
    country_codes: Mapping[int, str] | None = None,
    indicators: Sequence[str] = _PRODUCT_YEARS,
    options: Any = None,
    threads: int | None = None,
    progress: Callable[[str, int, int, str, list[str]], Any] | None = None,
) -> Table:
    settings = "" if options is None else options.to_toml()
    return _monazite.product_years(
        flows,
        stability,
        dict(columns or {}),
        None if country_codes is None else dict(country_codes),
        list(indicators),
        settings,
        threads,
        progress,
    )
