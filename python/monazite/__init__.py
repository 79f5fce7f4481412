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

__all__ = [
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
