"""The supervisor with small programs of its own making: order, restarts, failed starts, clean ends."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from scripts.stack import supervisor as module
from scripts.stack.envFile import createEnvFile
from scripts.stack.paths import ENV_EXAMPLE
from scripts.stack.processes import StackProcess
from scripts.stack.provision import NginxTool, ServiceTools, Tool
from scripts.stack.runState import ProcessState, RunState, readState, startTicks, writeState
from scripts.stack.supervisor import Supervisor, sweepLeftovers, trimLog
from scripts.stack.surroundings import Surroundings, observe
from scripts.stack.unprivileged import dyingWithParent

NO_TOOLS = ServiceTools(Path("/nowhere"), {}, Tool(Path("/nowhere")), NginxTool(Path("/nowhere"), "nginx"))


@pytest.fixture(name="folder")
def useOwnFolder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(module, "LOGS", tmp_path)
    monkeypatch.setattr(module, "publishEndpoints", lambda _: None)
    monkeypatch.setattr(module, "forgetEndpoints", lambda: None)
    monkeypatch.setattr(module, "writeState", lambda state: writeState(state, tmp_path / "state.json"))
    monkeypatch.setattr(module, "readState", lambda: readState(tmp_path / "state.json"))
    monkeypatch.setattr(module, "environmentOf", lambda *_: dict(os.environ))
    return tmp_path


@pytest.fixture(name="surroundings")
def observeHere(tmp_path: Path) -> Surroundings:
    envFile = tmp_path / ".env"
    createEnvFile(ENV_EXAMPLE, envFile)
    return observe(NO_TOOLS, envFile)


def aServer(name: str, folder: Path, *needs: str) -> StackProcess:
    """Writes its name to a file when it starts, and is ready once the file is there."""
    program = f"import pathlib, time; pathlib.Path({str(folder / name)!r}).open('a').write('x'); time.sleep(60)"
    return StackProcess(
        name=name,
        title=name,
        command=lambda _: dyingWithParent([sys.executable, "-c", program], "KILL"),
        isReady=lambda *_: (folder / name).exists(),
        needs=needs,
    )


async def startOf(supervisor: Supervisor, folder: Path) -> asyncio.Task[int]:
    running = asyncio.create_task(supervisor.run())
    await untilState(folder, lambda state: state.phase in ("ready", "failed"))
    return running


async def untilState(folder: Path, holds: Callable[[RunState], bool]) -> RunState:
    for _ in range(400):
        state = readState(folder / "state.json")
        if state is not None and holds(state):
            return state
        await asyncio.sleep(0.025)
    raise AssertionError(f"never came: {readState(folder / 'state.json')}")


async def stop(running: asyncio.Task[int]) -> int:
    os.kill(os.getpid(), signal.SIGTERM)
    return await asyncio.wait_for(running, 10)


async def testADeadProcessIsStartedAgainAndNothingIsLeft(
    folder: Path, surroundings: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PROCESSES", [aServer("a", folder), aServer("b", folder, "a")])
    running = await startOf(Supervisor(surroundings), folder)
    before = await untilState(folder, lambda state: state.phase == "ready")
    os.kill(before.processes["a"].pid, signal.SIGKILL)
    after = await untilState(folder, lambda state: state.processes["a"].restarts == 1 and state.processes["a"].isAlive)
    assert after.processes["b"].pid == before.processes["b"].pid
    assert await stop(running) == 0
    assert not any(process.isAlive for process in after.processes.values())


async def testAProcessThatHangsIsCalledSilentUntilItAnswersAgain(
    folder: Path, surroundings: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PROCESSES", [aServer("a", folder)])
    monkeypatch.setattr(module, "WATCH_EVERY_SECONDS", 0.02)
    running = await startOf(Supervisor(surroundings), folder)
    (folder / "a").rename(folder / "away")
    await untilState(folder, lambda state: state.processes["a"].status == "silent")
    (folder / "away").rename(folder / "a")
    state = await untilState(folder, lambda state: state.processes["a"].status == "ready")
    assert state.processes["a"].restarts == 0
    assert await stop(running) == 0


async def testAFailedStartNamesTheProcessAndLeavesNothing(
    folder: Path, surroundings: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = replace(aServer("bad", folder, "a"), command=lambda _: [sys.executable, "-c", "raise SystemExit(9)"])
    bad = replace(bad, isReady=lambda *_: False)
    monkeypatch.setattr(module, "PROCESSES", [aServer("a", folder), bad])
    running = await startOf(Supervisor(surroundings), folder)
    assert await asyncio.wait_for(running, 10) == 1
    state = await untilState(folder, lambda state: state.phase == "failed")
    assert state.failedProcess == "bad"
    assert "exit code 9" in state.failure
    assert (folder / "a").exists()


async def testAFullDiskNeitherStopsTheStackNorTheRestarts(
    folder: Path, surroundings: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PROCESSES", [aServer("a", folder)])
    monkeypatch.setattr(module, "LOG_CHECK_SECONDS", 0.01)
    running = await startOf(Supervisor(surroundings), folder)
    before = await untilState(folder, lambda state: state.phase == "ready")
    with monkeypatch.context() as full:
        full.setattr(module, "writeState", failForWantOfSpace)
        full.setattr(module, "trimLog", failForWantOfSpace)
        os.kill(before.processes["a"].pid, signal.SIGKILL)
        await until(lambda: (folder / "a").read_text() == "xx")
    os.kill(os.getpid(), signal.SIGTERM)
    assert await asyncio.wait_for(running, 10) == 0


def failForWantOfSpace(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


async def until(holds: Callable[[], bool]) -> None:
    for _ in range(400):
        if holds():
            return
        await asyncio.sleep(0.025)
    raise AssertionError("never came")


async def testATaskRunsOnceBeforeWhatNeedsIt(
    folder: Path, surroundings: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    marker = folder / "done"
    task = StackProcess("task", "task", lambda _: ["touch", str(marker)], kind="task")
    needing = replace(aServer("a", folder, "task"), isReady=lambda *_: marker.exists())
    monkeypatch.setattr(module, "PROCESSES", [needing, task])
    running = await startOf(Supervisor(surroundings), folder)
    state = await untilState(folder, lambda state: state.phase == "ready")
    assert state.processes["task"].status == "done"
    assert await stop(running) == 0


async def testWhatAKilledSupervisorLeftIsEnded(folder: Path) -> None:
    child = await asyncio.create_subprocess_exec("sleep", "60", start_new_session=True)
    state = RunState("ready", "x", 0, 0)
    state.processes["a"] = ProcessState(pid=child.pid, startedAtTicks=startTicks(child.pid))
    writeState(state, folder / "state.json")
    await asyncio.to_thread(sweepLeftovers)
    assert await asyncio.wait_for(child.wait(), 5) != 0


def testALargeLogIsMovedAside(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("x" * 100)
    trimLog(log, limitBytes=1000)
    assert log.stat().st_size == 100
    trimLog(log, limitBytes=50)
    assert log.stat().st_size == 0
    assert (tmp_path / "a.log.1").stat().st_size == 100


async def testAProcessWritesOnIntoTheLogThatWasMovedAside(tmp_path: Path) -> None:
    """It keeps the file open and is told nothing: what it writes next is at the beginning of the emptied file."""
    log = tmp_path / "a.log"
    with log.open("ab") as output:
        writer = await asyncio.create_subprocess_exec("cat", stdin=asyncio.subprocess.PIPE, stdout=output)
    assert writer.stdin is not None
    for lines in ("one\ntwo\n", "three\n", "four\n"):
        writer.stdin.write(lines.encode())
        await untilLast(log, lines)
        trimLog(log, limitBytes=5)
    writer.stdin.close()
    assert await asyncio.wait_for(writer.wait(), 5) == 0
    assert log.read_text() == "four\n"
    assert (tmp_path / "a.log.1").read_text() == "three\n"


async def untilLast(log: Path, lines: str) -> None:
    for _ in range(250):
        if (await asyncio.to_thread(log.read_text)).endswith(lines):
            return
        await asyncio.sleep(0.02)
    raise AssertionError("nothing was written")
