"""Output that is read only in part, as by `head`."""

from __future__ import annotations

import signal


def endWithReader() -> None:
    """A command whose reader has gone ends quietly, as every Unix program does; Python would raise."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
