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

__all__ = [
    "Cancelled",
    "ChainError",
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
    "concentration",
    "density_merging",
    "dependencies",
    "draws",
    "exposure",
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
