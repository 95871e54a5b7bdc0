"""The gateway's container: nginx, configured from the environment and the files it names."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

from scripts.stack.envFile import withFiles
from scripts.stack.gatewayConfig import renderGatewayConfig
from scripts.stack.provision import findNginx

SECRETS = ("GATEWAY_SHARED_SECRET", "REDIS_URL")


def becomeGateway(folder: Path) -> NoReturn:
    """Render `folder` and become nginx."""
    nginx = findNginx()
    if nginx is None:
        raise SystemExit("this image holds no nginx with the Lua module")
    folder.mkdir(parents=True, exist_ok=True)
    command = renderGatewayConfig(nginx, withFiles(os.environ, SECRETS), folder)
    os.execv(command[0], command)  # noqa: S606 - this process becomes the gateway


if __name__ == "__main__":
    becomeGateway(Path(sys.argv[1]))
