"""Short messages to a message centre over SMPP: other letters than GSM's in UCS-2, long ones in parts, reports asked
for. Reports come while a connection is open: `reports` looks for those that came since.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from smpplib import consts, exceptions, gsm
from smpplib.client import Client

from bosun.platform.deliveries.channels import calls
from bosun.platform.deliveries.channels.calls import AddressKind
from bosun.platform.deliveries.channels.numbers import written
from bosun.platform.deliveries.channels.port import Message, Outcome, Setting

SECONDS = 10
LONGEST = 1000
GSM = frozenset(gsm.GSM_CHARACTER_TABLE[:128]) - {"`", "\x1b"}
"""Letters that are one in GSM 03.38. The library writes ` as another, and cuts those of two between parts."""
DEAD = frozenset((consts.SMPP_ESME_RINVDSTADR, consts.SMPP_ESME_RINVDSTTON, consts.SMPP_ESME_RINVDSTNPI))
PASSING = frozenset((consts.SMPP_ESME_RSYSERR, consts.SMPP_ESME_RMSGQFUL, consts.SMPP_ESME_RSUBMITFAIL))
SLOWER = consts.SMPP_ESME_RTHROTTLED
STAT = re.compile(r"\bstat:\s*(\w+)", re.IGNORECASE)
ID = re.compile(r"\bid:\s*(\S+)", re.IGNORECASE)
STATES = {"DELIVRD": "delivered", "UNDELIV": "failed", "EXPIRED": "failed", "REJECTD": "failed", "DELETED": "failed"}
NUMBERED = {2: "DELIVRD", 3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 8: "REJECTD"}
BROKEN = (exceptions.ConnectionError, exceptions.PDUError, exceptions.UnknownCommandError, OSError, ValueError)
UDH_LENGTH, UCS2_PART = 6, 134
"""Bytes: of the header of a part, and of what it may hold of a text in UCS-2."""


@dataclass(frozen=True)
class Report:
    """What a message centre tells later of a message, found by its id."""

    reference: str
    outcome: Outcome


class Smpp:
    """A message centre that speaks SMPP 3.4."""

    key = "smpp"
    label = _lazy("SMS over SMPP")
    address_kind: AddressKind = "phone"
    settings: tuple[Setting, ...] = (
        Setting("host", _lazy("Host"), required=True),
        Setting("port", _lazy("Port"), "number", 2775),
        Setting("tls", _lazy("Encrypted (TLS)"), "flag", False),
        Setting("system_id", _lazy("System ID"), required=True),
        Setting("password", _lazy("Password"), "secret"),
        Setting("system_type", _lazy("System type")),
        Setting("sender", _lazy("Sender"), help=_lazy("A number or up to eleven letters.")),
    )

    def send(self, messages: Iterable[Message], settings: Mapping[str, Any]) -> Iterator[tuple[Message, Outcome]]:
        """Each message's outcome as soon as it is known."""
        line: _Line | None = None
        waiting = iter(messages)
        try:
            for message in waiting:
                try:
                    line = line or _Line.opened(settings)
                except BROKEN as error:
                    yield from ((each, _silent(error)) for each in chain((message,), waiting))
                    return
                outcome = line.submit(message, str(settings.get("sender") or ""))
                yield message, outcome
                if outcome.down or outcome.wait:
                    yield from ((each, outcome) for each in waiting)
                    return
        finally:
            if line is not None:
                line.closed()

    def reports(self, settings: Mapping[str, Any], heard: Callable[[Report], bool], seconds: float = 1) -> str:
        """Hand over the reports that wait, each answered only when it was taken; what went wrong, or nothing."""
        try:
            line = _Line.opened(settings, heard, seconds)
        except BROKEN as error:
            return _said(error)
        try:
            line.listen()
        except BROKEN as error:
            return _said(error)
        finally:
            line.closed()
        return ""


class _Client(Client):  # type: ignore[misc]
    """The library's, which asks a certificate for no name and waits for ever."""

    def _create_socket(self) -> socket.socket:
        plain = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        plain.settimeout(self.timeout)
        return self._ssl_context.wrap_socket(plain, server_hostname=self.host) if self._ssl_context else plain

    def wait_for(self, seconds: float) -> None:
        """Wait so long for anything."""
        self._socket.settimeout(seconds)


@dataclass
class _Line:
    """An open connection."""

    client: _Client
    answers: dict[int, Any] = field(default_factory=dict)

    @classmethod
    def opened(
        cls, settings: Mapping[str, Any], heard: Callable[[Report], bool] | None = None, seconds: float = SECONDS
    ) -> _Line:
        host, port = str(settings.get("host") or ""), int(settings.get("port") or 2775)
        context = ssl.create_default_context() if settings.get("tls") else None
        client = _Client(host, port, timeout=SECONDS, ssl_context=context, allow_unknown_opt_params=True)
        line = cls(client)
        try:
            client.connect()
            name, password = str(settings.get("system_id") or ""), str(settings.get("password") or "")
            kind = {"system_type": str(settings["system_type"])} if settings.get("system_type") else {}
            bind = client.bind_transmitter if heard is None else client.bind_receiver
            bind(system_id=name, password=password, **kind)
        except BaseException:
            line.closed()
            raise
        client.wait_for(seconds)
        client.set_message_sent_handler(line.answered)
        client.set_error_pdu_handler(line.answered)
        client.set_message_received_handler(lambda pdu: _take(pdu, heard))
        return line

    def answered(self, pdu: Any) -> None:
        """Keep an answer until it is looked for."""
        self.answers[pdu.sequence] = pdu

    def submit(self, message: Message, sender: str) -> Outcome:
        """Hand one message over, in as many parts as it takes; the report is asked for the last one."""
        to = written(message.to, "digits")
        if not to:
            return Outcome("failed", _("This is no phone number."), dead=True)
        text = calls.short(message)[:LONGEST]
        parts, coding, esm = _parts(text)
        reference = ""
        try:
            for number, part in enumerate(parts, 1):
                sent = self.client.send_message(
                    **_source(sender), dest_addr_ton=consts.SMPP_TON_INTL, dest_addr_npi=consts.SMPP_NPI_ISDN,
                    destination_addr=to, short_message=part, data_coding=coding, esm_class=esm,
                    registered_delivery=number == len(parts),
                )  # fmt: skip
                answer = self._answer(sent.sequence)
                if answer.status:
                    return _refused(answer.status)
                reference = (answer.message_id or b"").decode("ascii", "replace")
        except BROKEN as error:
            return _silent(error)
        return Outcome("sent", f"0 {reference}".strip(), reference=reference)

    def _answer(self, sequence: int) -> Any:
        while sequence not in self.answers:
            self.client.read_once(auto_send_enquire_link=False)
        return self.answers.pop(sequence)

    def listen(self) -> None:
        """Take what comes until nothing comes any more."""
        try:
            while True:
                self.client.read_once(auto_send_enquire_link=False)
        except TimeoutError:
            return

    def closed(self) -> None:
        """Take leave, and close."""
        try:
            if self.client.state not in (consts.SMPP_CLIENT_STATE_OPEN, consts.SMPP_CLIENT_STATE_CLOSED):
                self.client.wait_for(2)
                self.client.unbind()
        except BROKEN:
            pass
        self.client.state = consts.SMPP_CLIENT_STATE_OPEN
        self.client.disconnect()


def _parts(text: str) -> tuple[list[bytes], int, int]:
    """The parts of a text, its coding, and what they are. The library cuts an emoji in two, one half in each part."""
    parts, coding, esm = gsm.make_parts(text, _coding(text))
    if len(parts) == 1 or coding != consts.SMPP_ENCODING_ISO10646:
        return parts, coding, esm
    held = [b""]
    for char in text:
        units = char.encode("utf-16-be")
        if len(held[-1]) + len(units) > UCS2_PART:
            held.append(b"")
        held[-1] += units
    head = parts[0][: UDH_LENGTH - 2]
    return [head + bytes((len(held), number)) + part for number, part in enumerate(held, 1)], coding, esm


def _coding(text: str) -> int:
    return int(consts.SMPP_ENCODING_DEFAULT if GSM.issuperset(text) else consts.SMPP_ENCODING_ISO10646)


def _source(sender: str) -> dict[str, Any]:
    digits = sender.removeprefix("+")
    if not digits.isdecimal():
        ton = consts.SMPP_TON_ALNUM if sender else consts.SMPP_TON_UNK
        return {"source_addr_ton": ton, "source_addr_npi": consts.SMPP_NPI_UNK, "source_addr": sender}
    ton = consts.SMPP_TON_INTL if sender.startswith("+") else consts.SMPP_TON_UNK
    return {"source_addr_ton": ton, "source_addr_npi": consts.SMPP_NPI_ISDN, "source_addr": digits}


def _refused(status: int) -> Outcome:
    said = f"{status} {consts.DESCRIPTIONS.get(status, '')}".strip()
    if status in PASSING or status == SLOWER:
        return Outcome("again", said, wait=30 if status == SLOWER else 0)
    return Outcome("failed", said, dead=status in DEAD)


def _silent(error: Exception) -> Outcome:
    return Outcome("again", _said(error), down=True, silent=not isinstance(error, exceptions.PDUError))


def _said(error: Exception) -> str:
    return (str(error.args[0]) if error.args else "") or type(error).__name__


def _take(pdu: Any, heard: Callable[[Report], bool] | None) -> int:
    """Hand a report over; one that is not known yet comes again. What is no report is a message, which nobody reads."""
    text = (pdu.short_message or b"").decode("latin-1")
    known, stat = ID.search(text), STAT.search(text)
    receipted = getattr(pdu, "receipted_message_id", None)
    reference = receipted.decode("ascii", "replace").rstrip("\0") if receipted else known[1] if known else ""
    word = stat[1].upper() if stat else NUMBERED.get(getattr(pdu, "message_state", None) or 0, "")
    state = STATES.get(word)
    if heard is None or not reference or state is None:
        return int(consts.SMPP_ESME_ROK)
    outcome = Outcome("delivered" if state == "delivered" else "failed", text)
    return int(consts.SMPP_ESME_ROK if heard(Report(reference, outcome)) else consts.SMPP_ESME_RX_T_APPN)
