"""Which settings of a study a product-year alone can follow."""

from __future__ import annotations

import re
from typing import Any

from monazite._study import settings_toml as settings

# What of a study file speaks of one product-year and nothing else.
_ALONE = {
    "stability": {"measure", "missing", "fixed_year"},
    "trade": {"min_trade", "remove_trickles_below"},
    "indicators": {
        "orientation",
        "identity",
        "damping",
        "import_content",
        "zero_imports_hhi",
        "influence",
        "pv_free_alpha",
        "min_contribution",
        "trade_risk",
    },
    "study": {"name", "material", "question", "random_seed", "seeds", "focus"},
}
# The sections that indicators of product-years follow; the others are about what comes after them.
_LOOKED_AT = ("study", "data", "stability", "trade", "indicators", "groups")
# Of all others, the values that change nothing.
_HARMLESS = {
    ("trade", "measure"): '"value"',
    ("trade", "country_set"): '"all"',
    ("trade", "merge"): "{}",
    ("trade", "min_quantity_coverage"): None,
    ("trade", "hubs"): None,
    ("groups", "define"): "{}",
    ("groups", "consolidated"): "[]",
    ("groups", "means"): None,
    ("data", "extract"): "false",
    ("data", "trade"): None,
    ("data", "governance"): None,
    ("data", "unknown_country"): None,
    ("data", "short_codes"): None,
    ("study", "products"): None,
    ("indicators", "rca_universe"): None,
    ("indicators", "composite_scaling"): None,
    ("indicators", "decomposition"): None,
    ("indicators", "dependencies"): None,
}
_ADVICE = {
    (
        "trade",
        "merge",
    ): "give the members one code in the DataFrame, and take out the rows of what is traded among them",
    (
        "trade",
        "measure",
    ): "multiply in the DataFrame, or compute it with monazite.product_years in one process",
    ("study", "years"): "filter the DataFrame by year",
}
_LINE = re.compile(r"^\s*(?:\[(?P<section>[\w.]+)\]|(?P<key>[\w.\"-]+)\s*=\s*(?P<value>.*?))\s*$")


def of_options(options: Any) -> str:
    """The settings for every task: as text, and never judging a part of the table by itself.

    Raises ValueError for a setting that rests on more than one product-year.
    """
    text = settings(options)
    kept: list[str] = []
    section = ""
    for line in text.splitlines():
        found = _LINE.match(line)
        if found is None or line.lstrip().startswith("#"):
            kept.append(line)
            continue
        if found["section"]:
            section = found["section"]
        elif not _fits(section, found["key"], found["value"]):
            continue
        if section != "data":
            kept.append(line)
    # A part of the trade of the world would look like an extract of it.
    return "[data]\nextract = false\n\n" + "\n".join(kept)


def without_stability(text: str) -> str:
    """The settings for a stability of another country and year."""
    return re.sub(r"^\[stability\]$.*?(?=^\[|\Z)", "", text, flags=re.MULTILINE | re.DOTALL)


def _fits(section: str, key: str, value: str) -> bool:
    """Whether the setting goes to the tasks; False for what changes nothing."""
    if section == "indicators" and key == "import_content" and value == '"production"':
        raise _not_here(section, key, "its table is not on the nodes")
    if section not in _LOOKED_AT or key in _ALONE.get(section, ()):
        return True
    if (section, key) in _HARMLESS:
        harmless = _HARMLESS[section, key]
        if harmless is None or harmless == value:
            return False
    raise _not_here(
        section, key, "it rests on more than one product-year, or on a file that the nodes do not have"
    )


def _not_here(section: str, key: str, why: str) -> ValueError:
    advice = _ADVICE.get(
        (section, key), "leave it out, or compute with monazite.product_years in one process"
    )
    return ValueError(f"options: {section}.{key} cannot be followed on Spark: {why}; {advice}")


def changes_trade(text: str) -> bool:
    """Whether imports and exports of the results are not those of the table."""
    numbers = re.findall(r"^\s*(?:min_trade|remove_trickles_below)\s*=\s*([\d.eE+-]+)", text, re.MULTILINE)
    return any(float(number) != 0 for number in numbers) or '"drop_supplier"' in text


def keeps_unknown_suppliers_as_fifty(text: str) -> bool:
    """Whether the stability of a country rests on its own rows alone."""
    return re.search(r'^\s*missing\s*=\s*"(region_mean|parent_state)"', text, re.MULTILINE) is None
