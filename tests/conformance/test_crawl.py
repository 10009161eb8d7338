"""Every address that pages link to, fragments included: no canary, no failure, no dead end; looking changes nothing."""

from __future__ import annotations

import html
import re
from collections import Counter, deque
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
from django.test import Client

from bosun.config.demo.fixture import World
from bosun.platform.integrity import hashing
from tests.conformance.conftest import Person, Seat
from tests.conformance.furniture import Kept

pytestmark = pytest.mark.django_db
LINKS = re.compile(r"""\s[a-z][a-z-]*=(?:"([/?][^"]*)"|'([/?][^']*)')""")
IN_JSON = re.compile(r'"(?:[a-z]+_)*(?:url|href|address|dialog|post|create)":\s*"(/[^"]*)"')
START = ("/", "/day", "/bin", "/exports", "/imports", "/settings", "/me", "/palette?q=a", "/search?q=Halden")
AWAY = ("/static/", "/account/", "/api/", "/brand.css")
MOST = 500
GIVEN = {200, 204, 302}
ONLY_SENT = {405}
ASKS_FOR_ROWS = {422}
SEEN_BY_ALL = {
    "/day", "/bin", "/exports", "/imports", "/settings", "/me/tokens", "/search", "/files/#",
    "/customers", "/customers/counts", "/customers/totals", "/customers/filter", "/customers/sort",
    "/customers/columns", "/customers/new", "/customers/export", "/customers/import", "/customers/view/save",
    "/customers/#", "/customers/#/panel", "/customers/#/edit", "/customers/#/history", "/customers/#/composer",
    "/customers/#/cell", "/customers/#/remove", "/customers/#/files", "/customers/#/pages/organisation",
    "/contacts", "/contacts/#", "/contacts/#/panel", "/contacts/#/edit", "/follow_ups/#/edit",
}  # fmt: skip
SEEN_BY_REPS = {"/exports/#"}
SEEN_BY_ADMIN = {"/settings/people", "/settings/people/#", "/settings/roles/#", "/settings/system", "/imports/#"}


def pattern(address: str) -> str:
    """Addresses that differ in ids and values alone are of one pattern."""
    parts = urlsplit(address)
    names = sorted({name for name, _value in parse_qsl(parts.query, keep_blank_values=True)})
    return f"{place(address)}?{','.join(names)}"


def place(address: str) -> str:
    """The path, with a mark for each number."""
    return re.sub(r"\d+", "#", urlsplit(address).path)


def linked(base: str, text: str) -> list[str]:
    """Addresses on this site that a page or a fragment names, in their order."""
    found = [html.unescape(double or single) for double, single in LINKS.findall(text)]
    found += [re.sub(r"\\u([0-9a-f]{4})", _character, each) for each in IN_JSON.findall(html.unescape(text))]
    joined = [urljoin(base, address).partition("#")[0] for address in found if "{" not in address]
    return [address for address in joined if not address.startswith(("//", *AWAY))]


def _character(found: re.Match[str]) -> str:
    return chr(int(found[1], 16))


@dataclass
class Crawl:
    """What was seen on the way: addresses with their answers, and what was wrong."""

    person: Person
    kept: Kept
    seen: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    sung: set[str] = field(default_factory=set)

    def run(self) -> Crawl:
        """Follow every link, of each pattern only the first few."""
        seat, waiting = self.person.seat(), deque([*START, *self.furnished()])
        self.seen.update(waiting)
        while waiting and len(self.seen) < MOST:
            address = waiting.popleft()
            for text in self.look(seat, address):
                for following in linked(address, text):
                    kind = pattern(following)
                    if following not in self.seen and self.counts[kind] < (1 if "?" in following else 2):
                        self.counts[kind] += 1
                        self.seen.add(following)
                        waiting.append(following)
        return self

    def furnished(self) -> list[str]:
        """Pages of one's own with files, which a crawl that stops somewhere might not reach."""
        held = [(key, pk) for rows in self.kept.files.values() for key, pk, _file in rows]
        return [f"/{key}/{pk}" for key, pk in held if pk in self.person.own(key)]

    def look(self, seat: Seat, address: str) -> list[str]:
        """The answers at an address: of each pattern once as a page too, all as fragments."""
        texts = []
        for fragment in (False, True) if self.counts[pattern(address)] < 2 else (True,):
            status, text = seat.get(address, fragment)
            expected = GIVEN | ONLY_SENT | (ASKS_FOR_ROWS if "/bulk/" in address else set())
            if status not in expected:
                self.wrong.append(f"{status} {address}")
            self.wrong += told(self.person, address, text)
            folded = text.casefold()
            self.sung |= {one.text for one in self.person.world.canaries if self.person.sings(one, folded)}
            if "text/html" in text or "application/json" in text:
                texts.append(text)
        return texts


def told(person: Person, address: str, text: str) -> list[str]:
    """What an answer tells that is closed to its reader."""
    return [f"{address}: {each}" for each in (*person.leaks(text), *person.names(text))]


@pytest.fixture(scope="module")
def addresses(world: World, kept: Kept) -> list[str]:
    """Every address that the administrator's crawl finds."""
    return sorted(Crawl(Person("admin", world), kept).run().seen)


def test_a_crawl_finds_no_canary_no_failure_and_changes_nothing(person: Person, kept: Kept) -> None:
    before = hashing.hashes()
    crawl = Crawl(person, kept).run()
    assert crawl.wrong == []
    places = {place(address) for address in crawl.seen}
    more = {"ann": SEEN_BY_REPS, "cyd": SEEN_BY_REPS, "admin": SEEN_BY_ADMIN}.get(person.name, set())
    assert (SEEN_BY_ALL | more) - places == set()
    own = [one for one in person.world.canaries if person.key in one.seen_by and one.entity == "customers"]
    assert len(crawl.sung & {one.text for one in own}) >= 3
    assert hashing.hashes() == before


def test_what_the_administrator_finds_tells_others_nothing(person: Person, addresses: list[str]) -> None:
    before = hashing.hashes()
    seat, stranger = person.seat(), Seat(Client(raise_request_exception=False), {})
    wrong = []
    for address in addresses:
        status, text = seat.get(address, fragment=True)
        if status >= 500:
            wrong.append(f"{status} {address}")
        wrong += told(person, address, text)
        if person.name == "admin":
            status, text = stranger.get(address)
            if status not in (302, 404, 405) or "CNRY-" in text.replace(address, ""):
                wrong.append(f"{status} {address}: told to a stranger")
    assert wrong == []
    assert hashing.hashes() == before
