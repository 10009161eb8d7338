"""Secrets and tokens of webhooks: made here, kept sealed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from bosun.lib import clock, crypt
from bosun.platform.webhooks.models import InboundKey, WebhookState

PURPOSE = "webhooks"
BOTH_FOR = timedelta(hours=24)
"""How long the secret before the latest is used as well."""


def _keys() -> dict[str, bytes]:
    return {"w1": hmac.new(settings.SECRET_KEY.encode(), PURPOSE.encode(), hashlib.sha256).digest()}


def _seal(text: str) -> str:
    return crypt.seal(text, _keys(), context=PURPOSE)


def opened(sealed: str) -> str:
    """A sealed text in clear; empty where this machine's key is another one."""
    try:
        return crypt.open_(sealed, _keys(), context=PURPOSE)
    except crypt.CryptError:
        return ""


def new_secret() -> str:
    """A secret to sign with, in the form that libraries of Standard Webhooks take."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def digest(token: str) -> str:
    """What an inbound webhook is found by."""
    return hashlib.sha256(token.encode()).hexdigest()


def begin(hook: int) -> None:
    """Give a new webhook its secret."""
    WebhookState.objects.get_or_create(hook_id=hook, defaults={"secret": _seal(new_secret())})


@transaction.atomic
def rotate(hook: int) -> str:
    """Another secret for a webhook, shown this once; for a day messages bear the signatures of both."""
    begin(hook)
    held = WebhookState.objects.select_for_update().get(pk=hook)
    secret = new_secret()
    WebhookState.objects.filter(pk=hook).update(
        secret=_seal(secret), before=held.secret, before_until=clock.now() + BOTH_FOR
    )
    return secret


def signing(state: WebhookState) -> list[str]:
    """The secrets with which a message is signed now, the latest first."""
    held = [opened(state.secret)]
    if state.before and state.before_until is not None and state.before_until > clock.now():
        held.append(opened(state.before))
    return [each for each in held if each]


def begin_inbound(hook: int) -> None:
    """Give a new inbound webhook its address and its secret."""
    token = secrets.token_urlsafe(32)
    sealed = {"digest": digest(token), "token": _seal(token), "secret": _seal(new_secret())}
    InboundKey.objects.get_or_create(hook_id=hook, defaults=sealed)


def token_of(hook: int) -> str:
    """The token in an inbound webhook's address."""
    held = InboundKey.objects.filter(pk=hook).first()
    return opened(held.token) if held else ""


def secret_of(hook: int) -> str:
    """The secret with which its messages are signed."""
    held = InboundKey.objects.filter(pk=hook).first()
    return opened(held.secret) if held else ""


def rotate_inbound(hook: int) -> str:
    """Another secret for an inbound webhook; the one before is taken no more."""
    begin_inbound(hook)
    secret = new_secret()
    InboundKey.objects.filter(pk=hook).update(secret=_seal(secret))
    return secret


def new_address(hook: int) -> str:
    """Another address for an inbound webhook; the one before is unknown from now on."""
    begin_inbound(hook)
    token = secrets.token_urlsafe(32)
    InboundKey.objects.filter(pk=hook).update(digest=digest(token), token=_seal(token))
    return token
