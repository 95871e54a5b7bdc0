from __future__ import annotations

from abc import ABC, abstractmethod
from uuid import UUID

from KAuthApp.backend.domain.models.oneTimeCode import CodePurpose


class SecretMakerInterface(ABC):
    """Makes secrets from the system's generator and the hashes under which they are kept."""

    @abstractmethod
    def newSecret(self) -> str:
        """256 bits as URL-safe text: for sessions and refresh tokens."""

    @abstractmethod
    def newChallenge(self) -> bytes:
        """256 bits for an authenticator to sign (WebAuthn Level 3, 13.4.3 asks for 128)."""

    @abstractmethod
    def hashSecret(self, secret: str) -> str:
        """SHA-256 in hex; enough for secrets that nobody can guess."""

    @abstractmethod
    def newCode(self) -> str:
        """Six digits, each of a million equally likely."""

    @abstractmethod
    def hashCode(self, userId: UUID, purpose: CodePurpose, code: str) -> str:
        """A keyed hash: a million codes would soon be tried against a plain one."""

    @abstractmethod
    def newRecoveryCode(self) -> str:
        """118 bits in letters and digits that are not misread: `k3fh-8wqz-2m7c-pa9x-4vjt-6nsy`."""

    @abstractmethod
    def hashRecoveryCode(self, userId: UUID, code: str) -> str:
        """SHA-256 in hex; capitals, spaces and dashes make no difference."""

    @abstractmethod
    def counterKey(self, *subject: str) -> str:
        """Under what something is counted: a keyed hash from which the subject cannot be had."""

    @abstractmethod
    def registrationIndex(self, email: str) -> str:
        """Where the latest registration of an address is noted."""

    @abstractmethod
    def passwordTag(self, email: str, password: str) -> str:
        """Twenty keyed bits of a password: enough to see that it is another, too few to find it by."""

    @abstractmethod
    def pseudonymOf(self, email: str) -> str:
        """The same text for the same address, from which the address cannot be had."""

    @abstractmethod
    def decoySeedOf(self, email: str) -> bytes:
        """32 secret bytes, the same for the same address: what decoys for it are made from."""
