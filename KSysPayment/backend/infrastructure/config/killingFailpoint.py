from __future__ import annotations

import os
import signal

from KSysPayment.backend.domain.interfaces.failpointInterface import FailpointInterface


class KillingFailpoint(FailpointInterface):
    """Dies like a process whose machine lost power, at the one step it was told."""

    def __init__(self, step: str) -> None:
        self._step = step

    def reach(self, step: str) -> None:
        if step == self._step:
            os.kill(os.getpid(), signal.SIGKILL)
