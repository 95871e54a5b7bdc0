"""Units for a machine kept by systemd, from the table of processes: `python -m scripts.stack.systemdUnits FOLDER`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from scripts.stack.paths import ROOT, VENV_PYTHON
from scripts.stack.processes import BY_NAME, PROCESSES, StackProcess

# The distribution's own units of the servers that are not ours.
FOREIGN_UNITS: Final = {"postgres": "postgresql.service", "redis": "redis-server.service"}
RELOAD: Final = f"{VENV_PYTHON} -m scripts.stack.manage reloadGateway --folder /run/k-gateway"
# The ports of the web, and thousands of connections.
GATEWAY: Final = (
    "RuntimeDirectory=k-gateway",
    "AmbientCapabilities=CAP_NET_BIND_SERVICE",
    "LimitNOFILE=65536",
    f"ExecReload={RELOAD}",
)
UVICORN: Final = "--host 127.0.0.1 --no-access-log --no-server-header --timeout-graceful-shutdown 5"
HARDENING: Final = """\
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=read-only
PrivateTmp=yes
PrivateDevices=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
RestrictSUIDSGID=yes
LockPersonality=yes"""


def unitsFor(account: str) -> dict[str, str]:
    """File name → unit for everything of ours that production runs, and a target that starts it all."""
    shipped = [process for process in PROCESSES if not process.developmentOnly and process.name not in FOREIGN_UNITS]
    units = {unitName(process): _unit(process, account) for process in shipped}
    wants = " ".join(units)
    units["k.target"] = f"[Unit]\nDescription=K\nWants={wants}\n\n[Install]\nWantedBy=multi-user.target\n"
    return units


def unitName(process: StackProcess) -> str:
    return FOREIGN_UNITS.get(process.name, f"k-{process.name}.service")


def commandOf(process: StackProcess) -> str:
    """The same programs as the supervisor starts, with the settings read from .env by the programs themselves."""
    uvicorn = f"{VENV_PYTHON} -m uvicorn {UVICORN}"
    commands = {
        "migrate": f"{VENV_PYTHON} -m scripts.stack.migrate",
        "publicServer": f"{uvicorn} --port ${{PUBLIC_SERVER_PORT}} public_server:app",
        "adminServer": f"{uvicorn} --port ${{ADMIN_SERVER_PORT}} admin_server:app",
        "gateway": f"{VENV_PYTHON} -m scripts.stack.containerGateway /run/k-gateway",
    }
    return commands[process.name]


def _unit(process: StackProcess, account: str) -> str:
    needs = " ".join(unitName(BY_NAME[need]) for need in process.needs)
    isTask = process.kind == "task"
    service = [
        f"Type={'oneshot' if isTask else 'exec'}",
        *(["RemainAfterExit=yes"] if isTask else ["Restart=always", "RestartSec=500ms", "TimeoutStopSec=10"]),
        f"User={account}",
        f"WorkingDirectory={ROOT}",
        f"EnvironmentFile={ROOT}/.env",
        f"CPUWeight={process.precedence.weight}",
        *(GATEWAY if process.name == "gateway" else []),
        f"ReadWritePaths={ROOT}/var",
        f"ExecStart={commandOf(process)}",
        HARDENING,
    ]
    unit = [f"Description=K: {process.title}", *([f"Requires={needs}", f"After={needs}"] if needs else [])]
    return "\n".join(["[Unit]", *unit, "PartOf=k.target", "", "[Service]", *service]) + "\n"


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--account", default="k", help="the user that everything runs as")
    given = parser.parse_args(argv)
    given.folder.mkdir(parents=True, exist_ok=True)
    for name, text in unitsFor(given.account).items():
        (given.folder / name).write_text(text)
        print(given.folder / name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
