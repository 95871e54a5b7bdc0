from __future__ import annotations

from email_validator import EmailNotValidError, validate_email

from KSysAdmin.backend.domain.exceptions.administratorErrors import InvalidEmailError


def normaliseEmail(email: str) -> str:
    """The one spelling under which an administrator is known; InvalidEmailError when it is no address."""
    try:
        checked = validate_email(email.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise InvalidEmailError("this is not a mail address") from error
    return checked.normalized.lower()
