"""The compiled part of the package: what it shares with the wrappers in Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
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
def complexity(
    flows: Any,
    years: tuple[int, int] | None,
    population: Any,
    exports: Any,
    least_population: float,
    least_exports: float,
    exclude: list[str],
    threshold: float,
    strict: bool,
    itself: bool,
    force: bool,
    least_proximity: float,
    columns: dict[str, str],
    country_codes: dict[int, str] | None,
    threads: int | None,
    progress: _Progress | None,
) -> tuple[Table, Table, Table, Table, Table, list[float], list[str]]: ...
def indices(
    flows: Any,
    stability: Any,
    compute: list[str],
    products: list[str],
    years: tuple[int, int] | None,
    columns: dict[str, str],
    country_codes: dict[int, str] | None,
    settings: str,
    threads: int | None,
    progress: _Progress | None,
) -> tuple[Table, list[str]]: ...
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

# study level

@final
class StudyText:
    """A study as the engine understands it. See `monazite.Study`."""

    def __new__(cls, text: str, file: Path) -> StudyText: ...
    @staticmethod
    def read(file: Path) -> StudyText: ...
    def to_toml(self) -> str: ...
    def check(self, trade: bool, governance: bool) -> list[tuple[int | None, str, str]]: ...
    def parameters(self) -> Table: ...
    @property
    def file(self) -> Path: ...
    @property
    def name(self) -> str: ...
    @property
    def seeds(self) -> list[str]: ...

@final
class OpenRun:
    """A run that is open. See `monazite.Run`."""

    @staticmethod
    def open(folder: Path) -> OpenRun: ...
    @property
    def folder(self) -> Path | None: ...
    @property
    def files(self) -> list[str]: ...
    def read(self, name: str) -> bytes: ...
    def manifest(self) -> str: ...
    def study(self) -> StudyText: ...
    def focus(self) -> list[str]: ...
    def tables(self) -> list[tuple[str, str, str]]: ...
    def table(
        self,
        name: str,
        countries: list[str],
        suppliers: list[str],
        products: list[str],
        years: list[tuple[int, int]],
        columns: list[str],
        names: bool,
    ) -> Table: ...
    def columns(self, name: str) -> Table: ...
    def findings(self) -> list[str]: ...
    def briefs(
        self, countries: list[str], products: list[str], year: int | None, side_by_side: bool
    ) -> list[tuple[str, str]]: ...
    def rank(
        self,
        by: str,
        supplier: str | None,
        product: str | None,
        year: int | None,
        top: int | None,
        ascending: bool,
        all: bool,
        reading: str | None,
    ) -> tuple[dict[str, str], Table]: ...
    def ask(
        self, command: str, words: list[str], progress: _Progress | None
    ) -> tuple[str, str, dict[str, bytes]]: ...
    def export(
        self, words: list[str], json: bool, progress: _Progress | None
    ) -> tuple[list[Path], list[str]]: ...
    def explorer(self, out: Path, progress: _Progress | None) -> None: ...

@final
class OpenStore:
    """A store that is open. See `monazite.Store`."""

    def __new__(cls, folder: Path) -> OpenStore: ...
    @property
    def folder(self) -> Path: ...
    def files(self) -> list[tuple[str, int | None, Path]]: ...
    @property
    def years(self) -> list[int]: ...
    @property
    def products(self) -> list[str]: ...
    @property
    def countries(self) -> list[str]: ...
    @property
    def edition(self) -> str | None: ...
    def account(self) -> list[str]: ...
    def manifest(self) -> str: ...
    def verify(self) -> None: ...
    def table(
        self, years: list[int] | None, products: list[str] | None, progress: _Progress | None
    ) -> Table: ...

def study_parameters() -> Table: ...
def example_study() -> Path: ...
def run_study(
    study: StudyText,
    trade: Any,
    stability: Any,
    columns: dict[str, str],
    country_codes: dict[int, str] | None,
    out: Path | None,
    until: str,
    threads: int | None,
    progress: _Progress | None,
) -> OpenRun: ...
def table_of_csv(csv: bytes, name: str, like: str | None) -> Table: ...
def figure_names() -> list[tuple[str, str, bool, bool]]: ...
def figure_of_list(
    run: OpenRun, name: str, country: str | None, year: int | None, size: str | None
) -> tuple[str, str, str, dict[str, str]]: ...
def figure_of_map(
    run: OpenRun,
    indicator: str,
    supplier: str | None,
    product: str | None,
    year: int | None,
    size: str | None,
    reading: str | None,
) -> tuple[str, str, str, dict[str, str]]: ...
def figure_of_trend(
    run: OpenRun,
    indicator: str,
    supplier: str | None,
    products: list[str],
    countries: list[str],
    size: str | None,
) -> tuple[str, str, str, dict[str, str]]: ...
def print_svg(svg: str) -> tuple[bytes, bytes]: ...
def compare_runs(
    first: OpenRun, second: OpenRun, tolerance: float | None, out: Path | None, progress: _Progress | None
) -> tuple[list[str], bool, dict[str, bytes]]: ...
def import_files(
    release: Path, out: Path, settings: Mapping[str, Any], threads: int | None, progress: _Progress | None
) -> list[str]: ...
def import_rows(
    flows: Any,
    out: Path,
    settings: Mapping[str, Any],
    country_codes: Mapping[int, str] | None,
    threads: int | None,
    progress: _Progress | None,
) -> list[str]: ...
