"""Twenty want to be the first administrator at the same moment."""

from __future__ import annotations

import asyncio

import pytest
from pydantic import SecretStr

from KSysAdmin.backend.application.dto.createdAdministratorDTO import CreatedAdministratorDTO
from KSysAdmin.backend.application.services.createAdministratorService import CreateAdministratorService
from KSysAdmin.backend.domain.exceptions.administratorErrors import FirstAdministratorMadeError
from KSysAdmin.backend.tests.conftest import BASE_URL, PASSWORD, SqlConnection
from KSysAdmin.backend.tests.testCommands import environment as environment
from KSysAdmin.backend.tests.testCommands import run

HANDS = 20
PROGRAMS = 5
CREATED = "SELECT count(*) FROM audit_event WHERE action = 'administrator.created'"


@pytest.fixture(autouse=True)
async def nobodyYet(sql: SqlConnection) -> None:
    await sql.execute("DELETE FROM administrator")


async def make(
    service: CreateAdministratorService, email: str, password: str | None
) -> CreatedAdministratorDTO | BaseException:
    try:
        return await service.execute(email, None if password is None else SecretStr(password))
    except FirstAdministratorMadeError as refusal:
        return refusal


@pytest.mark.parametrize("password", [PASSWORD, None], ids=["password", "link"])
@pytest.mark.parametrize("email", ["owner@example.com", "owner{}@example.com"], ids=["oneAddress", "manyAddresses"])
async def testOfTwentyAtOnceOneIsTheFirst(
    createAdministrator: CreateAdministratorService, sql: SqlConnection, email: str, password: str | None
) -> None:
    before = int(str(await sql.fetchval(CREATED)))
    tries = (make(createAdministrator, email.format(number), password) for number in range(HANDS))
    outcomes = await asyncio.gather(*tries)
    (first,) = [outcome for outcome in outcomes if isinstance(outcome, CreatedAdministratorDTO)]
    assert sum(isinstance(outcome, FirstAdministratorMadeError) for outcome in outcomes) == HANDS - 1
    (row,) = await sql.fetch("SELECT id, email FROM administrator")
    assert (row["id"], row["email"]) == (first.administratorId, first.email)
    assert int(str(await sql.fetchval(CREATED))) == before + 1


async def testCommandsAtOnceMakeOneAdministratorWithOneLink(environment: dict[str, str], sql: SqlConnection) -> None:
    command = ["createAdmin", "--email", "owner@example.com"]
    made = await asyncio.gather(*(run(command, environment) for _ in range(PROGRAMS)))
    assert "Traceback" not in "".join(each.stderr for each in made)
    assert {each.returncode for each in made} <= {0, 1}
    links = [each.stdout for each in made if each.returncode == 0]
    assert links
    assert all(f"{BASE_URL}/admin/invitation#" in link for link in links)
    assert await sql.fetchval("SELECT count(*) FROM administrator") == 1
    good = "SELECT count(*) FROM administrator_invitation WHERE used_at IS NULL AND expires_at > now()"
    assert await sql.fetchval(good) == 1, "a run that came late gives a new link, which voids the one before"


async def testOneAfterTheOtherMakesMore(createAdministrator: CreateAdministratorService, sql: SqlConnection) -> None:
    for number in range(3):
        await createAdministrator.execute(f"owner{number}@example.com", SecretStr(PASSWORD))
    assert await sql.fetchval("SELECT count(*) FROM administrator") == 3
    firsts = await sql.fetch(
        "SELECT after_state->>'isFirst' AS first FROM audit_event WHERE action = 'administrator.created'"
        " ORDER BY seq DESC LIMIT 3"
    )
    assert [row["first"] for row in firsts] == ["false", "false", "true"]
