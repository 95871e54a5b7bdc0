"""`verifyAudit`: recompute every audit chain and name the first row that does not fit."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from typing import Final

from pydantic import SecretStr
from sqlalchemy.exc import SQLAlchemyError

from KSysAdmin.backend.application.output.auditOutput import AuditVerificationOutput
from KSysAdmin.backend.application.services.verifyAuditService import VerifyAuditService
from KSysAdmin.backend.infrastructure.database.unitOfWork import adminWorkOn
from shared.backend.config.settings import PlatformSettings, SettingsError, loadSettings
from shared.backend.database.engine import Database
from shared.backend.utils.clock import SystemClock

FAILED: Final = 1
BROKEN: Final = 2


class CommandSettings(PlatformSettings):
    databaseAdminUrl: SecretStr


def main(argv: Sequence[str]) -> int:
    """0 when every chain is whole, 2 when one is not, 1 when it could not be checked."""
    argparse.ArgumentParser(prog="verifyAudit", description="Check that nobody changed the audit log.").parse_args(argv)
    try:
        result = asyncio.run(verify(loadSettings(CommandSettings).databaseAdminUrl.get_secret_value()))
    except (SettingsError, OSError, SQLAlchemyError) as error:
        sys.stderr.write(f"verifyAudit: {error}\n")
        return FAILED
    sys.stdout.write(f"{_report(result)}\n")
    return 0 if result.intact else BROKEN


async def verify(databaseUrl: str) -> AuditVerificationOutput:
    clock = SystemClock()
    database = Database(databaseUrl, poolSize=1, applicationName="manage")
    try:
        return await VerifyAuditService(adminWorkOn(database, clock), clock).execute()
    finally:
        await database.close()


def _report(result: AuditVerificationOutput) -> str:
    lines = [
        f"{chain.chain}: {chain.events} events, head {chain.headHash}: "
        + ("whole" if chain.firstBadSeq is None else f"BROKEN at row {chain.firstBadSeq}")
        for chain in result.chains
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
