"""Push to the browsers of a person: arrives while no tab is open, read by nobody on its way.

The address of a browser comes from the browser, so it is called through the guard as everything outside is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings as installation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from bosun.lib import clock
from bosun.platform.deliveries.channels import calls
from bosun.platform.deliveries.channels.calls import AddressKind
from bosun.platform.deliveries.channels.port import Message, Outcome, Setting
from bosun.platform.outbound.guard import refusal
from bosun.platform.push import browsers, keys
from bosun.platform.push.models import Browser

LIVES = 24 * 3600
"""Seconds that a push service keeps a message for a browser that is off."""
SIGNED_FOR = 12 * 3600
TOGETHER = 15.0
"""Seconds for all browsers of a person; whoever is not reached by then is tried again later."""
LONGEST = 2000
GONE = ("404", "410")


class WebPush:
    """All browsers in which a person switched notices on. The address is the person's id."""

    key = "webpush"
    label = _lazy("Browser, also while Bosun is closed")
    address_kind: AddressKind = "push"
    parallel = 3
    settings: tuple[Setting, ...] = (
        Setting(
            "contact", _lazy("Whom push services may ask"),
            help=_lazy("An e-mail address, for the operators of push services. Empty: the address of Bosun."),
        ),
    )  # fmt: skip

    def send(self, messages: Iterable[Message], settings: Mapping[str, Any]) -> Iterator[tuple[Message, Outcome]]:
        """Each message's outcome as soon as it is known."""
        for message in messages:
            yield message, _one(message, settings)


def _one(message: Message, settings: Mapping[str, Any]) -> Outcome:
    """Taken where one of the browsers took it; dead where none is left."""
    person = int(message.to) if message.to.isdecimal() else 0
    found = list(_each(browsers.of(person), message, settings))
    for state in ("sent", "again"):
        outcomes = [outcome for outcome in found if outcome.state == state]
        if outcomes:
            return outcomes[0]
    left = [outcome for outcome in found if not outcome.dead]
    said = found[0].said if found else _("No browser of this person takes notices.")
    return left[0] if left else Outcome("failed", said, dead=True)


def _each(told: Sequence[Browser], message: Message, settings: Mapping[str, Any]) -> Iterator[Outcome]:
    """What became of it in each browser. Each has its share of the time that is left, so that none uses up all."""
    until = monotonic() + TOGETHER
    for number, browser in enumerate(told):
        yield _to(browser, message, settings, (until - monotonic()) / (len(told) - number))


def _to(browser: Browser, message: Message, settings: Mapping[str, Any], seconds: float) -> Outcome:
    if seconds <= 0:
        return Outcome("again", refusal())
    headers = {
        "Content-Type": "application/octet-stream",
        "Content-Encoding": "aes128gcm",
        "TTL": str(LIVES),
        "Urgency": "high",
    }
    private = {"Authorization": keys.signed(_origin(browser.endpoint), _contact(settings), _until())}
    body = sealed(browser, content(message))
    answer = calls.call(browser.endpoint, body=body, headers=headers, private=private, seconds=seconds)
    if not isinstance(answer, Outcome):
        return Outcome("sent", f"{answer.status} {answer.text}".strip())
    if answer.said[:3] in GONE:
        browsers.gone(browser.pk)
        return Outcome("failed", answer.said, dead=True)
    # One push service that is away says nothing about those of others.
    return Outcome(answer.state, answer.said, wait=answer.wait)


def content(message: Message) -> bytes:
    """What the service worker shows."""
    text = calls.cut(message.text.removeprefix(message.subject).strip(), LONGEST)
    said = {"title": message.subject, "body": text, "url": message.url, "tag": message.key, "lang": message.language}
    return json.dumps(said, ensure_ascii=False).encode()


def sealed(browser: Browser, plain: bytes) -> bytes:
    """The same so that this browser alone can read it (RFC 8291)."""
    return bytes(
        http_ece.encrypt(
            plain,
            private_key=ec.generate_private_key(ec.SECP256R1()),
            dh=browsers.unpadded(browser.p256dh),
            auth_secret=browsers.unpadded(browser.auth),
            version="aes128gcm",
        )
    )


def _origin(endpoint: str) -> str:
    parts = urlsplit(endpoint)
    return f"{parts.scheme}://{parts.netloc}"


def _until() -> int:
    return int(clock.now().timestamp()) + SIGNED_FOR


def _contact(settings: Mapping[str, Any]) -> str:
    mail = str(settings.get("contact") or "").strip()
    if mail:
        return f"mailto:{mail}"
    host = urlsplit(installation.BOSUN_URL).hostname or "localhost"
    return f"https://{host}"
