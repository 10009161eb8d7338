"""The forms of sign-in in our words."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
)
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as SecondReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import TOTP
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bosun.platform.accounts.adapters import mail_works

_LONGEST_NAME = 254


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth has no types
    """Name and password; kept signed in unless somebody says no."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail or user name")
        self.fields["login"].max_length = _LONGEST_NAME
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        self.fields["password"].label = _("Password")
        self.fields["password"].help_text = ""
        self.fields["remember"].initial = True

    @property
    def may_reset(self) -> bool:
        """Whether a link for a new password can be mailed."""
        return mail_works()


class NewPasswordForm(ChangePasswordForm):  # type: ignore[misc]
    """Another password, by somebody who knows the present one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Present password")
        self.fields["oldpassword"].help_text = ""
        _name_new(self)


class PasswordAgainForm(ReauthenticateForm):  # type: ignore[misc]
    """The password before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("Password")
        self.fields["password"].help_text = ""


class LinkForm(ResetPasswordForm):  # type: ignore[misc]
    """Where to send a link for a new password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")


class PasswordByLinkForm(ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password, by somebody who holds the link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_new(self)


class CodeForm(AuthenticateForm):  # type: ignore[misc]
    """The code of the second factor at sign-in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_code(self)


class CodeAgainForm(SecondReauthenticateForm):  # type: ignore[misc]
    """The code of the second factor before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_code(self)


class FirstCodeForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of an app, which proves that it was set up. It is used by that, and opens nothing more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_code(self)

    def clean_code(self) -> str:
        code = str(super().clean_code())
        if not TOTP(Authenticator(user=self.user))._mark_code_used(code):  # allauth does so from the second code on
            raise get_adapter().validation_error("incorrect_code")
        return code


def _name_new(form: Any) -> None:
    form.fields["password1"].label = _("New password")
    form.fields["password1"].help_text = _("At least 8 characters. Several words are easier to keep than signs.")
    if "password2" in form.fields:
        form.fields["password2"].label = _("New password, once more")


def _name_code(form: Any) -> None:
    form.fields["code"].label = pgettext_lazy("one-time", "Code")
    form.fields["code"].max_length = 40
    form.fields["code"].widget.attrs |= {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
