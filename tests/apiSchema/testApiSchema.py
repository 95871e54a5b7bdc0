"""Both OpenAPI documents against the running stack, through the gateway: no 5xx, no answer that is not documented."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.support.people import Administrator, Customer, Person
from tests.support.runningStack import RunningStack

pytestmark = [pytest.mark.stack, pytest.mark.long]

MAX_EXAMPLES = os.environ.get("K_SCHEMA_EXAMPLES", "8")
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance"
)
# Calls that would end the very session the test uses, or lock everybody out of the stack it runs on.
ENDS_THE_SESSION = "^(logout|signOut|revokeOtherSessions|revokeSession|changePassword|eraseAccount|stream)"


async def cookiesOf(person: Person) -> dict[str, str]:
    return {
        "Cookie": "; ".join(f"{name}={value}" for name, value in person.http.cookies.items()),
        "X-CSRF-Token": person._csrf,
    }


def runSchemathesis(gateway: str, document: str, headers: dict[str, str]) -> None:
    arguments = [
        sys.executable, "-m", "schemathesis.cli", "run", f"{gateway}{document}", "--url", gateway,
        "--checks", CHECKS, "--max-examples", MAX_EXAMPLES, "--phases", "examples,coverage,fuzzing",
        "--exclude-operation-id-regex", ENDS_THE_SESSION, "--seed", "20260115", "--no-color",
        "--request-timeout", "30", "--suppress-health-check", "all", "--workers", "1",
        "--continue-on-failure",
    ]  # fmt: skip
    for name, value in headers.items():
        arguments += ["-H", f"{name}: {value}"]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=900, check=False)
    if done.returncode != 0:
        pytest.fail(done.stdout[-20_000:] + done.stderr[-4_000:], pytrace=False)


async def liftLimits(administrator: Administrator) -> None:
    """The limits answer 429 as documented; lifted, the requests reach what is tested here."""
    policies = (await administrator.get("/api/admin/rate-limit-policies", limit=200)).json()["items"]
    for policy in policies:
        body = {name: value for name, value in policy.items() if name not in {"id", "createdAt", "updatedAt"}}
        changed = await administrator.send(
            "PUT", f"/api/admin/rate-limit-policies/{policy['id']}", body | {"mode": "shadow"}
        )
        assert changed.is_success, changed.text


async def testThePublicApiKeepsItsPromises(fuzzedStack: RunningStack, fuzzingAdministrator: Administrator) -> None:
    await liftLimits(fuzzingAdministrator)
    async with Customer(fuzzedStack) as person:
        await person.register()
        await person.signIn()
        await person.createPayment()
        headers = await cookiesOf(person)
    runSchemathesis(fuzzedStack.endpoints.gateway, "/api/openapi.json", headers)


async def testTheAdminApiKeepsItsPromises(fuzzedStack: RunningStack, fuzzingAdministrator: Administrator) -> None:
    await liftLimits(fuzzingAdministrator)
    headers = await cookiesOf(fuzzingAdministrator)
    runSchemathesis(fuzzedStack.endpoints.gateway, "/api/admin/openapi.json", headers)


@pytest.mark.parametrize("document", ["/api/openapi.json", "/api/admin/openapi.json"])
async def testEveryOperationIsDescribedAndNamedOnce(fuzzingAdministrator: Administrator, document: str) -> None:
    schema = json.loads((await fuzzingAdministrator.get(document)).text)
    assert schema["openapi"].startswith("3.1")
    operations = [operation for path in schema["paths"].values() for operation in path.values()]
    assert [operation["operationId"] for operation in operations if not operation.get("summary")] == []
    assert [operation["operationId"] for operation in operations if not operation.get("description")] == []
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
