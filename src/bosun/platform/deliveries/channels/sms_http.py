"""Short messages through a gateway that is called over HTTP, whichever it is: how it wants to be asked and what it
answers are settings.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from bosun.platform.deliveries import links
from bosun.platform.deliveries.channels import calls
from bosun.platform.deliveries.channels.calls import AddressKind
from bosun.platform.deliveries.channels.numbers import FORMS, written
from bosun.platform.deliveries.channels.port import Message, Outcome, Setting
from bosun.platform.outbound.client import Answer, header_fault

PLACE = re.compile(r"\{(to|text|key|secret|sender|report_url)\}")
BODY = '{"to": "{to}", "text": "{text}"}'
WAYS = {"json": _lazy("POST, JSON"), "form": _lazy("POST, form"), "get": _lazy("GET")}
BROKEN = "balance insufficient_balance no_credit quota suspended unauthorized"
DELIVERED = "delivered delivrd success 0 1"
LOST = "failed undelivered undeliv rejected rejectd expired deleted 2 16"


class SmsHttp:
    """A gateway over HTTP. Success is what its answer says, never its status alone."""

    key = "sms"
    label = _lazy("SMS over HTTP")
    address_kind: AddressKind = "phone"
    settings: tuple[Setting, ...] = (
        Setting("url", _lazy("Address of the gateway"), required=True),
        Setting("way", _lazy("Asked by"), "choice", "json", choices=WAYS),
        Setting(
            "body", _lazy("What is sent"), initial=BODY, required=True,
            help=_lazy("As JSON, with the places {to} {text} {key} {secret} {sender} {report_url}."),
        ),
        Setting(
            "headers", _lazy("Headers"), initial="{}", help=_lazy('As JSON: {"Authorization": "Bearer {secret}"}.')
        ),
        Setting("secret", _lazy("Secret"), "secret"),
        Setting("sender", _lazy("Sender")),
        Setting("numbers", _lazy("Numbers as"), "choice", "e164", choices=FORMS),
        Setting(
            "success_at", _lazy("Success stands at"), initial="code",
            help=_lazy("The way to a value of the answer, as in data.0.code. Empty: the answer's text begins with it."),
        ),
        Setting("success", _lazy("Success is"), initial="0", required=True, help=_lazy("Several parted by spaces.")),
        Setting(
            "dead", _lazy("It is a number that does not exist"),
            help=_lazy("Values at the same place, parted by spaces."),
        ),
        Setting(
            "broken", _lazy("The gateway takes nothing from anybody"), initial=BROKEN,
            help=_lazy("Values at the same place, parted by spaces. The channel waits until it works again."),
        ),
        Setting("final", _lazy("It is not tried again"), help=_lazy("Values at the same place, parted by spaces.")),
        Setting(
            "reference_at", _lazy("The gateway's id stands at"),
            help=_lazy("By which its reports come back. Empty: our own key."),
        ),
        Setting(
            "report_secret", _lazy("Secret of reports"), "secret",
            help=_lazy("It stands in the address to which the gateway sends its reports."),
        ),
        Setting("report_id", _lazy("A report's id stands at"), initial="id"),
        Setting("report_state", _lazy("A report's state stands at"), initial="state"),
        Setting("report_delivered", _lazy("Delivered are"), initial=DELIVERED, help=_lazy("Several parted by spaces.")),
        Setting("report_failed", _lazy("Not delivered are"), initial=LOST, help=_lazy("Several parted by spaces.")),
        Setting("report_answer", _lazy("A report is answered"), initial="ok", help=_lazy("As the gateway wants it.")),
    )  # fmt: skip

    def faults(self, values: Mapping[str, Any]) -> dict[str, str]:
        """What is wrong with these settings."""
        found = {}
        for name in ("body", "headers"):
            held = _object(values.get(name) or "{}")
            if held is None:
                found[name] = _('Write JSON such as {"to": "{to}"}.')
            elif name == "headers" and any(header_fault(key, str(value)) for key, value in held.items()):
                found[name] = _("One of these cannot be a header.")
        return found

    def send(self, messages: Iterable[Message], settings: Mapping[str, Any]) -> Iterator[tuple[Message, Outcome]]:
        """Each message's outcome as soon as it is known."""
        yield from calls.one_by_one(messages, lambda message: _one(message, settings))


def report_url(settings: Mapping[str, Any], key: str = "") -> str:
    """The address to which the gateway sends its reports, of one message where its key is given."""
    base = f"{links.base()}/hooks/sms/{quote(str(settings.get('report_secret') or ''), safe='')}"
    return f"{base}?{urlencode({settings.get('report_id') or 'id': key})}" if key else base


def _one(message: Message, settings: Mapping[str, Any]) -> Outcome:
    to = written(message.to, str(settings.get("numbers") or ""))
    body, headers = _object(settings.get("body") or BODY), _object(settings.get("headers") or "{}")
    if body is None or headers is None:
        return Outcome("again", _('Write JSON such as {"to": "{to}"}.'), down=True)
    if not to:
        return Outcome("failed", _("This is no phone number."), dead=True)
    held = {
        "to": to,
        "text": calls.short(message),
        "key": message.key,
        "secret": str(settings.get("secret") or ""),
        "sender": str(settings.get("sender") or ""),
        "report_url": report_url(settings, message.key),
    }
    private = {name: _placed(str(value), held) for name, value in headers.items()}
    answer = _ask(str(settings.get("url") or ""), str(settings.get("way") or "json"), _placed(body, held), private)
    if isinstance(answer, Outcome):
        return calls.of_channel(answer) if answer.said[:3] in ("401", "403", "404") else answer
    return _heard(answer, settings, message.key)


def _ask(url: str, way: str, body: Any, private: Mapping[str, str]) -> Answer | Outcome:
    if way == "json":
        return calls.post_json(url, body, private)
    pairs = urlencode({name: value if isinstance(value, str) else json.dumps(value) for name, value in body.items()})
    if way == "get":
        return calls.call(f"{url}{'&' if '?' in url else '?'}{pairs}", method="GET", private=private)
    form = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    return calls.call(url, body=pairs.encode(), headers=form, private=private)


def _heard(answer: Answer, settings: Mapping[str, Any], key: str) -> Outcome:
    said = answer.text.strip()
    told, at = calls.as_json(answer), str(settings.get("success_at") or "")

    def means(name: str) -> bool:
        values = str(settings.get(name, BROKEN if name == "broken" else "") or "").split()
        if not at:
            return any(said.startswith(value) for value in values)
        return _words(at_way(told, at)) in values

    if means("success"):
        where = str(settings.get("reference_at") or "")
        return Outcome("sent", said, reference=_words(at_way(told, where)) if where else key)
    if means("dead") or means("final"):
        return Outcome("failed", said, dead=means("dead"))
    return Outcome("again", said, down=means("broken"))


def _object(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _placed(part: Any, held: Mapping[str, str]) -> Any:
    """The same with its places filled, each once: what is put in is never read for places."""
    if isinstance(part, str):
        return PLACE.sub(lambda found: held[found[1]], part)
    if isinstance(part, dict):
        return {name: _placed(value, held) for name, value in part.items()}
    return [_placed(value, held) for value in part] if isinstance(part, list) else part


def at_way(told: Any, way: str) -> Any:
    """The value at a way such as data.0.code; None where there is none."""
    for step in way.split("."):
        if isinstance(told, Mapping):
            told = told.get(step)
        elif isinstance(told, list) and step.isdecimal() and int(step) < len(told):
            told = told[int(step)]
        else:
            return None
    return told


def _words(value: Any) -> str:
    return json.dumps(value) if isinstance(value, bool) else "" if value is None else str(value)
