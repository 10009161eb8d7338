"""The means by which the suite looks: what was typed is taken out of an answer, and nothing more than that."""

from __future__ import annotations

import pytest

from tests.conformance import answers

CANARY = "CNRY-0123456789ab"


@pytest.fixture(autouse=True)
def nothing_stays() -> None:
    """No world is needed here."""


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ('value="CNRY"', 'value="TYPED"'),
        ("/customers?q=CNRY&view=mine", "/customers?q=TYPED&view=mine"),
        ("%22value%22%3A%22CNRY%22%7D", "%22value%22%3A%22TYPED%22%7D"),
        ('"for \\\\u201cCNRY\\\\u201d"', '"for \\\\u201cTYPED\\\\u201d"'),
        (f"<td>{CANARY}</td>", f"<td>{CANARY}</td>"),
        ("<td>tag-CNRY</td>", "<td>tag-CNRY</td>"),
    ],
)
def test_only_what_was_typed_is_taken_out(said: str, left: str) -> None:
    assert answers.without(said, "CNRY") == left


def test_what_was_typed_is_known_in_all_its_forms() -> None:
    typed = 'a&b "c" é'
    said = 'a&b "c" é | a&amp;b &quot;c&quot; é | a%26b+%22c%22+%C3%A9 | a%26b%20%22c%22%20%C3%A9 | a&b \\"c\\" \\u00e9'
    assert answers.without(said, typed) == " | ".join(["TYPED"] * 5)


def test_a_refusal_differs_from_another_in_the_address_alone() -> None:
    one = answers.absent('a: b\n\n<a href="/customers/7/edit" r="7.5">7</a>', "/customers/7")
    other = answers.absent('a: b\n\n<a href="/customers/99/edit" r="7.5">7</a>', "/customers/99")
    assert one == other
    assert answers.absent("a: b\n\n/customers/77", "/customers/7") == "/customers/77"
