from __future__ import annotations

import base64
import hmac
import secrets
from datetime import datetime
from typing import Final

import pyotp

SECRET_BYTES: Final = 20  # 160 bits (RFC 4226, 4)
STEP_SECONDS: Final = 30
DRIFT_STEPS: Final = 1
CODE_DIGITS: Final = 6
ISSUER: Final = "K"


def newTotpSecret() -> str:
    """160 random bits as the base32 text that authenticator apps take."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")


def stepAt(at: datetime) -> int:
    return int(at.timestamp()) // STEP_SECONDS


def matchingStep(secret: str, code: str, at: datetime) -> int | None:
    """The time step this code belongs to, the present one or one to either side; None when it is wrong."""
    generator = pyotp.HOTP(secret, digits=CODE_DIGITS)
    now = stepAt(at)
    steps = range(max(0, now - DRIFT_STEPS), now + DRIFT_STEPS + 1)
    matches = [step for step in steps if hmac.compare_digest(generator.at(step).encode(), code.encode())]
    return max(matches, default=None)


def provisioningUri(secret: str, account: str) -> str:
    """What the QR code holds."""
    return pyotp.TOTP(secret, digits=CODE_DIGITS, interval=STEP_SECONDS).provisioning_uri(
        name=account, issuer_name=ISSUER
    )
