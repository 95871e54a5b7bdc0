from __future__ import annotations

import ctypes
import os
import platform
import struct
import threading
from concurrent.futures import ThreadPoolExecutor

from shared.backend.utils.scheduling import giveWay, takeTurnsOf

GET_ATTRIBUTES = {"x86_64": 315, "aarch64": 275}
CUSTOM_SLICES_SINCE = (6, 12)


def slicesAreHeard() -> bool:
    major, minor = (int(part) for part in platform.release().split(".")[:2])
    return (major, minor) >= CUSTOM_SLICES_SINCE and platform.machine() in GET_ATTRIBUTES


def sliceMs(thread: int) -> float:
    """What the system says of it."""
    told = ctypes.create_string_buffer(56)
    number = GET_ATTRIBUTES[platform.machine()]
    assert ctypes.CDLL(None).syscall(number, thread, told, 56, 0) == 0
    return float(struct.unpack("=IIQiIQQQII", told.raw)[5]) / 1_000_000


def inAThread() -> tuple[int, float]:
    giveWay(nicerBy=3, sliceMs=50)
    thread = threading.get_native_id()
    return os.getpriority(os.PRIO_PROCESS, thread), sliceMs(thread) if slicesAreHeard() else 50.0


def testAThreadGivesWayAndNoOther() -> None:
    own = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    with ThreadPoolExecutor(1) as pool:
        nice, lasting = pool.submit(inAThread).result()
    assert (nice, lasting) == (min(19, own + 3), 50.0)
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == own


def testWhatIsStartedLaterTakesTurnsAsShort() -> None:
    def startAnother() -> float:
        takeTurnsOf(0.1, threading.get_native_id())
        with ThreadPoolExecutor(1) as inner:
            return inner.submit(lambda: sliceMs(threading.get_native_id())).result()

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(startAnother).result() == (0.1 if slicesAreHeard() else 0.0)
