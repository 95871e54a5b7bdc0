from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from uuid import UUID

from shared.backend.utils.valueObject import ValueObject
from shared.backend.webAuthn.webAuthnJson import (
    AuthenticationResponseJson,
    CreationOptionsJson,
    RegistrationResponseJson,
    RequestOptionsJson,
)


class CredentialHint(ValueObject):
    """Which credential a browser should look for, and where."""

    credentialId: bytes
    transports: tuple[str, ...] = ()


class PasskeyOwner(ValueObject):
    """Whose passkey it will be. The handle is random and says nothing; the names are shown by the device."""

    handle: bytes
    name: str
    displayName: str


class KnownCredential(ValueObject):
    """What was kept of a credential when it was registered and last used."""

    credentialId: bytes
    publicKey: bytes
    signCount: int
    isBackupEligible: bool


class NewCredential(ValueObject):
    """What a verified registration brought. Nothing is known of the maker: attestation is not trusted."""

    credentialId: bytes
    publicKey: bytes
    signCount: int
    aaguid: UUID
    transports: tuple[str, ...]
    isBackupEligible: bool
    isBackedUp: bool


class VerifiedAssertion(ValueObject):
    """A signature by the credential over our challenge, by somebody it had verified."""

    signCount: int
    isBackedUp: bool
    hasUserHandle: bool


class WebAuthnCeremoniesInterface(ABC):
    """Registration and authentication as WebAuthn Level 3 describes them (7.1, 7.2), with user verification always.

    Keeps nothing: the caller stores challenges, uses each once, and compares counters.
    """

    @property
    @abstractmethod
    def isAvailable(self) -> bool:
        """Whether browsers know passkeys at the address of this site."""

    @abstractmethod
    def newChallenge(self) -> bytes:
        """32 bytes from the system's generator."""

    @abstractmethod
    def registrationOptions(
        self, owner: PasskeyOwner, challenge: bytes, known: Sequence[CredentialHint]
    ) -> CreationOptionsJson:
        """What `navigator.credentials.create()` is asked with; a device that has one of `known` refuses by itself."""

    @abstractmethod
    def authenticationOptions(self, challenge: bytes, allowed: Sequence[CredentialHint]) -> RequestOptionsJson:
        """What `navigator.credentials.get()` is asked with; nothing `allowed`: whichever passkey the person picks."""

    @abstractmethod
    def challengeIn(self, response: RegistrationResponseJson | AuthenticationResponseJson) -> bytes:
        """Which challenge it claims to answer, before anything is verified; WebAuthnRefusedError when unreadable."""

    @abstractmethod
    def verifyRegistration(self, response: RegistrationResponseJson, challenge: bytes) -> NewCredential:
        """The new credential, or WebAuthnRefusedError."""

    @abstractmethod
    def verifyAssertion(
        self,
        response: AuthenticationResponseJson,
        challenge: bytes,
        credential: KnownCredential,
        userHandle: bytes | None,
    ) -> VerifiedAssertion:
        """What the signature proves, or WebAuthnRefusedError. A user handle, when there is one, is `userHandle`."""

    @abstractmethod
    def verifyAgainstNothing(self, response: AuthenticationResponseJson, challenge: bytes) -> None:
        """The same work as `verifyAssertion`, for a credential nobody has: the answer takes as long."""


def hasCounterGoneBack(stored: int, shown: int) -> bool:
    """Whether a counter did not rise, as a copied credential's would not; always zero means none is kept (6.1.1)."""
    return (stored > 0 or shown > 0) and shown <= stored
