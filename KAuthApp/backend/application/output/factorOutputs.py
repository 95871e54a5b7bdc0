from __future__ import annotations

from io import BytesIO
from typing import Self

import segno
from pydantic import Field

from KAuthApp.backend.domain.policies.totp import provisioningUri
from shared.backend.utils.apiModel import OutputModel

_CODE_EXAMPLE = [["k3fh-8wqz-2m7c-pa9x-4vjt-6nsy"]]


class TotpEnrollmentOutput(OutputModel):
    """What an authenticator app needs, told this once."""

    secret: str = Field(description="Base32, to type it in", examples=["JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"], repr=False)
    otpauthUri: str = Field(description="Key URI, for a link", repr=False)
    qrSvg: str = Field(description="The same as an SVG element, to photograph", repr=False)

    @classmethod
    def of(cls, secret: str, account: str) -> Self:
        uri = provisioningUri(secret, account)
        return cls(secret=secret, otpauthUri=uri, qrSvg=_toSvg(uri))


class TotpConfirmedOutput(OutputModel):
    """The app counts from now on. Ten codes come with it, in place of those before; shown this once."""

    recoveryCodes: list[str] = Field(examples=_CODE_EXAMPLE, repr=False)


class RecoveryCodesOutput(OutputModel):
    """Ten codes, each good once in place of another factor; shown this once."""

    recoveryCodes: list[str] = Field(examples=_CODE_EXAMPLE, repr=False)


def _toSvg(text: str) -> str:
    """One SVG element without XML declaration, black on white, to stand inside a page."""
    drawing = BytesIO()
    segno.make(text, error="m").save(drawing, kind="svg", scale=4, xmldecl=False, light="white")
    return drawing.getvalue().decode("utf-8").strip()
