"""scripts/down: stop everything, in order, and end what does not stop."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Sequence
from typing import Final

from scripts.stack.runState import RunState, runningState
from scripts.stack.supervisor import sweepLeftovers

WAIT_SECONDS: Final = 6.0
POLL_SECONDS: Final = 0.02


def main(argv: Sequence[str] | None = None) -> int:
    argparse.ArgumentParser(prog="scripts/down", description=__doc__).parse_args(argv)
    startedAt = time.monotonic()
    state = runningState()
    if state is None:
        sweepLeftovers()
        print("The stack does not run.")
        return 0
    _stop(state)
    sweepLeftovers()
    print(f"Stopped in {time.monotonic() - startedAt:.1f} s.")
    return 0


def _stop(state: RunState) -> None:
    os.kill(state.pid, signal.SIGTERM)
    deadline = time.monotonic() + WAIT_SECONDS
    while state.isAlive and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    if state.isAlive:
        os.kill(state.pid, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
