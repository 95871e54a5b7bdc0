"""`python -m KSysPayment.simulator`: a local stand-in for Bank BRI."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import uvicorn
from dotenv import dotenv_values

from KSysPayment.simulator.application import createApplication
from KSysPayment.simulator.bank import composeBank
from KSysPayment.simulator.clock import BankClock
from KSysPayment.simulator.hangUpProtocol import HangUpProtocol
from KSysPayment.simulator.settings import SettingsError, loadSettings


def main() -> int:
    """Serve until told to stop; 2 when the settings do not do."""
    fromFile = {name: value for name, value in dotenv_values(Path(".env")).items() if value is not None}
    try:
        settings = loadSettings({**fromFile, **os.environ})
    except SettingsError as error:
        sys.stderr.write(f"The BRI simulator cannot start:\n{error}\n")
        return 2

    config = uvicorn.Config(
        createApplication(composeBank(settings, BankClock())),
        host=settings.host,
        port=settings.port,
        http=HangUpProtocol,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=1,
    )
    uvicorn.Server(config).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
