"""Other people's servers on loopback: Kannel with a message centre that pretends, Dovecot with a mailbox."""

from __future__ import annotations

import getpass
import os
import re
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote_to_bytes

from tests.machine import FAKESMSC

SECONDS = 15
_GOT = re.compile(r"Got message \d+: <(\S+) (\S+) ucs-2 (.*)>$")


def free_port() -> int:
    """A port that nobody has."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


def wait_for(what: Callable[[], object], about: str) -> None:
    """Wait until it is so."""
    until = time.monotonic() + SECONDS
    while not what():
        assert time.monotonic() < until, about
        time.sleep(0.02)


def answers(port: int) -> bool:
    """True when somebody listens there."""
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


@contextmanager
def running(*command: str, log: Path) -> Iterator[None]:
    """A program, ended afterwards."""
    with log.open("wb") as kept:
        program = subprocess.Popen(command, stdout=kept, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    try:
        yield
    finally:
        program.terminate()
        try:
            program.wait(SECONDS)
        except subprocess.TimeoutExpired:
            program.kill()
            program.wait()


@dataclass
class Kannel:
    """A gateway; what its message centre got."""

    port: int
    log: Path

    @property
    def got(self) -> list[tuple[str, str]]:
        """Number and text of each message that arrived."""
        found = (_GOT.search(line) for line in self.log.read_text("latin-1").splitlines())
        return [(each[2], unquote_to_bytes(each[3].replace("+", " ")).decode("utf-16-be")) for each in found if each]


@contextmanager
def kannel(folder: Path) -> Iterator[Kannel]:
    """The gateway with its boxes, while it runs."""
    admin, box, centre, port = (free_port() for _ in range(4))
    settings = folder / "kannel.conf"
    settings.write_text(
        f"""group = core
admin-port = {admin}
admin-password = x
admin-interface = 127.0.0.1
smsbox-port = {box}
smsbox-interface = 127.0.0.1
box-allow-ip = "127.0.0.1"
dlr-storage = internal

group = smsc
smsc = fake
smsc-id = fake
port = {centre}
connect-allow-ip = "127.0.0.1"

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {port}
sendsms-interface = 127.0.0.1

group = sendsms-user
username = bosun
password = s3
concatenation = true
max-messages = 10
""",
        "ascii",
    )
    log = folder / "fakesmsc.log"
    core = running("bearerbox", "-v", "1", str(settings), log=folder / "bearerbox.log")
    with core:
        wait_for(lambda: answers(box) and answers(centre), "bearerbox does not listen")
        far = running(str(FAKESMSC), "-H", "127.0.0.1", "-r", str(centre), "-m", "0", "1 2 text x", log=log)
        with running("smsbox", "-v", "1", str(settings), log=folder / "smsbox.log"), far:
            connected = folder / "bearerbox.log"
            wait_for(lambda: answers(port), "smsbox does not listen")
            wait_for(lambda: b"Fakesmsc client connected" in connected.read_bytes(), "no message centre")
            yield Kannel(port, log)


@dataclass
class Dovecot:
    """A mail server with one mailbox."""

    port: int
    maildir: Path
    owner: tuple[int, int]

    def put(self, *mails: bytes) -> None:
        """Mail that has come."""
        for number, raw in enumerate(mails):
            at = self.maildir / "new" / f"{time.time_ns()}.{number}.here"
            at.write_bytes(raw)
            os.chown(at, *self.owner)


@contextmanager
def dovecot() -> Iterator[Dovecot]:
    """The mail server, while it runs."""
    # Its programs have rights of their own, and pytest's folders are open to one person alone.
    with TemporaryDirectory(prefix="bosun-imap-") as name:
        Path(name).chmod(0o755)
        with _dovecot(Path(name)) as server:
            yield server


@contextmanager
def _dovecot(folder: Path) -> Iterator[Dovecot]:
    port, me = free_port(), getpass.getuser()
    owner = (65534, 65534) if os.getuid() == 0 else (os.getuid(), os.getgid())
    own: Sequence[str] = () if os.getuid() == 0 else (f"default_internal_user = {me}", f"default_login_user = {me}")
    maildir = folder / "mail"
    for part in ("", "new", "cur", "tmp"):
        (maildir / part).mkdir(exist_ok=True)
        os.chown(maildir / part, *owner)
    settings = folder / "dovecot.conf"
    settings.write_text(
        "\n".join(
            (
                f"base_dir = {folder}/run", f"state_dir = {folder}/state", f"log_path = {folder}/dovecot.log",
                "protocols = imap", "listen = 127.0.0.1", "ssl = no", "disable_plaintext_auth = no",
                f"mail_location = maildir:{maildir}", "first_valid_uid = 1", "first_valid_gid = 1", *own,
                "passdb {", "  driver = static", "  args = password=s3", "}",
                "userdb {", "  driver = static", f"  args = uid={owner[0]} gid={owner[1]} home={folder}/mail", "}",
                "service imap-login {", "  chroot =", "  inet_listener imap {", f"    port = {port}", "  }",
                "  inet_listener imaps {", "    port = 0", "  }", "}",
                "service anvil {", "  chroot =", "}", "service stats {", "  chroot =", "}", "",
            )
        ),
        "ascii",
    )  # fmt: skip
    with running("dovecot", "-F", "-c", str(settings), log=folder / "said.log"):
        wait_for(lambda: answers(port), "dovecot does not listen")
        yield Dovecot(port, maildir, owner)
