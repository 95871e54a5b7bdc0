from __future__ import annotations

import os
import socket
from pathlib import Path

from scripts.stack.containerGateway import withWritableLog


def testUnderSystemdTheAccessLogIsAFile(tmp_path: Path) -> None:
    """Standard output is a socket there, and nginx would not start."""
    folder = tmp_path / "log"
    own, other = socket.socketpair()
    with own, other:
        assert withWritableLog({}, own.fileno(), folder) == {"GATEWAY_ACCESS_LOG": str(folder / "gateway.log")}
        named = {"GATEWAY_ACCESS_LOG": "/elsewhere.log"}
        assert withWritableLog(named, own.fileno(), folder) == named
    assert folder.is_dir()


def testInAContainerItStaysOnStandardOutput(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    assert withWritableLog({}, writing, tmp_path) == {}
    os.close(reading)
    os.close(writing)
