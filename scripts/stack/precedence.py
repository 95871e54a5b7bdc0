"""Who goes first when the processors are full, as far as this machine lets it be said."""

from __future__ import annotations

import contextlib
import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shared.backend.utils.scheduling import takeTurnsOf

# What one step of niceness is worth to the kernel (sched(7)).
STEP: Final = 1.25


@dataclass(frozen=True)
class Precedence:
    """
    The share of full processors as systemd counts it (CPUWeight: 100 is what everybody has), and the length of a turn.

    Who only answers within a moment takes short turns, and so need not wait for the end of a long one.
    """

    weight: int
    turnMs: float | None = None


AT_ONCE: Final = Precedence(3000, 0.1)
EARLY: Final = Precedence(300)
ORDINARY: Final = Precedence(100)


def letGoFirst(pid: int, precedence: Precedence) -> None:
    """
    Tell the scheduler of the session that `pid` has just begun, before it starts anything of its own.

    Linux weighs whole sessions against each other (autogroups, sched(7)); niceness only counts inside of one, or where
    there are no autogroups: so both are said. To weigh more than others is root's; of anybody else only the turns are
    heard.
    """
    niceness = -round(math.log(precedence.weight / ORDINARY.weight, STEP))
    if niceness != 0:
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, pid, niceness)
        with contextlib.suppress(OSError):
            Path(f"/proc/{pid}/autogroup").write_text(str(niceness))
    if precedence.turnMs is not None:
        with contextlib.suppress(OSError):
            takeTurnsOf(precedence.turnMs, pid)
