from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)

QueryTime = Annotated[AwareDatetime, Field(ge=EARLIEST, le=LATEST)]
"""A moment to filter by: with an offset, and of an age the platform may have."""
