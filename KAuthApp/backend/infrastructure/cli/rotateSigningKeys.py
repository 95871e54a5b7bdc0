"""`rotateSigningKeys`: the next key for access tokens, published at once and in use a little later."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from typing import Final

from pydantic import SecretStr
from sqlalchemy.exc import SQLAlchemyError

from KAuthApp.backend.application.services.rotateSigningKeysService import RotateSigningKeysService
from KAuthApp.backend.infrastructure.config.authSettings import AuthSettings
from KAuthApp.backend.infrastructure.database.authUnitOfWork import unitOfWorkOn
from KAuthApp.backend.infrastructure.security.cryptoSecretSealer import CryptoSecretSealer
from KAuthApp.backend.infrastructure.security.ecSigningKeyMaker import EcSigningKeyMaker
from shared.backend.config.settings import SettingsError, loadSettings
from shared.backend.server import openResources

FAILED: Final = 1


class CommandSettings(AuthSettings):
    databasePublicUrl: SecretStr


def main(argv: Sequence[str]) -> int:
    """0 and the new key's id on standard output; else 1 and a sentence on standard error."""
    argparse.ArgumentParser(prog="rotateSigningKeys", description=__doc__).parse_args(argv)
    try:
        kid = asyncio.run(rotateSigningKeys(loadSettings(CommandSettings)))
    except (SettingsError, OSError, SQLAlchemyError) as error:
        sys.stderr.write(f"rotateSigningKeys: {error}\n")
        return FAILED
    sys.stdout.write(f"{kid}\n")
    return 0


async def rotateSigningKeys(settings: CommandSettings) -> str:
    async with openResources(settings, settings.databasePublicUrl, "manage") as resources:
        openWork = unitOfWorkOn(resources.database, resources.clock)
        maker = EcSigningKeyMaker(CryptoSecretSealer(resources.crypto))
        return await RotateSigningKeysService(openWork, maker, settings.tokenPolicy, resources.clock).execute()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
