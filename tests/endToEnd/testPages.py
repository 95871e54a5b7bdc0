"""The pages in a real browser, each one alone under a strict policy: no server is needed."""

from __future__ import annotations

import pytest

from tests.endToEnd.support.node import runInNode

pytestmark = [pytest.mark.browser, pytest.mark.long]


def testEveryPageHoldsUnderAStrictPolicy() -> None:
    runInNode("pages.test.mjs", {})


def testMishapsAreToldInWords() -> None:
    runInNode("mishaps.test.mjs", {})
