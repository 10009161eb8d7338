"""Calls to the outside: what is refused in whatever spelling, and what an administrator opens (B6.01 to B6.08)."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from ipaddress import ip_address

import pytest

from bosun.kernel import records
from bosun.kernel.errors import Invalid, NotFound
from bosun.lib import netplace
from bosun.platform.outbound import client, guard
from bosun.platform.outbound.guard import Unreachable
from bosun.platform.outbound.models import AllowedHost
from tests.kernel.world import SYSTEM, World
from tests.platform.outside import Outside, drip, serving

LOOPBACK = (
    "127.0.0.1", "127.1", "0177.0.0.1", "0x7f000001", "2130706433", "0.0.0.0", "0", "[::1]", "[::]",
    "[::ffff:7f00:1]", "[::ffff:127.0.0.1]", "[::127.0.0.1]", "localhost", "LOCALHOST", "localhost.", "a.localhost",
    "①②⑦.0.0.1", "127。0。0。1", "0x7f.1", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1::]",
    "[fe80::1%25lo]", "[::1%25lo]", "[2606:4700::5efe:7f00:1]",
)  # fmt: skip
INSIDE = (
    "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254", "2852039166", "0xA9FEA9FE",
    "168.63.129.16", "100.100.100.200", "192.0.0.192", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "[fd00:ec2::254]", "[fe80::1]", "[ff02::1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::a]", "[2001:db8::1]",
)  # fmt: skip
NO_ADDRESS = (
    "", "ftp://example.com/", "file:///etc/passwd", "gopher://127.0.0.1/", "//example.com/", "http:///", "http://",
    "http://user:secret@example.com/", "http://example.com:0/", "http://example.com:99999/", "javascript:alert(1)",
    "http://example.com\\@127.0.0.1/", "http://exa mple.com/", "http://example.com/\r\nX-Evil: 1",
    "http://example.com\r\nHost: inside/", "http://example.com/\0", "http://" + "a" * 3000 + ".com/",
)  # fmt: skip


@pytest.fixture
def outside(world: World) -> Iterator[Outside]:
    """A server on loopback that is not allowed yet."""
    with serving() as about:
        yield about


def reached(url: str) -> bool:
    try:
        client.fetch(url)
    except Unreachable:
        return False
    return True


def test_no_spelling_of_an_address_inside_is_called(outside: Outside) -> None:
    assert [host for host in (*LOOPBACK, *INSIDE) if reached(f"http://{host}:{outside.port}/hook")] == []
    assert outside.heard == []


def test_only_plain_web_addresses_are_called(outside: Outside) -> None:
    assert [url for url in NO_ADDRESS if reached(url)] == []
    assert outside.heard == []


@pytest.mark.parametrize(
    ("text", "outside"),
    [("8.8.8.8", True), ("2606:4700::1111", True), ("2a00:1450:4001::5", True), ("11.0.0.1", True), ("9.255.0.1", True),
     ("172.15.0.1", True), ("172.31.255.255", False), ("2001:4860::8888", True), ("2001:1ff::1", False)],
)  # fmt: skip
def test_what_lies_outside(text: str, outside: bool) -> None:
    assert netplace.is_outside(ip_address(text)) is outside


def test_an_allowed_host_is_called_and_only_under_its_port(outside: Outside) -> None:
    with serving() as other:
        outside.allow()
        assert client.fetch(outside.url).text == "ok"
        with pytest.raises(Unreachable):
            client.fetch(other.url)
        assert (len(outside.heard), len(other.heard)) == (1, 0)
        sent = outside.heard[0]
        assert (sent.method, sent.path, sent.headers["host"]) == ("GET", "/hook", outside.place)
        assert "cookie" not in sent.headers


def test_a_resolver_that_changes_its_mind_leads_nowhere(outside: Outside) -> None:
    """Rebinding: what is connected to is what was checked, and all of it must be outside."""
    asked: list[str] = []

    def turncoat(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["203.0.114.5"] if len(asked) == 1 else ["127.0.0.1"]

    checked = guard.resolve("hooks.example.com", outside.port, turncoat, 5)
    assert (checked, asked) == (["203.0.114.5"], ["hooks.example.com"])
    with pytest.raises(Unreachable):
        client.fetch(f"http://hooks.example.com:{outside.port}/", resolver=turncoat)
    for answers in (["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["8.8.8.8", "::1"], [], ["fe80::1%lo"], ["nonsense"]):
        with pytest.raises(Unreachable):
            client.fetch(f"http://hooks.example.com:{outside.port}/", resolver=lambda *_a, found=answers: found)
    assert outside.heard == []


def test_an_allowed_name_is_resolved_once_and_keeps_its_name(outside: Outside) -> None:
    records.create("allowed_hosts", {"host": f"Hooks.Internal:{outside.port}"}, SYSTEM)
    asked: list[str] = []

    def inside(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    answer = client.fetch(f"http://hooks.internal:{outside.port}/x?y=1", resolver=inside)
    assert (answer.status, asked) == (200, ["hooks.internal"])
    assert (outside.heard[0].path, outside.heard[0].headers["host"]) == ("/x?y=1", f"hooks.internal:{outside.port}")


def test_redirects_are_checked_anew_and_secrets_stay_behind(outside: Outside) -> None:
    outside.allow()
    with serving() as other:
        outside.answers = [(302, {"Location": f"http://{other.place}/"}, b"")]
        with pytest.raises(Unreachable):
            client.fetch(outside.url)
        outside.answers = [(302, {"Location": "http://169.254.169.254/latest/meta-data/"}, b"")]
        with pytest.raises(Unreachable):
            client.fetch(outside.url)
        assert other.heard == []
        other.allow()
        outside.answers = [(307, {"Location": f"http://{other.place}/there"}, b"")]
        client.fetch(outside.url, headers={"X-Plain": "1"}, private={"Authorization": "Bearer s"})
        assert (other.heard[0].headers["x-plain"], "authorization" in other.heard[0].headers) == ("1", False)
        assert outside.heard[-1].headers["authorization"] == "Bearer s"
        with pytest.raises(Unreachable):
            client.fetch(outside.url, "POST", body=b"{}", private={"Authorization": "Bearer s"})
        assert len(other.heard) == 1, "what is posted goes to no other host"


def test_three_redirects_and_no_more(outside: Outside) -> None:
    outside.allow()
    on = (302, {"Location": "/on"}, b"")
    outside.answers = [on, on, on, (200, {}, b"there")]
    assert client.fetch(outside.url).text == "there"
    outside.answers = [on]
    with pytest.raises(Unreachable):
        client.fetch(outside.url)
    assert len(outside.heard) == 4 + 4
    outside.answers = [(302, {"Location": "/on"}, b"no")]
    assert client.fetch(outside.url, "POST", body=b"{}").status == 302, "it does not ask for the same again"


def test_a_tar_pit_and_a_flood_end(outside: Outside) -> None:
    outside.allow()
    outside.odd = drip(outside)
    with pytest.raises(Unreachable):
        client.fetch(outside.url, seconds=0.5)
    outside.odd, outside.answers = None, [(200, {}, b"x" * 50_000)]
    answer = client.fetch(outside.url, most=1000)
    assert (answer.cut, len(answer.body)) == (True, 1000)
    bomb = gzip.compress(b"\0" * 5_000_000)
    outside.answers = [(200, {"Content-Encoding": "gzip"}, bomb)]
    answer = client.fetch(outside.url)
    assert (answer.body, answer.text) == (bomb, ""), "nothing is unpacked"
    assert outside.heard[0].headers["accept-encoding"] == "identity"


BROKEN_HEADERS = (
    ("X-A", "1\r\nX-Evil: 1"), ("X-A\r\nX-Evil", "1"), ("X A", "1"), ("", "1"), ("X-A", "é"), ("X-A", "\0"),
    ("Host", "inside"), ("Content-Length", "5"), ("Transfer-Encoding", "chunked"),
)  # fmt: skip


def test_no_header_breaks_out(outside: Outside) -> None:
    outside.allow()
    for pair in BROKEN_HEADERS:
        with pytest.raises(Unreachable):
            client.fetch(outside.url, headers=dict([pair]))
        with pytest.raises(Unreachable):
            client.fetch(outside.url, private=dict([pair]))
    assert outside.heard == []


def test_proxies_of_the_environment_are_not_asked(outside: Outside, monkeypatch: pytest.MonkeyPatch) -> None:
    outside.allow()
    with serving() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://{proxy.place}")
        assert client.fetch(outside.url).status == 200
        assert proxy.heard == []


def test_open_closed_and_silent_ports_inside_look_the_same(outside: Outside) -> None:
    """No connection is tried at all, so that nothing can be told from the answer or its time."""
    said = []
    for address in (outside.url, "http://127.0.0.1:1/", "http://10.255.255.1:81/", "http://no-such-host.invalid/"):
        with pytest.raises(Unreachable) as refused:
            client.fetch(address, resolver=lambda *_a: (_ for _ in ()).throw(OSError()))
        said.append(str(refused.value))
    assert (said, outside.heard) == ([""] * 4, [])


def test_only_an_administrator_allows_hosts(world: World) -> None:
    world.grant("rep", {"allowed_hosts": {"read": "all", "create": "all", "change": "all"}})
    for who, refusal in (("ann", Invalid), ("ben", NotFound)):
        with pytest.raises(refusal):
            records.create("allowed_hosts", {"host": "10.0.0.7"}, world.act(who))
    for wrong in ("http://inside/", "a b", "inside:99999", "inside:0", "a/b", "me@inside", "[::1"):
        with pytest.raises(Invalid):
            records.create("allowed_hosts", {"host": wrong}, world.act("ada"))
    assert AllowedHost.objects.count() == 0
    for given, kept in (("0x7f.1:80", "127.0.0.1:80"), ("[::0001]:8443", "[::1]:8443"), ("Hooks.Internal", None)):
        made = records.create("allowed_hosts", {"host": given}, world.act("ada"))
        assert made.host == (kept or given.lower())
