"""What a task raised, as the exception that it was."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from monazite import _errors
from monazite._errors import MonaziteError

_WORDS = re.compile(
    r"^monazite(?:\.\w+)*\.(?P<name>\w+): (?P<message>.*?)"
    r"(?=\n\s*(?:$|at |SQLSTATE|During |The above exception|Traceback|JVM stack|Driver stack|Caused by))",
    re.MULTILINE | re.DOTALL,
)
_PLAIN = re.compile(r"^(?P<name>TypeError|ValueError): (?P<message>.+)$", re.MULTILINE)
_MISSING = re.compile(r"No module named '(monazite|pyarrow)[\w.]*'")


def of_text(text: str) -> Exception | None:
    """The exception in the traceback of a task; None if it is not one of monazite's."""
    missing = _MISSING.search(text)
    if missing:
        return MonaziteError(
            f"the Python of Spark's workers has no {missing[1]}; install monazite[spark] on every node, and "
            "set PYSPARK_PYTHON to that Python before the session starts"
        )
    if re.search(r"ImportError: cannot import name .* from '?monazite", text):
        return MonaziteError(
            "the Python of Spark's workers has a monazite of another version; install the same on every node"
        )
    if "Python in worker has different version" in text or "PYTHON_VERSION_MISMATCH" in text:
        return MonaziteError(
            "the Python of Spark's workers is of another version than that of the driver; set PYSPARK_PYTHON "
            "to the Python that has monazite before the session starts"
        )
    # The last of them is the one that got out.
    ours = [found for found in _WORDS.finditer(text + "\n\n") if hasattr(_errors, found["name"])]
    if ours:
        return _made(ours[-1]["name"], ours[-1]["message"].strip())
    plain = list(_PLAIN.finditer(text)) if "monazite" in text else []
    if plain:
        kind = TypeError if plain[-1]["name"] == "TypeError" else ValueError
        return kind(plain[-1]["message"].strip())
    return None


def _made(name: str, message: str) -> Exception:
    kind = getattr(_errors, name, MonaziteError)
    if kind is _errors.InputError:
        column = re.search(r"\bcolumn (\w+):", message)
        return _errors.InputError(
            message, file="flows" if message.startswith("flows") else None, column=column and column[1]
        )
    return kind(message)


@contextmanager
def as_raised() -> Iterator[None]:
    """Raises what a task of monazite raised as it was; Spark's own exception is its cause."""
    from pyspark.errors import PySparkException

    kinds: tuple[type[Exception], ...] = (PySparkException,)
    try:
        from py4j.protocol import Py4JError
    except ImportError:
        # A client of Spark Connect has no JVM beside it.
        pass
    else:
        kinds = (PySparkException, Py4JError)
    try:
        yield
    except kinds as error:
        raised = of_text(str(error))
        if raised is None:
            raise
        raise raised from error
