"""The gateway as a service of its own, in a container or under systemd: configured from the environment."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from scripts.stack.envFile import withFiles
from scripts.stack.gatewayConfig import renderGatewayConfig
from scripts.stack.paths import LOGS
from scripts.stack.precedence import AT_ONCE, letGoFirst
from scripts.stack.provision import findNginx

SECRETS = ("GATEWAY_SHARED_SECRET", "REDIS_URL")


def becomeGateway(folder: Path) -> NoReturn:
    """Render `folder` and become nginx."""
    nginx = findNginx()
    if nginx is None:
        raise SystemExit("this image holds no nginx with the Lua module")
    folder.mkdir(parents=True, exist_ok=True)
    values = withWritableLog(withFiles(os.environ, SECRETS), sys.stdout.fileno())
    command = renderGatewayConfig(nginx, values, folder)
    letGoFirst(os.getpid(), AT_ONCE)
    os.execv(command[0], command)  # noqa: S606 - this process becomes the gateway


def withWritableLog(values: Mapping[str, str], output: int, folder: Path = LOGS) -> Mapping[str, str]:
    """Nginx opens its access log by a path, and a socket (systemd's standard output) has none: then it is a file."""
    if values.get("GATEWAY_ACCESS_LOG") or not stat.S_ISSOCK(os.fstat(output).st_mode):
        return values
    folder.mkdir(parents=True, exist_ok=True)
    return {**values, "GATEWAY_ACCESS_LOG": str(folder / "gateway.log")}


if __name__ == "__main__":
    becomeGateway(Path(sys.argv[1]))
