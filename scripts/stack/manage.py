"""scripts/manage: one administrative command, run with the settings of the running stack."""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import Final, cast

from scripts.stack.envFile import readEnvFile
from scripts.stack.paths import ENV_FILE, ENVIRONMENT_FILE

CLI: Final = "KSysAdmin.backend.infrastructure.cli"
# Command → the module of the owning service whose main(arguments) carries it out, and what it is for.
COMMANDS: Final = {
    "createAdmin": (f"{CLI}.createAdmin", "make an administrator: --email E; password on standard input, or a link"),
    "verifyAudit": (f"{CLI}.verifyAudit", "check the hash chains of the audit log"),
    "limits": (f"{CLI}.limits", "what the gateway let through and refused; `try` and `replay` after it try limits out"),
    "rotateKeys": (
        "KAuthApp.backend.infrastructure.cli.rotateSigningKeys",
        "sign access tokens with a new key; the old one stays valid until its last token has expired",
    ),
    "buildPasswordList": (
        "KAuthApp.backend.infrastructure.cli.buildPasswordList",
        "make the list of refused passwords from text files: FILE...",
    ),
    "calibrateHashing": (
        "KAuthApp.backend.infrastructure.cli.calibrateHashing",
        "find how much a password hash may cost on this machine: --milliseconds N",
    ),
    "reloadGateway": (
        "scripts.stack.reloadGateway",
        "the gateway takes new certificates and settings without dropping a connection",
    ),
}  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0] in ("-h", "--help"):
        _help()
        return 0
    if arguments[0] not in COMMANDS:
        print(f"there is no command {arguments[0]}", file=sys.stderr)
        _help()
        return 2
    os.environ.update(settings())
    module, _ = COMMANDS[arguments[0]]
    try:
        command = importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        print(f"{arguments[0]} is not part of this version", file=sys.stderr)
        return 2
    return cast("Callable[[Sequence[str]], int | None]", command.main)(arguments[1:]) or 0


def settings() -> dict[str, str]:
    """The running stack's settings with the ports it really uses; those of `.env` when it does not run."""
    if ENVIRONMENT_FILE.exists():
        running: dict[str, str] = json.loads(ENVIRONMENT_FILE.read_text())
        return running
    return readEnvFile(ENV_FILE) if ENV_FILE.exists() else {}


def _help() -> None:
    print("usage: scripts/manage COMMAND [ARGUMENT...]\n")
    for name, (_, purpose) in COMMANDS.items():
        print(f"  {name:<18} {purpose}")


if __name__ == "__main__":
    sys.exit(main())
