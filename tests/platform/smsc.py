"""A small message centre on loopback: it takes what comes over SMPP, and reports when a receiver binds."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

from smpplib import consts, gsm, smpp
from smpplib.client import SimpleSequenceGenerator


@dataclass
class Centre:
    """What it was sent, how it answers, and the reports that wait: (source, text)."""

    port: int = 0
    taken: list[Any] = field(default_factory=list)
    bound: list[tuple[str, str, str]] = field(default_factory=list)
    status: int = 0
    refuse_bind: int = 0
    reports: list[bytes] = field(default_factory=list)
    reported: list[int] = field(default_factory=list)
    sequence_generator: Any = field(default_factory=SimpleSequenceGenerator)
    allow_unknown_opt_params: bool = True

    @property
    def sequence(self) -> int:
        """As the library's PDUs ask for it."""
        return int(self.sequence_generator.sequence)

    def next_sequence(self) -> int:
        """The next number of a PDU of ours."""
        return int(self.sequence_generator.next_sequence())

    @property
    def texts(self) -> list[str]:
        """What arrived, parts put together by their header."""
        found, held = [], b""
        for pdu in self.taken:
            raw = pdu.short_message
            wide = pdu.data_coding == consts.SMPP_ENCODING_ISO10646
            if pdu.esm_class & consts.SMPP_GSMFEAT_UDHI:
                total, number = raw[4], raw[5]
                held += raw[6:]
                if number < total:
                    continue
                raw, held = held, b""
            found.append(raw.decode("utf-16-be") if wide else "".join(gsm.GSM_CHARACTER_TABLE[each] for each in raw))
        return found

    def serve(self, line: socket.socket) -> None:
        """One connection, until it is closed."""
        with suppress(OSError), line:
            while head := line.recv(4, socket.MSG_WAITALL):
                raw = head + line.recv(int.from_bytes(head, "big") - 4, socket.MSG_WAITALL)
                self._answer(line, smpp.parse_pdu(raw, client=self, allow_unknown_opt_params=True))

    def _answer(self, line: socket.socket, pdu: Any) -> None:
        if pdu.command == "deliver_sm_resp":
            self.reported.append(pdu.status)
            return
        back = smpp.make_pdu(f"{pdu.command}_resp", client=self)
        back.sequence = pdu.sequence
        if pdu.command.startswith("bind_"):
            self.bound.append((pdu.command, pdu.system_id.decode(), pdu.password.decode()))
            back.status = self.refuse_bind
            back.system_id = "smsc"
        if pdu.command == "submit_sm":
            back.status = self.status
            if not self.status:
                self.taken.append(pdu)
                back.message_id = f"m{len(self.taken)}"
        line.sendall(back.generate())
        if pdu.command == "bind_receiver":
            for text in self.reports:
                report = smpp.make_pdu(
                    "deliver_sm", client=self, source_addr="8613812345678", destination_addr="Bosun",
                    esm_class=4, short_message=text,
                )  # fmt: skip
                line.sendall(report.generate())


@contextmanager
def serving() -> Iterator[Centre]:
    """The centre, while it runs."""
    about = Centre()
    door = socket.create_server(("127.0.0.1", 0))
    about.port = door.getsockname()[1]

    def wait() -> None:
        with suppress(OSError):
            while True:
                line, _address = door.accept()
                Thread(target=about.serve, args=(line,), daemon=True).start()

    Thread(target=wait, daemon=True).start()
    try:
        yield about
    finally:
        door.shutdown(socket.SHUT_RDWR)
        door.close()
