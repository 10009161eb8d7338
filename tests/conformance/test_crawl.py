"""Every address that pages link to, fragments included: no canary, no failure, and looking changes nothing."""

from __future__ import annotations

import html
import re
from collections import Counter
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest

from bosun.platform.integrity import hashing
from tests.conformance.conftest import Person

pytestmark = pytest.mark.django_db
LINKS = re.compile(r"""\s(href|hx-get|src|action|data-[a-z-]*(?:url|href|src)|[a-z-]+-url)=(?:"([^"]*)"|'([^']*)')""")
IN_JSON = re.compile(r""""(?:url|href|address|[a-z_]+_url)":\s*"(/[^"]*)""")
START = ("/", "/day", "/bin", "/exports", "/imports", "/settings", "/preferences", "/palette?q=a", "/search?q=Halden")
AWAY = ("/static/", "/account/logout", "/api/")
MOST_OF_ONE = 3
MOST = 1500


def pattern(address: str) -> str:
    """Addresses that differ in ids and values alone are of one pattern."""
    parts = urlsplit(address)
    names = sorted(name for name, _value in parse_qsl(parts.query, keep_blank_values=True))
    return re.sub(r"\d+", "#", parts.path) + "?" + ",".join(names)


def linked(base: str, text: str) -> set[str]:
    """Addresses on this site that a page or a fragment names."""
    found = {html.unescape(double or single) for _name, double, single in LINKS.findall(text)}
    found |= {part.encode().decode("unicode_escape") for part in IN_JSON.findall(html.unescape(text))}
    joined = {urljoin(base, address).split("#")[0] for address in found if address and "{" not in address}
    return {address for address in joined if address.startswith("/") and not address.startswith(("//", *AWAY))}


def test_a_crawl_finds_no_canary_no_failure_and_changes_nothing(person: Person) -> None:
    seat, before = person.seat(), hashing.hashes()
    waiting, seen, count = list(START), set(START), Counter[str]()
    failed: list[str] = []
    while waiting and len(seen) < MOST:
        address = waiting.pop(0)
        for fragment in (False, True):
            status, text = seat.get(address, fragment)
            if status >= 500:
                failed.append(f"{status} {address}")
            failed += [f"{address}: {leak}" for leak in person.leaks(text)]
            failed += [f"{address}: {name}" for _key, name in person.closed_fields() if name in text]
            for following in sorted(linked(address, text) - seen):
                if count[pattern(following)] < MOST_OF_ONE:
                    count[pattern(following)] += 1
                    seen.add(following)
                    waiting.append(following)
    assert failed == []
    assert hashing.hashes() == before
    assert len(count) > 60, sorted(count)
    assert {"/customers/#?", "/contacts/#?", "/customers/#/panel?", "/customers/#/edit?"} <= set(count)
