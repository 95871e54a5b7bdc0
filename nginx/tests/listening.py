from __future__ import annotations

import socket


class NotReadyError(Exception):
    """A process did not start; the text is the end of its log."""


def isListening(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0
