"""Values of Python as TOML: how settings reach the one parser of studies."""

from __future__ import annotations

import datetime
import json
import os
import re
from collections.abc import Iterable, Mapping
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def text_of(text: str) -> str:
    # JSON escapes what TOML does, but for one sign.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def key_of(key: Any) -> str:
    if not isinstance(key, str):
        raise TypeError(f"the name of a setting is a text, and {key!r} is none")
    return key if _BARE.fullmatch(key) else text_of(key)


def value_of(value: Any, where: str) -> str:
    """One value. ``where`` names it in messages."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return repr(float(value))
    if isinstance(value, str):
        return text_of(value)
    if isinstance(value, os.PathLike):
        return text_of(os.fsdecode(value))
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, Mapping):
        entries = (
            f"{key_of(key)} = {value_of(of, f'{where}.{key}')}" for key, of in value.items() if of is not None
        )
        return "{ " + ", ".join(entries) + " }" if value else "{}"
    if hasattr(value, "tolist"):
        # Arrays and numbers of numpy, and columns of data frames.
        return value_of(value.tolist(), where)
    if isinstance(value, Iterable) and not isinstance(value, (bytes, bytearray)):
        listed = sorted(value) if isinstance(value, (set, frozenset)) else value
        return "[" + ", ".join(value_of(of, where) for of in listed) + "]"
    raise TypeError(
        f"{where}: a text, a number, True or False, a list or a dict is wanted, "
        f"and this is {type(value).__name__}"
    )


def document_of(sections: Mapping[str, Mapping[str, Any]]) -> str:
    """A file of sections. What is None is left out."""
    lines: list[str] = []
    for name, settings in sections.items():
        if not isinstance(settings, Mapping):
            wanted = f'{name}={{"...": ...}}'
            raise TypeError(
                f"{name}: a dict of settings is wanted, {wanted}, and this is {type(settings).__name__}"
            )
        lines.append(f"[{key_of(name)}]")
        lines += [
            f"{key_of(key)} = {value_of(of, f'{name}.{key}')}"
            for key, of in settings.items()
            if of is not None
        ]
    return "\n".join(lines) + "\n"
