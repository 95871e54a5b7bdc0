from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime

from KAuthApp.backend.domain.interfaces.accessTokenSignerInterface import AccessTokenClaims
from KAuthApp.backend.domain.models.sessionCopy import SessionCopy


class CredentialReaderInterface(ABC):
    """Whom a credential stands for at a moment, by what PostgreSQL holds; None when it is not good (any more).

    Every check that finds no copy comes through here, those of forged credentials too.
    """

    @abstractmethod
    async def readCookie(self, credentialHash: str, at: datetime) -> SessionCopy | None:
        """A browser's live session of an active account."""

    @abstractmethod
    async def readToken(self, credentialHash: str, claims: AccessTokenClaims, at: datetime) -> SessionCopy | None:
        """The live session of an active account that an access token names, if it is that user's."""

    @abstractmethod
    async def readApiKey(self, credentialHash: str, at: datetime) -> SessionCopy | None:
        """A key of an active account that is neither revoked nor expired."""
