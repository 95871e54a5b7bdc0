from __future__ import annotations

from typing import Literal

from shared.backend.utils.apiModel import OutputModel


class EmailChangeAskedOutput(OutputModel):
    """Codes are on their way to both addresses, if the new one may have one."""

    status: Literal["codesSent"] = "codesSent"


class EmailChangedOutput(OutputModel):
    status: Literal["changed"] = "changed"
