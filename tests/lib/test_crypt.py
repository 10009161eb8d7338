from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bosun.lib.crypt import CryptError, blind, is_sealed_by_current, new_key, open_, seal

OLD, NEW = b"o" * 32, b"n" * 32


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(max_size=20).filter(str.isascii))
def test_what_is_sealed_is_opened(text: str, context: str) -> None:
    sealed = seal(text, {"k1": OLD}, context=context)
    assert sealed.startswith("k1:")
    assert sealed.isascii()
    assert open_(sealed, {"k1": OLD}, context=context) == text


def test_equal_texts_are_sealed_differently() -> None:
    assert seal("110101199003071234", {"k1": OLD}) != seal("110101199003071234", {"k1": OLD})


def test_keys_change_and_old_values_still_open() -> None:
    sealed = seal("secret", {"k1": OLD})
    keys = {"k2": NEW, "k1": OLD}
    assert open_(sealed, keys) == "secret"
    assert not is_sealed_by_current(sealed, keys)
    assert is_sealed_by_current(seal("secret", keys), keys)


@pytest.mark.parametrize(
    ("change", "keys", "context", "code"),
    [
        (lambda sealed: sealed, {"k2": NEW}, "contacts.id_no", "no_key"),
        (lambda sealed: sealed, {"k1": NEW}, "contacts.id_no", "damaged"),
        (lambda sealed: sealed, {"k1": OLD}, "contacts.name", "damaged"),
        (lambda sealed: sealed[:-8], {"k1": OLD}, "contacts.id_no", "damaged"),
        (
            lambda sealed: sealed[:8] + ("A" if sealed[8] != "A" else "B") + sealed[9:],
            {"k1": OLD},
            "contacts.id_no",
            "damaged",
        ),
        (lambda _sealed: "k1:é", {"k1": OLD}, "contacts.id_no", "damaged"),
        (lambda _sealed: "k1:", {"k1": OLD}, "contacts.id_no", "damaged"),
        (lambda _sealed: "plain", {"k1": OLD}, "contacts.id_no", "no_key"),
        (lambda sealed: sealed, {"k1": b"short"}, "contacts.id_no", "bad_key"),
    ],
)
def test_nothing_else_opens_it(change: Callable[[str], str], keys: dict[str, bytes], context: str, code: str) -> None:
    with pytest.raises(CryptError) as caught:
        open_(change(seal("secret", {"k1": OLD}, context="contacts.id_no")), keys, context=context)
    assert caught.value.code == code


@pytest.mark.parametrize(("keys", "code"), [({}, "no_key"), ({"a:b": OLD}, "bad_key"), ({"k1": b"short"}, "bad_key")])
def test_nothing_is_sealed_without_a_good_key(keys: dict[str, bytes], code: str) -> None:
    with pytest.raises(CryptError) as caught:
        seal("secret", keys)
    assert caught.value.code == code


def test_the_blind_form_is_the_same_for_the_same_value_and_key() -> None:
    assert blind("110101199003071234", OLD) == "ZJdPDtSYNTjK59aOjavqxg"
    assert blind("110101199003071234", OLD) != blind("110101199003071235", OLD)
    assert blind("110101199003071234", OLD) != blind("110101199003071234", NEW)
    assert len(blind("", OLD)) == 22
    assert len(new_key()) == 32
    with pytest.raises(CryptError):
        blind("x", b"short")
