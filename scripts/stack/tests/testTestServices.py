from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import asyncpg

from scripts.stack.paths import ROOT
from scripts.stack.ports import freePort, isFree
from scripts.stack.readiness import answersPing, ownsPort
from scripts.stack.testServices import startTestServices


async def testBothServersAreRealAndGoWithoutATrace(tmp_path: Path) -> None:
    services = startTestServices(tmp_path)
    redisPort = int(services.redisUrl.rpartition(":")[2].partition("/")[0])
    connection = await asyncpg.connect(services.superuserUrl.replace("+asyncpg", ""))
    assert int(await connection.fetchval("SHOW server_version_num")) >= 150000
    await connection.close()
    assert answersPing(redisPort)
    services.stop()
    services.stop()
    assert isFree(redisPort)
    assert os.listdir(tmp_path) == []  # noqa: PTH208


def testNothingOutlivesAKilledTestRun(tmp_path: Path) -> None:
    program = (
        "import os, signal; from pathlib import Path; from scripts.stack.testServices import startTestServices\n"
        f"print(startTestServices(Path({str(tmp_path)!r})).redisUrl, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    port = int(done.stdout.rpartition(":")[2].partition("/")[0])
    assert _becomesFree(port)


def testAPortProvesNothing() -> None:
    assert not ownsPort(1, freePort())


def _becomesFree(port: int) -> bool:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and not isFree(port):
        time.sleep(0.05)
    return isFree(port)
