from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis

from nginx.tests.gatewayUnderTest import GatewayUnderTest
from nginx.tests.scriptDoor import ScriptDoor
from nginx.tests.tokenModel import Rule, TokenModel
from shared.backend.utils.uuid import generateId

START = 90_000_000_000_000
SECOND = 1_000_000

Ask = Callable[[Sequence[Sequence[Rule]], int, str], list[tuple[bool, list[bool]]]]


@pytest.fixture(name="ask", scope="module")
def askScript(gateway: GatewayUnderTest) -> Ask:
    """Run the gateway's own script with a clock of ours: one call for any number of requests of one caller."""
    return ScriptDoor(Redis.from_url(gateway.redisUrl)).ask


@st.composite
def someRule(draw: st.DrawFn, policyId: str) -> Rule:
    kind = draw(st.sampled_from(["gcra", "log"]))
    limit = draw(st.integers(1, 12))
    burst = limit if kind == "log" else draw(st.integers(1, 15))
    cost = draw(st.integers(1, min(3, burst, limit)))
    mode = draw(st.sampled_from(["enforce", "enforce", "enforce", "shadow"]))
    return Rule(policyId, kind, limit, draw(st.integers(30, 300)), burst, cost, mode)


someRules = st.integers(1, 3).flatmap(lambda count: st.tuples(*(someRule(f"r{index}") for index in range(count))))
someGaps = st.lists(
    st.one_of(st.just(0), st.integers(0, 30 * SECOND), st.integers(1, 30).map(lambda seconds: seconds * SECOND)),
    min_size=1,
    max_size=40,
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rules=someRules, gaps=someGaps)
def testTheScriptDecidesAsTheModel(ask: Ask, rules: tuple[Rule, ...], gaps: list[int]) -> None:
    model, now, who = TokenModel(), START, generateId().hex
    for gap in gaps:
        now += gap
        while model.isUndecided(list(rules), now):
            now += 1
        assert ask([rules], now, who) == [model.take(list(rules), now)]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rules=someRules, count=st.integers(1, 30))
def testManyRequestsInOneCallAreDecidedInTheirOrder(ask: Ask, rules: tuple[Rule, ...], count: int) -> None:
    model, who = TokenModel(), generateId().hex
    assert ask([rules] * count, START, who) == [model.take(list(rules), START) for _ in range(count)]


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limit=st.integers(1, 20), gaps=st.lists(st.integers(0, 5 * SECOND), min_size=20, max_size=80))
def testAnExactLimitHoldsInEveryWindow(ask: Ask, limit: int, gaps: list[int]) -> None:
    rule, now, who = Rule("exact", "log", limit, 30, limit), START, generateId().hex
    admitted: list[int] = []
    for gap in gaps:
        now += gap
        admitted += [now] if ask([[rule]], now, who)[0][0] else []
    worst = max((sum(1 for other in admitted if 0 <= other - first < rule.window) for first in admitted), default=0)
    assert worst <= limit


def testSteadyTrafficJustUnderTheLimitIsNeverRefused(ask: Ask) -> None:
    rule, who = Rule("steady", "gcra", 7, 60, 1), "steady"
    interval = rule.window // rule.limit + 1
    assert all(ask([[rule]], START + number * interval, who)[0][0] for number in range(500))
