from __future__ import annotations

from pydantic import Field

from shared.backend.utils.apiModel import OutputModel


class PasswordPolicyOutput(OutputModel):
    """How long a new password is. Lengths are in code points after NFC, in which an accented letter is one."""

    minLength: int = Field(examples=[15])
    maxLength: int = Field(examples=[128])
