"""Who depends on whom for a critical raw material, how deep in the value chain, and at what cost."""

from __future__ import annotations

from monazite._complexity import Complexity, complexity
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
from monazite._indices import indices
from monazite._monazite import Regression, Table, __version__
from monazite._statistics import density_merging, links, regress, umap
from monazite._tables import (
    concentration,
    dependencies,
    draws,
    exposure,
    influence,
    origins,
    product_years,
    rca,
    suppliers,
    systemic_trade_risk,
)

# study level
from monazite._answers import (
    Answer,
    BeforeAfter,
    Comparison,
    IndexComparison,
    Plan,
    Ranking,
    WhatIf,
)
from monazite._compare import compare
from monazite._figure import Figure, Page
from monazite._run import Run, run
from monazite._store import Store, import_table, import_trade
from monazite._study import Options, Study, example, example_data

__all__ = [
    # study level
    "Answer",
    "BeforeAfter",
    "Comparison",
    "Figure",
    "IndexComparison",
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
    "Complexity",
    "InputError",
    "MonaziteError",
    "MonaziteWarning",
    "Problem",
    "Regression",
    "RunFolderError",
    "StoreError",
    "StudyError",
    "Table",
    "__version__",
    "complexity",
    "concentration",
    "density_merging",
    "dependencies",
    "draws",
    "exposure",
    "indices",
    "influence",
    "links",
    "origins",
    "product_years",
    "rca",
    "regress",
    "suppliers",
    "systemic_trade_risk",
    "umap",
]

# A class is shown, and pickled, under the name by which people import it.
for _name in __all__:
    if isinstance(globals()[_name], type) and globals()[_name].__module__.startswith("monazite._"):
        globals()[_name].__module__ = __name__
del _name
