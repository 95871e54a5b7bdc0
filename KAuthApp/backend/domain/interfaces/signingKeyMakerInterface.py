from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime

from KAuthApp.backend.domain.models.signingKey import SigningKey


class SigningKeyMakerInterface(ABC):
    """Makes key pairs; the private part leaves it sealed."""

    @abstractmethod
    def make(self, at: datetime, signsFrom: datetime) -> SigningKey: ...
