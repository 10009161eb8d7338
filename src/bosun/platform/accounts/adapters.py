"""How allauth works here: nobody registers himself, one judge of wrong passwords, secrets sealed, our words."""

from __future__ import annotations

import base64
import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bosun.kernel import ports
from bosun.lib import crypt
from bosun.platform.accounts import passwords, services, sessions
from bosun.platform.accounts.models import User
from bosun.platform.push import browsers

SEALED = "second factor"
QUIET_MESSAGES = frozenset(("account/messages/logged_in.txt", "account/messages/logged_out.txt"))

_MISMATCH = _("Name and password do not belong together. Look at both again.")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Sign-in by password."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _MISMATCH,
        "username_password_mismatch": _MISMATCH,
        "invalid_login": _MISMATCH,
        "account_inactive": _("This person cannot sign in any more. Ask an administrator."),
        "enter_current_password": _("This is not your present password."),
        "incorrect_password": _("This is not your password."),
        "incorrect_code": _("This code is not right. Take the newest one."),
        "too_many_login_attempts": _("Too many tries. Wait five minutes and try again."),
        "invalid_password_reset": _("This link does not work any more. Ask for a new one."),
        "rate_limited": _("Too many tries. Wait a moment and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People are entered by an administrator."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Axes alone counts wrong passwords; allauth's count of the same name is for codes of the second factor."""

    def _rollback_login_failed_rl_usage(self) -> None:
        """Nothing was counted."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """The log-in that fits; what is too long to be a password is not even hashed."""
        if len(credentials.get("password") or "") > passwords.LONGEST:
            credentials["password"] = ""
        return super().authenticate(request, **credentials)

    def clean_password(self, password: str, user: Any = None) -> str:
        """Check a new password; one that is far too long meets no other check."""
        passwords.LongestValidator().validate(password)
        return str(super().clean_password(password, user))

    def set_password(self, user: User, password: str) -> None:
        """Keep a new password."""
        services.keep_password(user, password)

    def logout(self, request: HttpRequest) -> None:
        """Sign out; this browser tells nothing more, as somebody else may sit down at it."""
        if isinstance(request.user, User):
            browsers.signed_out(request.user.person_id, sessions.mark_of(request))
        super().logout(request)

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Say what was done; that one is signed in is seen."""
        if message_template not in QUIET_MESSAGES:
            super().add_message(request, level, message_template, message_context, extra_tags, message)

    def format_email_subject(self, subject: str) -> str:
        """Subjects carry the company's name."""
        return f"{ports.company().name}: {subject}"


class SecondFactor(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """The second factor: secrets are sealed in the database."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right. Take the newest one."),
    }

    def get_totp_issuer(self) -> str:
        """Under which name the app on the phone lists the code."""
        return ports.company().name

    def encrypt(self, text: str) -> str:
        """A secret as it is stored."""
        return crypt.seal(text, _keys(), context=SEALED)

    def decrypt(self, encrypted_text: str) -> str:
        """A stored secret."""
        try:
            return crypt.open_(encrypted_text, _keys(), context=SEALED)
        except crypt.CryptError:
            # The secret key of this machine is another one: no code may fit, an empty secret would be a known one.
            return base64.b32encode(secrets.token_bytes(20)).decode()


def _keys() -> dict[str, bytes]:
    return {"s1": services.derived_key(SEALED)}


def mail_works() -> bool:
    """True when mails leave this machine, so that a link for a new password can arrive."""
    return "smtp" in str(settings.EMAIL_BACKEND) or "locmem" in str(settings.EMAIL_BACKEND)


def check(password: str, user: User) -> list[str]:
    """What speaks against a new password, in sentences; nothing when it may be taken."""
    try:
        AccountAdapter().clean_password(password, user)
    except ValidationError as error:
        return list(error.messages)
    return []
