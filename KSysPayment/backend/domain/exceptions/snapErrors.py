from __future__ import annotations

from typing import Final

from shared.backend.utils.valueObject import ValueObject


class SnapCase(ValueObject):
    """One line of the SNAP response list: HTTP status, case and the words the standard gives it."""

    status: int
    case: str
    message: str


BAD_REQUEST: Final = SnapCase(status=400, case="00", message="Bad Request")
INVALID_FORMAT: Final = SnapCase(status=400, case="01", message="Invalid Field Format")
INVALID_MANDATORY: Final = SnapCase(status=400, case="02", message="Invalid Mandatory Field")
UNAUTHORIZED: Final = SnapCase(status=401, case="00", message="Unauthorized.")
INVALID_TOKEN: Final = SnapCase(status=401, case="01", message="Invalid Token (B2B)")
PARTNER_NOT_FOUND: Final = SnapCase(status=404, case="16", message="Partner Not Found")
GENERAL_ERROR: Final = SnapCase(status=500, case="00", message="General Error")


class SnapRefusedError(Exception):
    """A refusal the bank understands. It leaves as a SNAP body, never as problem+json."""

    def __init__(self, case: SnapCase, detail: str = "") -> None:
        super().__init__(f"{case.message} {detail}".strip())
        self.case, self.detail = case, detail

    @property
    def message(self) -> str:
        return str(self)[:150]
