from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.backend.utils.uuid import generateId, isValidId, parseId


def testIdsRiseStrictlyWithinTheProcess() -> None:
    ids = [generateId() for _ in range(10_000)]
    assert ids == sorted(set(ids))


def testIdsOfManyThreadsNeverCollide() -> None:
    with ThreadPoolExecutor(8) as threads:
        batches = list(threads.map(lambda _: [generateId() for _ in range(2_000)], range(8)))
    assert len({each for batch in batches for each in batch}) == 16_000
    assert all(batch == sorted(batch) for batch in batches)


def testAnIdIsAVersionSevenAndReadsBack() -> None:
    made = generateId()
    assert made.version == 7
    assert parseId(str(made)) == made


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "6f0c2a34-9d5b-4e0e-8f6a-2b7f4f0b9c11",  # version 4
        "0192f0c123457abc8def0123456789ab",  # no dashes
        "{0192f0c1-2345-7abc-8def-0123456789ab}",
        "urn:uuid:0192f0c1-2345-7abc-8def-0123456789ab",
        "0192f0c1-2345-7abc-0def-0123456789ab",  # another variant
    ],
)
def testWhatIsNoUuidSevenIsRefused(text: str) -> None:
    assert not isValidId(text)
    with pytest.raises(ValueError, match="UUIDv7"):
        parseId(text)


@given(st.text(max_size=50))
def testValidatingNeverFailsAndAgreesWithParsing(text: str) -> None:
    if isValidId(text):
        assert parseId(text) == UUID(text)
