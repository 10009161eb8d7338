"""A demo company on a server of its own, in a temporary folder, for pictures."""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

from playwright.sync_api import Page, expect

from tests.machine import ROOT

BOSUN = [sys.executable, "-m", "bosun.config.cli"]
PATIENCE = 120
OTHERWISE = ("DATABASE_URL", "BOSUN_URL", "BOSUN_HTTPS")
"""Settings of this machine that are not those of the stage."""


@dataclass(frozen=True)
class Stage:
    """A server with a demo company, and the passwords of its people."""

    address: str
    passwords: Mapping[str, str]
    password: str = ""

    def sign_in(self, page: Page, who: str) -> None:
        """Through the door, as everybody."""
        page.goto("/account/login/")
        page.locator("#id_login").fill(who)
        page.locator("#id_password").fill(self.passwords.get(who, self.password))
        page.locator("button.pri").click()
        page.wait_for_url("**/day")

    def speak(self, page: Page, language: str) -> None:
        """Choose a language, as from one's own menu."""
        settled(page)
        page.locator(".top .me").click()
        with page.expect_navigation():
            page.locator(f"#me-menu button[name=language][value={language}]").click()
        page.locator(f"html[lang={language}]").wait_for(state="attached")


def settled(page: Page) -> None:
    """Wait for all that a page fetches; the event stream stays open, so that the network is never idle."""
    page.wait_for_load_state("load")
    expect(page.locator(".htmx-request")).to_have_count(0, timeout=PATIENCE * 1000)


@contextmanager
def staged(address: str | None = None, password: str = "") -> Iterator[Stage]:
    """A stage; the one that runs already where an address is given."""
    if address:
        yield Stage(address, {}, password)
        return
    with tempfile.TemporaryDirectory(prefix="bosun-stage-") as home:
        environment = {name: value for name, value in os.environ.items() if name not in OTHERWISE}
        environment |= {"BOSUN_HOME": home, "BOSUN_LOG_LEVEL": "WARNING"}
        run("migrate", "--quiet", environment=environment)
        passwords = dict(re.findall(r"^  (\w+)\s+(\S+)  ", run("demo", environment=environment), re.MULTILINE))
        port = free_port()
        with (Path(home) / "log").open("wb") as log:
            command = [*BOSUN, "serve", "--port", str(port)]
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
            try:
                yield Stage(wait_for(f"http://localhost:{port}"), passwords)
            finally:
                process.terminate()
                process.wait(PATIENCE)


def run(*command: str, environment: Mapping[str, str]) -> str:
    """One bosun command; what it printed."""
    done = subprocess.run([*BOSUN, *command], check=True, cwd=ROOT, env=environment, capture_output=True, text=True)
    return done.stdout


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def wait_for(address: str, seconds: float = PATIENCE) -> str:
    """The address, once web and worker both answer; URLError when the seconds are over."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=5) as answer:
                if answer.status == 200:
                    return address
        except (URLError, OSError):
            if time.monotonic() > deadline:
                raise
        time.sleep(0.2)
