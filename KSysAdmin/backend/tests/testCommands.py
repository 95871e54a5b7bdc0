from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from admin_server import AdminServerSettings
from KSysAdmin.backend.tests.conftest import BASE_URL, PASSWORD, Person, SqlConnection
from KSysAdmin.backend.tests.scriptedPort import openScriptedPort

pytestmark = pytest.mark.long

REPOSITORY = Path(__file__).resolve().parents[3]
CLI = "KSysAdmin.backend.infrastructure.cli"


@pytest.fixture
def environment(adminSettings: AdminServerSettings) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(REPOSITORY),
        "ENVIRONMENT": "test",
        "DATABASE_ADMIN_URL": adminSettings.databaseAdminUrl.get_secret_value(),
        "REDIS_URL": adminSettings.redisUrl.get_secret_value(),
        "CRYPTO_MASTER_KEY": adminSettings.cryptoMasterKey.get_secret_value(),
        "GATEWAY_SHARED_SECRET": adminSettings.gatewaySharedSecret.get_secret_value(),
        "PUBLIC_BASE_URL": BASE_URL,
    }


async def run(command: list[str], environment: dict[str, str], given: str = "") -> subprocess.CompletedProcess[str]:
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", f"{CLI}.{command[0]}", *command[1:]],
        input=given,
        env=environment,
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


async def testAPasswordOnStandardInputMakesAnAdministrator(environment: dict[str, str], sql: SqlConnection) -> None:
    made = await run(["createAdmin", "--email", "Piped@Example.com"], environment, f"{PASSWORD}\n")
    assert made.returncode == 0, made.stderr
    assert PASSWORD not in made.stdout
    row = await sql.fetchrow("SELECT status FROM administrator WHERE email = 'piped@example.com'")
    assert row["status"] == "active"

    again = await run(["createAdmin", "--email", "piped@example.com"], environment, f"{PASSWORD}\n")
    assert again.returncode == 1
    assert "administrator already" in again.stderr
    assert "Traceback" not in again.stderr


async def testWithoutAPasswordThereIsALink(environment: dict[str, str], sql: SqlConnection) -> None:
    made = await run(["createAdmin", "--email", "linked@example.com"], environment)
    assert made.returncode == 0, made.stderr
    assert f"{BASE_URL}/admin/invitation#" in made.stdout
    stored = await sql.fetchval("SELECT count(*) FROM administrator_invitation")
    assert stored == 1
    renewed = await run(["createAdmin", "--email", "linked@example.com"], environment)
    assert renewed.returncode == 0, "one who is still invited gets a new link"


@pytest.mark.parametrize(
    ("email", "password", "said"),
    [
        ("not an address", PASSWORD, "not a mail address"),
        ("weak@example.com", "passwordpassword", "first that are guessed"),
        ("short@example.com", "kurz", "at least 15 characters"),
    ],
)
async def testWhatIsWrongIsSaidInOneSentence(
    environment: dict[str, str], sql: SqlConnection, email: str, password: str, said: str
) -> None:
    refused = await run(["createAdmin", "--email", email], environment, f"{password}\n")
    assert refused.returncode == 1
    assert said in refused.stderr
    assert await sql.fetchval("SELECT count(*) FROM administrator WHERE email = $1", email) == 0


async def testVerifyAuditSaysWhetherTheChainIsWhole(environment: dict[str, str], boss: Person) -> None:
    whole = await run(["verifyAudit"], environment)
    assert whole.returncode == 0, whole.stderr
    assert "admin: " in whole.stdout
    await boss.sql.execute("ALTER TABLE audit_event DISABLE TRIGGER USER")
    await boss.sql.execute("UPDATE audit_event SET actor_id = 'x' WHERE chain = 'admin' AND seq = 1")
    broken = await run(["verifyAudit"], environment)
    assert broken.returncode == 2
    assert "BROKEN at row 1" in broken.stdout


async def testTheLimitsAreShownWithWhatTheyDid(environment: dict[str, str], boss: Person) -> None:
    stored = (await boss.get("/rate-limit-policies", limit="1")).json()["items"][0]
    entry = {"verdict": "deny", "network": "203.0.113.0/24", "name": "Noise", "reason": "Scans us"}
    assert (await boss.post("/address-entries", entry)).status_code == 201
    metrics = f'gateway_limit_total{{policy="{stored["id"]}",outcome="limited"}} 417\n'
    async with openScriptedPort() as port:
        port.answers["/metrics"] = (200, metrics.encode())
        shown = await run(["limits"], {**environment, "GATEWAY_PRIVATE_URLS": f"{port.url},http://127.0.0.1:1"})
    assert shown.returncode == 0, shown.stderr
    lines = shown.stdout.splitlines()
    assert "417" in next(line for line in lines if line.startswith(stored["name"]))
    assert any("203.0.113.0/24" in line and line.startswith("deny") for line in lines)
    assert "penalty box: off" in lines
    assert "gateway http://127.0.0.1:1: does not answer" in lines


async def testLimitsAreTriedOutInATerminal(environment: dict[str, str], boss: Person) -> None:
    stored = (await boss.get("/rate-limit-policies", limit="1")).json()["items"][0]
    item = {"policyId": stored["id"], "name": stored["name"], "firstRefusedAtSeconds": 2.5, "refused": 55}
    answer = {"items": [item], "admitted": 5, "refused": 55}
    tried = ["limits", "try", "post", "/api/auth/login", "--address", "203.0.113.7"]
    async with openScriptedPort() as port:
        port.answers["/simulate"] = (200, json.dumps(answer).encode())
        reached = {**environment, "GATEWAY_PRIVATE_URLS": port.url}
        shown = await run([*tried, "--change", stored["name"], "5/60"], reached)
        asked = json.loads(port.received["/simulate"])
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.startswith("5 would pass, 55 would be refused\n")
    assert "after 2.5 s" in shown.stdout
    assert asked["method"] == "POST"
    assert 5 in {policy["limit"] for policy in asked["document"]["policies"] if policy["id"] == stored["id"]}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--without", "Nothing"], "there is no limit named Nothing"),
        (["--rate", "0"], "ratePerSecond"),
        ([], "No gateway answers"),
    ],
)
async def testWhatCannotBeTriedIsSaidInASentence(environment: dict[str, str], more: list[str], said: str) -> None:
    away = {**environment, "GATEWAY_PRIVATE_URLS": "http://127.0.0.1:1"}
    tried = await run(["limits", "try", "GET", "/api/x", "--address", "203.0.113.7", *more], away)
    assert tried.returncode == 1
    assert said in tried.stderr
    assert "Traceback" not in tried.stderr
    assert tried.stdout == ""
