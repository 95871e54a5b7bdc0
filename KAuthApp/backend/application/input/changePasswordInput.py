from __future__ import annotations

from KAuthApp.backend.application.input.fields import PasswordText
from shared.backend.utils.apiModel import InputModel


class ChangePasswordInput(InputModel):
    """A new password, allowed by the present one."""

    currentPassword: PasswordText
    newPassword: PasswordText
