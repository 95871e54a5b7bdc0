from __future__ import annotations

from io import BytesIO

import segno

from KSysAdmin.backend.application.output.signInOutput import TotpEnrollmentOutput
from KSysAdmin.backend.domain.policies.totp import provisioningUri


def showTotp(secret: str, email: str) -> TotpEnrollmentOutput:
    """What an authenticator app takes in: as text, as a link, and as a picture."""
    uri = provisioningUri(secret, email)
    return TotpEnrollmentOutput(secret=secret, otpauthUri=uri, qrSvg=_toSvg(uri))


def _toSvg(text: str) -> str:
    """One SVG element without XML declaration, black on white, to stand inside a page."""
    drawing = BytesIO()
    segno.make(text, error="m").save(drawing, kind="svg", scale=4, xmldecl=False, light="white")
    return drawing.getvalue().decode("utf-8").strip()
