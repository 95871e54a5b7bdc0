"""`createAdmin --email E`: the way to the first administrator, and to every other one."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import sys
from collections.abc import Sequence
from select import select
from typing import Final

from pydantic import SecretStr
from sqlalchemy.exc import SQLAlchemyError

from KSysAdmin.backend.application.dto.createdAdministratorDTO import CreatedAdministratorDTO
from KSysAdmin.backend.application.services.createAdministratorService import CreateAdministratorService
from KSysAdmin.backend.infrastructure.crypto.passwordHasher import PasswordHasher
from KSysAdmin.backend.infrastructure.crypto.zxcvbnPasswordGuesser import ZxcvbnPasswordGuesser
from KSysAdmin.backend.infrastructure.database.unitOfWork import adminWorkOn
from shared.backend.config.settings import PlatformSettings, SettingsError, loadSettings
from shared.backend.exceptions.errors import DomainError
from shared.backend.server import ServerResources, openResources

FAILED: Final = 1
PIPE_WAIT_SECONDS: Final = 1.0


class CommandSettings(PlatformSettings):
    databaseAdminUrl: SecretStr


def main(argv: Sequence[str]) -> int:
    """0 when there is a new administrator; else 1 and a sentence on standard error."""
    parser = argparse.ArgumentParser(
        prog="createAdmin",
        description="Create an administrator who may do everything; a second factor follows at sign-in.",
    )
    parser.add_argument("--email", required=True, help="the address to sign in with")
    parser.add_argument(
        "--password", action="store_true", help="ask for a password (or read it from standard input); else print a link"
    )
    asked = parser.parse_args(argv)
    password = _readPassword(isAsked=asked.password)
    try:
        created = asyncio.run(createAdministrator(loadSettings(CommandSettings), asked.email, password))
    except (DomainError, SettingsError, OSError, SQLAlchemyError) as error:
        sys.stderr.write(f"createAdmin: {error}\n")
        return FAILED
    sys.stdout.write(f"{_report(created)}\n")
    return 0


async def createAdministrator(
    settings: CommandSettings, email: str, password: SecretStr | None
) -> CreatedAdministratorDTO:
    async with openResources(settings, settings.databaseAdminUrl, "manage") as resources:
        return await composeCreateAdministrator(resources).execute(email, password)


def composeCreateAdministrator(resources: ServerResources) -> CreateAdministratorService:
    """The use case behind this command; no route leads to it."""
    return CreateAdministratorService(
        adminWorkOn(resources.database, resources.clock),
        PasswordHasher(resources.crypto),
        ZxcvbnPasswordGuesser(),
        resources.clock,
        resources.settings.publicBaseUrl,
    )


def _readPassword(*, isAsked: bool) -> SecretStr | None:
    """What was piped in, what was typed, or nothing: then there will be a link."""
    if sys.stdin.isatty():
        return SecretStr(getpass.getpass("Password: ")) if isAsked else None
    # an open pipe nobody writes to is no password: do not wait for it unless told that one comes
    isReady = isAsked or select([sys.stdin], [], [], PIPE_WAIT_SECONDS)[0]
    piped = sys.stdin.readline().rstrip("\r\n") if isReady else ""
    return SecretStr(piped) if piped else None


def _report(created: CreatedAdministratorDTO) -> str:
    if created.invitationUrl is None:
        return f"{created.email} may sign in now; a second factor is set up at the first sign-in."
    link = created.invitationUrl.get_secret_value()
    return f"{created.email} chooses a password here, within 24 hours, once:\n{link}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
