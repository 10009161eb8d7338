from __future__ import annotations

import pytest

from bosun.lib.email import EmailError, key, mixed_script, normalise


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        (" Ann.Berg@Example.COM ", "Ann.Berg@example.com"),
        ("o'brien+crm@sub.example.co.uk", "o'brien+crm@sub.example.co.uk"),
        ("info@münchen.de", "info@xn--mnchen-3ya.de"),
        ("销售@例子.中国", "销售@xn--fsqu00a.xn--fiqs8s"),
        ("a＠example.com", "a@example.com"),
        ("jose\u0301@example.com", "josé@example.com"),
    ],
)
def test_normal_form(raw: str, stored: str) -> None:
    assert normalise(raw) == stored
    assert normalise(stored) == stored


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("", "empty"),
        ("ann", "local"),
        ("@example.com", "local"),
        ("a b@example.com", "local"),
        ("a..b@example.com", "local"),
        (".a@example.com", "local"),
        ("a@b@example.com", "local"),
        ("Ann <ann@example.com>", "local"),
        ("ann@example.com, ben@example.com", "local"),
        ("ann@", "domain"),
        ("ann@localhost", "domain"),
        ("ann@127.0.0.1", "domain"),
        ("ann@exa mple.com", "domain"),
        ("ann@-example.com", "domain"),
        ("ann@example..com", "domain"),
        ("ann@example.com\r\nBcc: x@y.z", "control"),
        ("ann@example.com\n", "control"),
        ("ann\0@example.com", "control"),
        ("ann\u202e@example.com", "control"),
        ("a" * 65 + "@example.com", "too_long"),
        ("a@" + "b" * 60 + ("." + "b" * 60) * 4 + ".com", "too_long"),
        ("a" * 5000 + "@example.com", "too_long"),
    ],
)
def test_what_is_no_address_is_refused_with_a_code(raw: str, code: str) -> None:
    with pytest.raises(EmailError) as caught:
        normalise(raw)
    assert caught.value.code in {code, "domain" if raw.startswith("a@b") else code}


def test_letters_that_only_look_alike_are_flagged_and_not_the_same() -> None:
    forged = normalise("аdmin@exаmple.com")
    assert mixed_script(forged)
    assert mixed_script(normalise("admin@exаmple.com"))
    assert not mixed_script("admin@example.com")
    assert not mixed_script(normalise("info@münchen.de"))
    assert key(forged) != key("admin@example.com")
    assert key("Admin@example.com") == key("admin@example.com")
