"""`python -m shared.backend.worker public_server:plan` runs a server's jobs in a process of their own."""

from __future__ import annotations

import argparse
import asyncio
import importlib
import signal
import sys

from shared.backend.config.settings import PlatformSettings, SettingsError
from shared.backend.server import ServerPlan, runWorker


def _planNamed(name: str) -> ServerPlan[PlatformSettings]:
    moduleName, _, attribute = name.partition(":")
    plan = getattr(importlib.import_module(moduleName), attribute or "plan")
    if not isinstance(plan, ServerPlan):
        raise SystemExit(f"{name} is not a server plan")
    return plan


async def _run(plan: ServerPlan[PlatformSettings]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signalNumber in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signalNumber, stop.set)
    await runWorker(plan, stop)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("plan", help="module:attribute, such as public_server:plan")
    try:
        asyncio.run(_run(_planNamed(parser.parse_args(arguments).plan)))
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
