"""A server of its own for the journeys, people at their browsers, and an eye on everything a browser complains of."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.people import PASSWORD
from tests.machine import ROOT
from tools.stage import free_port, wait_for

PATIENCE = 90
"""Seconds, on a machine that has much else to do."""
BUILD = "import django; django.setup(); from tests.journeys import town; town.build()"
REFUSED = re.compile(r"responded with a status of (409|422) ")
"""What the browser says of a form that came back, which is an answer and no fault."""
SILENT = "The AudioContext was not allowed to start"
"""What the browser says where nobody has clicked yet; the bell says it too."""
VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) => console.error(event.violatedDirective, event.blockedURI));
"""

SENT = """
async ([method, path, given]) => {
  const headers = {
    "Content-Type": "application/json", "X-CSRFToken": document.querySelector("meta[name=csrf]").content,
  };
  const answer = await fetch(`/api/v1/${path}`, { method, headers, body: given && JSON.stringify(given) });
  const said = answer.status === 204 ? {} : await answer.json();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(said)}`);
  return said;
}
"""

AHEAD = [timedelta(0)]
"""How far the server's clock has been pushed so far."""
OTHERWISE = ("DATABASE_URL", "BOSUN_URL", "BOSUN_HTTPS")

expect.set_options(timeout=20_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A clock that was pushed stays ahead: the journeys that push it come after those that count on today."""
    items.sort(key=lambda item: "push" in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server keeps what it has."""
    return tmp_path_factory.mktemp("town")


@pytest.fixture
def push(home: Path) -> Iterator[Callable[[float], datetime]]:
    """`push(5)` sets the server's clock five minutes ahead and holds it there; after the test it goes on."""
    held = [datetime.now(UTC) + AHEAD[0]]

    def say(text: str) -> None:
        (home / "new").write_text(text, "utf-8")
        (home / "new").rename(home / "time")

    def by(minutes: float) -> datetime:
        held[0] += timedelta(minutes=minutes)
        say(held[0].isoformat())
        return held[0]

    yield by
    AHEAD[0] = max(AHEAD[0], held[0] - datetime.now(UTC))
    say(f"{AHEAD[0].total_seconds():+f}")


@pytest.fixture(scope="session")
def town(home: Path) -> Iterator[str]:
    """The address of a server with people and customers."""
    environment = {
        **{name: value for name, value in os.environ.items() if name not in OTHERWISE},
        "BOSUN_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "tests.journeys.settings",
        "PYTHONPATH": os.pathsep.join((str(ROOT), os.environ.get("PYTHONPATH", ""))).rstrip(os.pathsep),
        "BOSUN_WEB_PROCESSES": "1",
        "BOSUN_LOG_LEVEL": "WARNING",
    }
    bosun = [sys.executable, "-m", "bosun.config.cli"]
    subprocess.run([*bosun, "migrate", "--quiet"], check=True, env=environment, cwd=ROOT)
    subprocess.run([sys.executable, "-c", BUILD], check=True, env=environment, cwd=ROOT)
    port = free_port()
    with served([*bosun, "serve", "--port", str(port)], environment, home / "log"):
        yield wait_for(f"http://localhost:{port}", PATIENCE)


@contextmanager
def served(command: list[str], environment: dict[str, str], log: Path) -> Iterator[None]:
    """A server that ends with the tests."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=out, stderr=out)
        try:
            yield
        finally:
            process.terminate()
            process.wait(PATIENCE)


@dataclass
class Watch:
    """What browsers complained of: scripts, refused content, requests that leave the house."""

    origin: str
    faults: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Look at everything in a context from now on."""
        context.add_init_script(VIOLATIONS)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.faults.append(f"script: {error.error}"))
        context.on("request", self._request)
        context.on("requestfailed", lambda request: self._failed(request.failure or "", request.url))
        context.on("response", self._response)

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning") and not REFUSED.search(message.text) and SILENT not in message.text:
            self.faults.append(f"console: {message.text}")

    def _request(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https") and f"{parts.scheme}://{parts.netloc}" != self.origin:
            self.faults.append(f"elsewhere: {request.url}")

    def _failed(self, failure: str, url: str) -> None:
        # A page that is left ends what it was still loading.
        if "ERR_ABORTED" not in failure:
            self.faults.append(f"failed: {url} {failure}")

    def _response(self, response: Any) -> None:
        if response.status >= 500:
            self.faults.append(f"{response.status}: {response.url}")


@pytest.fixture
def watch(town: str) -> Iterator[Watch]:
    """Every journey ends with nothing to complain of."""
    looking = Watch(town)
    yield looking
    assert looking.faults == []


Desk = Callable[..., Page]


@pytest.fixture
def desk(town: str, watch: Watch, browser: Browser) -> Iterator[Desk]:
    """`desk("ann")` is Ann's browser, signed in; further words go to the browser's context."""
    contexts: list[BrowserContext] = []

    def sit(who: str = "", **how: Any) -> Page:
        page = opened(browser, watch, who, **how)
        contexts.append(page.context)
        return page

    yield sit
    for context in contexts:
        context.close()


def opened(browser: Browser, watch: Watch, who: str = "", **how: Any) -> Page:
    """A browser of somebody's, signed in, with an eye on it."""
    size = {"width": 1440, "height": 900}
    context = browser.new_context(base_url=watch.origin, **{"viewport": size, "reduced_motion": "reduce", **how})
    context.set_default_timeout(PATIENCE * 1000)
    watch.over(context)
    page = context.new_page()
    if who:
        sign_in(page, who)
    return page


def sign_in(page: Page, who: str, password: str = PASSWORD) -> None:
    """Through the door, as everybody."""
    page.goto("/account/login/")
    page.get_by_label("E-mail or user name").fill(who)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/day")


def toast(page: Page) -> Any:
    """The word about what was done."""
    return page.locator("[data-toast]")


def ask(page: Page, method: str, path: str, given: Any = None) -> Any:
    """What the API answers to whoever sits at this browser: for what only needs to be there, or to be gone."""
    return page.evaluate(SENT, [method, path, given])
