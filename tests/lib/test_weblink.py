from __future__ import annotations

import pytest

from bosun.lib.weblink import WeblinkError, mixed_script, normalise


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ("example.com", "https://example.com"),
        (" www.Example.com/Path?q=1#top ", "https://www.example.com/Path?q=1#top"),
        ("HTTP://Example.com:8080/", "http://example.com:8080/"),
        ("example.com:8080/a", "https://example.com:8080/a"),
        ("https://例子.中国/路?名=值", "https://xn--fsqu00a.xn--fiqs8s/%E8%B7%AF?%E5%90%8D=%E5%80%BC"),
        ("http://intranet/page", "http://intranet/page"),
        ("https://192.168.1.1/", "https://192.168.1.1/"),
        ("https://[::1]:8000/", "https://[::1]:8000/"),
        ("https://example.com/a%20b", "https://example.com/a%20b"),
        ("https://example.com/a b", "https://example.com/a%20b"),
    ],
)
def test_normal_form(raw: str, stored: str) -> None:
    assert normalise(raw) == stored
    assert normalise(stored) == stored


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("", "empty"),
        ("javascript:alert(1)", "scheme"),
        ("JavaScript:alert(1)", "scheme"),
        ("javascript://example.com/%0aalert(1)", "scheme"),
        ("vbscript:msgbox", "scheme"),
        ("data:text/html,<script>", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("mailto:ann@example.com", "scheme"),
        ("https:example.com", "scheme"),
        ("ftp://example.com", "scheme"),
        (" \tjavascript:alert(1)", "control"),
        ("java\nscript:alert(1)", "control"),
        ("\x01javascript:alert(1)", "control"),
        ("\u202ehttps://example.com", "control"),
        ("//evil.example", "host"),
        ("/\\evil.example", "host"),
        ("https:\\\\evil.example", "host"),
        ("https://", "host"),
        ("acme", "host"),
        ("https://exa mple.com", "host"),
        ("https://example.com:99999", "host"),
        ("https://[::1", "host"),
        ("https://ann:secret@example.com", "login"),
        ("https://example.com@evil.example", "login"),
        ("https://example.com/" + "a" * 3000, "too_long"),
    ],
)
def test_what_is_no_safe_address_is_refused_with_a_code(raw: str, code: str) -> None:
    with pytest.raises(WeblinkError) as caught:
        normalise(raw)
    assert caught.value.code == code


def test_a_forged_host_is_flagged() -> None:
    assert mixed_script(normalise("exаmple.com"))
    assert not mixed_script(normalise("例子.中国"))
    assert not mixed_script("https://example.com")
