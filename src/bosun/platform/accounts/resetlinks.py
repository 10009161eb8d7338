"""Links for a new password."""

from __future__ import annotations

from django.contrib.auth.tokens import PasswordResetTokenGenerator

from bosun.platform.accounts.models import User


class ResetLinks(PasswordResetTokenGenerator):
    """Links die with the right to sign in, and with each change of password, username or e-mail address."""

    def check_token(self, user: User | None, token: str | None) -> bool:
        """Whether a link still works."""
        return bool(user is not None and user.is_active and super().check_token(user, token))

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.username}{user.changed_at.isoformat()}"
