"""The compiled part of the package: what it shares with the wrappers in Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, final

import pandas
import polars
import pyarrow

__version__: str

_Progress = Callable[[str, int, int, str, list[str]], Any]
_Part = tuple[str, str, bytes, bytes | None, bytes | None]

def command(arguments: list[str]) -> int: ...
def product_years(
    flows: Any,
    stability: Any,
    totals: Any,
    columns: dict[str, str],
    country_codes: dict[int, str] | None,
    wanted: list[str],
    settings: str,
    threads: int | None,
    progress: _Progress | None,
) -> Table: ...
def pairs(
    which: str,
    flows: Any,
    stability: Any,
    least: float,
    columns: dict[str, str],
    country_codes: dict[int, str] | None,
    settings: str,
    threads: int | None,
    progress: _Progress | None,
) -> Table: ...
def draws(
    flows: Any,
    stability: Any,
    draws: int,
    seed: int | None,
    columns: dict[str, str],
    country_codes: dict[int, str] | None,
    settings: str,
    threads: int | None,
    progress: _Progress | None,
) -> Table: ...
def links(
    flows: Any,
    candidates: Any,
    least_z: float,
    columns: dict[str, str],
    country_codes: dict[int, str] | None,
    settings: str,
    threads: int | None,
    progress: _Progress | None,
) -> Table: ...
def umap(
    table: Any,
    features: list[str] | None,
    neighbours: int,
    min_dist: float,
    metric: str,
    epochs: int | None,
    initialisation: str,
    seed: int | None,
    threads: int | None,
    progress: _Progress | None,
) -> Table: ...
def density_merging(points: Any, detail: str, compat_scale_quirk: bool) -> Table: ...
def regress(
    table: Any,
    outcome: str,
    regressors: list[str],
    factors: list[str],
    absorb: list[str],
    cluster: list[str],
    references: dict[str, str],
    errors: str,
    intercept: bool,
    level: float,
    stars: list[float],
) -> Regression: ...
@final
class Table:
    def __new__(cls, columns: dict[str, Any]) -> Table: ...
    @property
    def column_names(self) -> list[str]: ...
    @property
    def notes(self) -> list[str]: ...
    def __len__(self) -> int: ...
    def __getitem__(self, name: str, /) -> list[Any]: ...
    def __eq__(self, other: object, /) -> bool: ...
    def to_dict(self) -> dict[str, list[Any]]: ...
    def to_pandas(self) -> pandas.DataFrame: ...
    def to_polars(self) -> polars.DataFrame: ...
    def to_pyarrow(self) -> pyarrow.Table: ...
    def slice(self, start: int, stop: int) -> Table: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...
    def __arrow_c_schema__(self) -> object: ...
    def _repr_html_(self) -> str: ...
    def _parts(self, name: str) -> tuple[str, bytes, bytes | None, bytes | None]: ...
    @staticmethod
    def _of_parts(columns: list[_Part], notes: list[str]) -> Table: ...
    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]: ...
@final
class Regression:
    @property
    def table(self) -> Table: ...
    @property
    def rows(self) -> int: ...
    @property
    def parameters(self) -> int: ...
    @property
    def r2(self) -> float | None: ...
    @property
    def r2_within(self) -> float | None: ...
    @property
    def left_out(self) -> dict[str, int]: ...
    def to_latex(self, notation: Literal["errors", "paper"] = "errors") -> str: ...
    def to_markdown(self, notation: Literal["errors", "paper"] = "errors") -> str: ...
    def to_html(self, notation: Literal["errors", "paper"] = "errors") -> str: ...
    def _repr_html_(self) -> str: ...
    @staticmethod
    def _of_parts(table: Table, facts: Any, printed: Any) -> Regression: ...
    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]: ...
