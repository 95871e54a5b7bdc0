from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, StringConstraints

from KAuthApp.backend.domain.models.emailAddress import MAX_EMAIL_LENGTH, EmailAddress
from KAuthApp.backend.domain.models.userAccount import MAX_NAME_LENGTH
from shared.backend.utils.apiModel import WholeSecret

MAX_SECRET_LENGTH = 1024
MAX_PROOF_LENGTH = 4096


def _checkEmail(text: str) -> str:
    EmailAddress.parse(text)
    return text


def checkName(text: str) -> str:
    """The text, or ValueError when a terminal or a mail would take a part of it for a command."""
    if not text.isprintable():
        raise ValueError("a name holds no control characters")
    return text


EmailText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=3, max_length=MAX_EMAIL_LENGTH),
    AfterValidator(_checkEmail),
    Field(description="Mail address", examples=["sari@example.com"], json_schema_extra={"format": "email"}),
]
FullName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=MAX_NAME_LENGTH),
    AfterValidator(checkName),
    Field(description="Name as the person writes it", examples=["Sari Wulandari"]),
]


PasswordText = Annotated[
    WholeSecret,
    Field(
        min_length=1,
        max_length=MAX_SECRET_LENGTH,
        description="Password: any Unicode, compared after NFC",
        examples=["a sentence only you would say"],
    ),
]
TokenText = Annotated[WholeSecret, Field(min_length=1, max_length=MAX_SECRET_LENGTH)]
ProofText = Annotated[
    SecretStr,
    Field(
        min_length=1,
        max_length=MAX_PROOF_LENGTH,
        description="A solved challenge of `GET /api/auth/proof-of-work`, after a refusal `auth.proofRequired`",
    ),
]
CodeText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=r"^[0-9]{6}$"),
    Field(description="The six digits from the mail", examples=["493027"]),
]
