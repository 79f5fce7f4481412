"""Studies and settings: everything that a run depends on."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from monazite import _monazite, _toml
from monazite._errors import Problem
from monazite._monazite import Table

_FILE = "the study"


@lru_cache(maxsize=1)
def _keys() -> dict[str, tuple[str, ...]]:
    """The parameters of a study file by section."""
    table = _monazite.study_parameters()
    keys: dict[str, list[str]] = {}
    for section, key in zip(table["section"], table["key"]):
        keys.setdefault(section, []).append(key)
    return {section: tuple(of) for section, of in keys.items()}


def _nearest(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else f"; there are {', '.join(known)}"


def _is_path(value: Any) -> bool:
    return isinstance(value, (str, os.PathLike))


class Study:
    """A study: the question, the data, and every setting that a run depends on.

    ``seeds`` are the products at the beginning of the value chain, six-digit HS codes as texts. ``trade`` and
    ``governance`` are paths (a BACI release as downloaded, any table of trade, or a store; the Governance
    Indicators in any official layout), or tables: then the study runs on data in memory. A table of trade has
    the columns year, product, exporter, importer and value in thousand USD, and quantity in tonnes if there
    is one; ``columns`` says which is which where they are called otherwise, and ``country_codes`` what
    numbers of countries mean that are not BACI's. A table of stability has iso3, year and pv (0 to 100).

    Every section of the study file is a dict: ``indicators={"damping": 0.9}``, ``chain={"edges":
    ["chain.csv"]}``; the section ``[trade]`` is ``trade_settings``, since ``trade`` is the data, and
    ``[study]`` is ``study``. :attr:`parameters` lists all of them with their defaults. They are read by the
    parser of study files, which finds what is wrong: :meth:`check` says it, and :func:`monazite.run` raises
    it. Paths are relative to the current folder, and in a study of a file to that file.

    Raises ``TypeError`` for a section that there is not, and for a value that no study file could hold.

    >>> import monazite as mz
    >>> files = {"trade": "BACI.zip", "governance": "wgi.xlsx"}
    >>> study = mz.Study(seeds=["284690"], **files, indicators={"damping": 0.9})
    >>> study
    Study('', seeds ['284690'])
    >>> "damping = 0.9" in study.to_toml()
    True
    >>> mz.Study(seeds=["28469"], **files).check()[0].key
    'study.seeds'
    """

    __slots__ = ("_columns", "_country_codes", "_governance", "_text", "_trade")

    _text: _monazite.StudyText
    _trade: Any
    _governance: Any
    _columns: dict[str, str]
    _country_codes: dict[int, str] | None

    def __init__(
        self,
        *,
        seeds: Sequence[str] | str | None = None,
        trade: Any = None,
        governance: Any = None,
        name: str | None = None,
        years: Sequence[int] | None = None,
        columns: Mapping[str, str] | None = None,
        country_codes: Mapping[int, str] | None = None,
        trade_settings: Mapping[str, Any] | None = None,
        **sections: Mapping[str, Any],
    ) -> None:
        known = _keys()
        for section in sections:
            if section not in known or section == "trade":
                names = [of for of in known if of != "trade"] + [
                    "trade_settings",
                    "seeds",
                    "governance",
                    "name",
                    "years",
                ]
                raise TypeError(f"there is no section {section} of a study{_nearest(section, names)}")
        written: dict[str, dict[str, Any]] = {}
        seeds = [seeds] if isinstance(seeds, str) else seeds
        self._add(written, "study", {"name": name, "seeds": seeds, "years": years})
        paths = {
            key: value for key, value in (("trade", trade), ("governance", governance)) if _is_path(value)
        }
        self._add(written, "data", paths)
        if columns is not None and _is_path(trade):
            self._add(written, "data", {"columns": dict(columns)})
        for section, settings in {**sections, "trade": trade_settings or {}}.items():
            if not isinstance(settings, Mapping):
                raise TypeError(
                    f"{section}: a dict of settings is wanted, and this is {type(settings).__name__}"
                )
            self._add(written, section, settings)
        self._set(
            _monazite.StudyText(_toml.document_of({s: of for s, of in written.items() if of}), Path(_FILE))
        )
        self._trade = None if trade is None or _is_path(trade) else trade
        self._governance = None if governance is None or _is_path(governance) else governance
        self._columns = {} if _is_path(trade) else dict(columns or {})
        self._country_codes = None if country_codes is None else dict(country_codes)

    @staticmethod
    def _add(written: dict[str, dict[str, Any]], section: str, settings: Mapping[str, Any]) -> None:
        into = written.setdefault(section, {})
        for key, value in settings.items():
            if value is None:
                continue
            if into.get(key) is not None:
                raise TypeError(f"{section}.{key} is given twice")
            into[key] = value

    def _set(self, text: _monazite.StudyText) -> None:
        self._text = text
        self._trade = self._governance = self._country_codes = None
        self._columns = {}

    @classmethod
    def _of(cls, text: _monazite.StudyText) -> Study:
        study = cls.__new__(cls)
        study._set(text)
        return study

    @classmethod
    def from_toml(cls, path: str | os.PathLike[str]) -> Study:
        """The study of a file, or of the ``study.toml`` in a folder.

        Raises ``FileNotFoundError`` if there is none. What is wrong in it is said by :meth:`check`, each with
        its line.

        >>> import monazite as mz
        >>> mz.Study.from_toml(mz.example_data() / "studies" / "example" / "study.toml").check()
        []
        """
        return cls._of(_monazite.StudyText.read(Path(path)))

    def to_toml(self) -> str:
        """The study as the text of a study file, every default spelled out. Tables in memory are not in it.

        >>> import monazite as mz
        >>> study = mz.example()
        >>> mz.Study.from_toml(study.file).to_toml() == study.to_toml()
        True
        """
        return self._text.to_toml()

    def check(self) -> list[Problem]:
        """Everything that is wrong with the study, each with the key and, in a file, the line; files that are
        not there too.

        What depends on the data, such as a seed that nobody trades, shows when it is run.

        >>> import monazite as mz
        >>> study = mz.Study(seeds=["284690"], trade="a", governance="b", indicators={"dampin": 0.9})
        >>> str(study.check()[0])
        'line 7: indicators.dampin: there is no such parameter; did you mean damping?'
        """
        found = self._text.check(self._trade is not None, self._governance is not None)
        return [Problem(*problem) for problem in found]

    @property
    def parameters(self) -> Table:
        """All parameters: section, key, value, default, what a value has to look like, documentation.

        >>> import monazite as mz
        >>> table = mz.example().parameters
        >>> table["default"][table["key"].index("damping")]
        '1.0'
        """
        return self._text.parameters()

    @property
    def name(self) -> str:
        """Name of the study, as its report shows it."""
        return self._text.name

    @property
    def seeds(self) -> list[str]:
        """The products at the beginning of the value chain."""
        return self._text.seeds

    @property
    def file(self) -> Path:
        """The file that it came from; its paths are relative to the folder of it."""
        return Path(self._text.file)

    def __repr__(self) -> str:
        wrong = len(self._text.check(True, True))
        said = f", {wrong} problem{'s' if wrong > 1 else ''}: see check()" if wrong else ""
        given = [
            what for what, of in (("trade", self._trade), ("governance", self._governance)) if of is not None
        ]
        tables = f", {' and '.join(given)} in memory" if given else ""
        return f"Study({self.name!r}, seeds {self.seeds}{tables}{said})"

    def _place(self) -> str:
        return os.path.abspath(self.file)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Study):
            return NotImplemented
        return (
            self.to_toml() == other.to_toml()
            and os.path.dirname(self._place()) == os.path.dirname(other._place())
            and self._columns == other._columns
            and self._country_codes == other._country_codes
            and _same(self._trade, other._trade)
            and _same(self._governance, other._governance)
        )

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        tables = (self._trade, self._governance, self._columns, self._country_codes)
        # Another process may be in another folder.
        return _unpickled, (self.to_toml(), self._place(), *tables)


def _unpickled(
    text: str,
    file: str,
    trade: Any,
    governance: Any,
    columns: dict[str, str],
    country_codes: dict[int, str] | None,
) -> Study:
    study = Study._of(_monazite.StudyText(text, Path(file)))
    study._trade, study._governance = trade, governance
    study._columns, study._country_codes = columns, country_codes
    return study


def _same(one: Any, other: Any) -> bool:
    """Whether two tables are the same, as their own library sees it."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if hasattr(one, "equals"):
        return bool(one.equals(other))
    same = one == other
    return same if isinstance(same, bool) else False


def example() -> Study:
    """The example that comes with the package: rare earths and other critical raw materials, on real trade.
    Its data are put into the cache of the user.

    Raises ``OSError`` if the cache cannot be written; ``XDG_CACHE_HOME`` says where it is.

    >>> import monazite as mz
    >>> mz.example().seeds[:4]
    ['284610', '284690', '283691', '250410']
    """
    return Study._of(_monazite.StudyText.read(_monazite.example_study()))


def example_data() -> Path:
    """The folder with the study and the data of the example, put into the cache of the user.

    >>> import monazite as mz
    >>> (mz.example_data() / "studies" / "example" / "study.toml").exists()
    True
    """
    return Path(_monazite.example_study()).parents[2]


#: Sections that settle what is computed of a table of flows.
_OF_TABLES = (
    "stability",
    "trade",
    "indicators",
    "indices",
    "uncertainty",
    "chain",
    "profile",
    "typology",
    "regression",
)
#: Those whose names need no section where another section has the same.
_FIRST = ("stability", "trade", "indicators", "uncertainty")

#: What tables have of the other sections.
_OF_OTHER_SECTIONS = (("study", "random_seed"), ("data", "extract"))


class Options:
    """Settings of a computation on tables: those of a study file, by their names.

    ``missing`` is that of ``[stability]``. A name that two of ``[stability]``, ``[trade]``, ``[indicators]``
    and ``[uncertainty]`` have, and any setting of another section that shares its name, is given with its
    section, as a dict: ``Options(trade={"measure": "quantity"})``. Values are checked by the parser of study
    files when they are used.

    Raises ``TypeError`` for a name that there is not, with the nearest.

    >>> import monazite as mz
    >>> print(mz.Options(damping=0.9, random_seed=7).to_toml(), end="")
    [indicators]
    damping = 0.9
    [study]
    random_seed = 7
    >>> mz.Options(dampin=0.9)
    Traceback (most recent call last):
    TypeError: there is no setting dampin; did you mean damping?
    """

    __slots__ = ("_sections",)

    _sections: dict[str, dict[str, Any]]

    def __init__(self, **settings: Any) -> None:
        keys = _keys()
        places: dict[str, list[str]] = {key: [section] for section, key in _OF_OTHER_SECTIONS}
        for section in _OF_TABLES:
            for key in keys[section]:
                places.setdefault(key, []).append(section)
        for key, found in places.items():
            first = [section for section in found if section in _FIRST]
            places[key] = first or found
        self._sections = {}
        for name, value in settings.items():
            if name in keys and isinstance(value, Mapping):
                others = tuple(key for section, key in _OF_OTHER_SECTIONS if section == name)
                known = keys[name] if name in _OF_TABLES else others
                for key, of in value.items():
                    if key not in known:
                        of_tables = "" if name in _OF_TABLES else " of tables"
                        near = _nearest(str(key), known) if known else ""
                        raise TypeError(f"there is no setting {name}.{key}{of_tables}{near}")
                    self._put(name, key, of)
                continue
            found = places.get(name, [])
            if not found:
                raise TypeError(f"there is no setting {name}{_nearest(name, [*places, *_OF_TABLES])}")
            if len(found) > 1:
                ways = " or ".join(f'{section}={{"{name}": ...}}' for section in found)
                raise TypeError(f"the setting {name} is one of several sections; say which: {ways}")
            self._put(found[0], name, value)

    def _put(self, section: str, key: str, value: Any) -> None:
        settings = self._sections.setdefault(section, {})
        if key in settings:
            raise TypeError(f"{section}.{key} is given twice")
        settings[key] = value

    def to_toml(self) -> str:
        """The settings as the text of a study file without data and seeds."""
        return _toml.document_of(self._sections) if self._sections else ""

    def __repr__(self) -> str:
        settings = (f"{section}={of!r}" for section, of in self._sections.items())
        return f"Options({', '.join(settings)})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Options) and self.to_toml() == other.to_toml()

    __hash__ = None  # type: ignore[assignment]


def settings_toml(options: Options | Mapping[str, Any] | str | None) -> str:
    """Settings in any of their forms as the text of a study file: options, a dict of names or of sections, or
    such a text."""
    if options is None:
        return ""
    if isinstance(options, str):
        return options
    if isinstance(options, Mapping):
        return Options(**options).to_toml()
    if hasattr(options, "to_toml"):
        return str(options.to_toml())
    raise TypeError(f"options: mz.Options or a dict is wanted, and this is {type(options).__name__}")
