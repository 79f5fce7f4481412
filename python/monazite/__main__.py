"""The command ``monazite``, also as ``python -m monazite``."""

from __future__ import annotations

import signal
import sys


def main() -> None:
    # The command stops at Ctrl-C by itself, and Python would only hear of it at the end.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from monazite._monazite import command

    sys.exit(command(["monazite", *sys.argv[1:]]))


if __name__ == "__main__":
    main()
