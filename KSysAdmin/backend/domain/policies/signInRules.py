from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Final
from uuid import UUID

from shared.backend.utils.clientNetwork import networkOf

CHALLENGE_LIFETIME: Final = timedelta(minutes=10)
INVITATION_LIFETIME: Final = timedelta(hours=24)
FAILURES_KEPT: Final = timedelta(days=1)
MOST_FAILURES_IN_A_ROW: Final = 100
BROWSER_LINK_LIFETIME: Final = timedelta(minutes=30)
BROWSER_LINK_PAUSE: Final = timedelta(minutes=10)


def failureKey(email: str, browser: str | None, clientIp: str) -> str:
    """Under which wrong passwords are counted: the account together with a browser of its own, by the hash of what that
    was given, or else with the address, an IPv6 customer's whole network. So an outsider locks nobody out.
    """
    origin = browser or networkOf(clientIp)
    return hashlib.sha256(f"{email}|{origin}".encode()).hexdigest()


def ownFailureKey(administratorId: UUID) -> str:
    """Under which those are counted that somebody who is signed in gives for the present one."""
    return hashlib.sha256(f"{administratorId}|signedIn".encode()).hexdigest()


def lookUpEmail(email: str) -> str:
    """The spelling to look for; what is no address is simply not found."""
    return email.strip().lower()[:254]


def totpContext(administratorId: object) -> str:
    """What the sealed secret is bound to."""
    return f"administrator:{administratorId}:totp"
