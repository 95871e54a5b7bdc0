"""What the scheduler is told of a thread; where it has no ear for it (not Linux, an old kernel) nothing happens."""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys
import threading
from typing import Final

# sched_setattr(2), which the C library has no name for
_SET_ATTRIBUTES: Final = {"x86_64": 314, "aarch64": 274}
_ATTRIBUTES: Final = struct.Struct("=IIQiIQQQII")
_NORMAL_POLICY: Final = 0


def giveWay(sliceMs: int, nicerBy: int = 0) -> None:
    """Let others go before the calling thread: by so much niceness, and at once when they wake up."""
    if sys.platform == "linux":
        thread = threading.get_native_id()
        nice = min(19, os.getpriority(os.PRIO_PROCESS, thread) + nicerBy)
        os.setpriority(os.PRIO_PROCESS, thread, nice)
        takeTurnsOf(sliceMs, thread)


def takeTurnsOf(sliceMs: float, thread: int) -> None:
    """
    How long this thread, and what it starts later, goes on when others want to run: 0.1 to 100 ms.

    What wakes waits for a running thread whose slice is as short as its own, and interrupts one whose slice is longer
    (Linux 6.12). A long slice takes nothing away; it only says that there is no hurry.
    """
    number = _SET_ATTRIBUTES.get(platform.machine())
    if sys.platform != "linux" or number is None:
        return
    nice, nanoseconds = os.getpriority(os.PRIO_PROCESS, thread), int(sliceMs * 1_000_000)
    attributes = _ATTRIBUTES.pack(_ATTRIBUTES.size, _NORMAL_POLICY, 0, nice, 0, nanoseconds, 0, 0, 0, 0)
    ctypes.CDLL(None).syscall(number, thread, attributes, 0)
