"""Who depends on whom for a critical raw material, how deep in the value chain, and at what cost."""

from __future__ import annotations

from monazite._errors import (
    Cancelled,
    ChainError,
    InputError,
    MonaziteError,
    MonaziteWarning,
    Problem,
    RunFolderError,
    StoreError,
    StudyError,
)
from monazite._monazite import Table, __version__
from monazite._tables import product_years

# study level
from monazite._answers import Answer, Comparison, Plan, Ranking, WhatIf
from monazite._compare import compare
from monazite._figure import Figure, Page
from monazite._run import Run, run
from monazite._store import Store, import_table, import_trade
from monazite._study import Options, Study, example, example_data

__all__ = [
    # study level
    "Answer",
    "Comparison",
    "Figure",
    "Options",
    "Page",
    "Plan",
    "Ranking",
    "Run",
    "Store",
    "Study",
    "WhatIf",
    "compare",
    "example",
    "example_data",
    "import_table",
    "import_trade",
    "run",
    # tables
    "Cancelled",
    "ChainError",
    "InputError",
    "MonaziteError",
    "MonaziteWarning",
    "Problem",
    "RunFolderError",
    "StoreError",
    "StudyError",
    "Table",
    "__version__",
    "product_years",
]
