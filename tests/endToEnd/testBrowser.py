"""The whole story in a real browser, against the running stack."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from pydantic import JsonValue

from tests.endToEnd.support.node import runInNode
from tests.support.people import Administrator
from tests.support.runningStack import RunningStack

SIGN_IN_PATHS = {"/api/auth/login", "/api/auth/login/second-factor", "/api/auth/register"}
SET_BY_THE_SERVER = {"id", "createdAt", "updatedAt"}


@pytest.fixture(scope="module")
async def manyPeople(administrator: Administrator) -> AsyncIterator[None]:
    """Everybody here sits behind one address; alone they would not reach its limits, together they do."""
    policies = (await administrator.get("/api/admin/rate-limit-policies", limit=200)).json()["items"]
    signIn = [policy for policy in policies if policy["path"] in SIGN_IN_PATHS]
    assert len(signIn) == len(SIGN_IN_PATHS)
    for policy in signIn:
        await _replace(administrator, policy | {"limit": 1000})
    yield
    for policy in signIn:
        await _replace(administrator, policy)


async def _replace(administrator: Administrator, policy: dict[str, JsonValue]) -> None:
    body = {name: value for name, value in policy.items() if name not in SET_BY_THE_SERVER}
    replaced = await administrator.send("PUT", f"/api/admin/rate-limit-policies/{policy['id']}", body)
    assert replaced.status_code == 200, replaced.text


@pytest.mark.stack
@pytest.mark.browser
@pytest.mark.usefixtures("manyPeople")
@pytest.mark.parametrize("file", ["story.test.mjs", "account.test.mjs", "passkeys.test.mjs", "administrators.test.mjs"])
def testTheStoryInABrowser(stack: RunningStack, file: str) -> None:
    endpoints = stack.var / "run" / "endpoints.json"
    runInNode(file, {"K_ENDPOINTS_FILE": str(endpoints)})


@pytest.mark.stack
@pytest.mark.browser
def testTwoTabsAtOnce(stack: RunningStack) -> None:
    endpoints = stack.var / "run" / "endpoints.json"
    runInNode("tabs.test.mjs", {"K_ENDPOINTS_FILE": str(endpoints)})
