"""The rest through Apprise: some hundred and seventy services, each by an address of its own form.

Apprise makes its calls itself, past the guard of our own client. So only administrators set its addresses, and nothing
of a message or a person stands in them.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from bosun.platform.deliveries.channels import calls
from bosun.platform.deliveries.channels.calls import AddressKind
from bosun.platform.deliveries.channels.port import Message, Outcome, Setting

HERE = frozenset(("dbus", "gio", "glib", "gnome", "kde", "macosx", "qt", "syslog", "windows"))
"""Services of the machine's own desk: nobody sits there."""
STATUS = re.compile(r"error=(\d{3})")


class Apprise:
    """One address, or several parted by spaces; all of them must take a message."""

    key = "apprise"
    label = _lazy("Other services (Apprise)")
    address_kind: AddressKind = "none"
    settings: tuple[Setting, ...] = (
        Setting(
            "urls", _lazy("Addresses"), "secret", required=True,
            help=_lazy("As Apprise writes them, such as tgram://token/chat or mailto://…; several parted by spaces."),
        ),
    )  # fmt: skip

    def faults(self, values: Mapping[str, Any]) -> dict[str, str]:
        """What is wrong with these settings."""
        return {} if _targets(values) else {"urls": _("Apprise does not know an address of this form.")}

    def send(self, messages: Iterable[Message], settings: Mapping[str, Any]) -> Iterator[tuple[Message, Outcome]]:
        """Each message's outcome as soon as it is known."""
        to = _targets(settings)
        yield from calls.one_by_one(messages, lambda message: _one(to, message))


def _targets(settings: Mapping[str, Any]) -> Any:
    """The services, ready to be told; nothing where one of the addresses is none."""
    from apprise import Apprise as Services  # reading its plugins takes a moment that others need not wait for

    services = Services()
    urls = str(settings.get("urls") or "").split()
    known = all(url.partition(":")[0].lower() not in HERE and services.add(url) for url in urls)
    return services if urls and known else None


def _one(to: Any, message: Message) -> Outcome:
    from apprise import LogCapture

    if to is None:
        return Outcome("again", _("Apprise does not know an address of this form."), down=True)
    with LogCapture(level=logging.WARNING, fmt="%(message)s") as log:  # type: ignore[no-untyped-call]
        taken = to.notify(title=message.subject, body=message.text, body_format="text")
        said = log.getvalue().strip()
    if taken:
        return Outcome("sent", said)
    status = STATUS.search(said)
    code = int(status[1]) if status else 0
    if 400 <= code < 500 and code not in calls.PASSING:
        return Outcome("failed", said)
    return Outcome("again", said, down="onnection" in said)
