from __future__ import annotations

from typing import Self

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

from shared.backend.utils.valueObject import ValueObject

MAX_EMAIL_LENGTH = 254

# Who runs K inside a company may well have addresses under .internal, .local or .test; mail proves them anyway.
SPECIAL_USE_DOMAIN_NAMES.clear()


class EmailAddress(ValueObject):
    """A mail address: `normalised` (lower case, domain in ASCII) identifies the account, `asGiven` is written to."""

    normalised: str
    asGiven: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """ValueError when this cannot be an address. Whether mail arrives there, only mail can tell."""
        if len(text) > MAX_EMAIL_LENGTH:
            raise ValueError("the address is too long")
        try:
            found = validate_email(
                text.strip(), check_deliverability=False, allow_smtputf8=False, globally_deliverable=False
            )
        except EmailNotValidError as error:
            raise ValueError("not a mail address") from error
        ascii_ = found.ascii_email
        if ascii_ is None or not _isFullDomain(found.ascii_domain or ""):
            raise ValueError("not a mail address")
        return cls(normalised=ascii_.lower(), asGiven=ascii_)


def _isFullDomain(domain: str) -> bool:
    return "." in domain or domain == "localhost"
