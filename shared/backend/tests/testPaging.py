from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.backend.utils.paging import InvalidCursorError, decodeCursor, encodeCursor

keys = st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")), min_size=1, max_size=3)


@given(keys)
def testACursorReadsBack(values: list[str]) -> None:
    assert decodeCursor(encodeCursor(values), len(values)) == tuple(values)


@given(st.text(max_size=80))
def testAForeignCursorIsRefusedAndNeverFails(text: str) -> None:
    try:
        keysFound = decodeCursor(text, 2)
    except InvalidCursorError:
        return
    assert len(keysFound) == 2


def testACursorOfAnotherListIsRefused() -> None:
    with pytest.raises(InvalidCursorError):
        decodeCursor(encodeCursor(["a"]), 2)
