"""Nobody is made to do anything by a page of others: every address that writes asks for the form's own token."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from bosun.platform.accounts.models import User
from bosun.platform.integrity.hashing import content_hash
from tests.kernel.world import World
from tests.web.conftest import BACKEND

GIVEN = {
    "<entity:key>": "customers", "<entity:name>": "grade", "<entity:entity>": "customers", "<slug:panel>": "stays",
    "<entity:kind>": "reminder", "<entity:channel>": "email",
    "<slug:name>": "nothing", "<entity:verb>": "transfer", "<str:verb>": "transfer", "<str:name>": "name",
}  # fmt: skip
SECRET = ("/hooks/in/", "/hooks/sms/", "/invitations/", "/unsubscribe/", "/done/")
"""What programs outside and people without a session send comes to an address that is itself a secret."""


def addresses(patterns: Any = None, before: str = "/") -> Iterator[str]:
    """Every address of the product, with an id of a record that is there where one is asked for."""
    for route in get_resolver().url_patterns if patterns is None else patterns:
        text = before + str(route.pattern).lstrip("^").rstrip("$")
        if isinstance(route, URLResolver):
            yield from addresses(route.url_patterns, text)
        elif isinstance(route, URLPattern) and "(?P" not in text:
            yield text


def filled(text: str, pk: int) -> str:
    for asked, given in GIVEN.items():
        text = text.replace(asked, given)
    while "<" in text:
        head, _open, rest = text.partition("<")
        text = f"{head}{pk}{rest.partition('>')[2]}"
    return text


@pytest.mark.django_db
def test_without_the_token_of_its_own_form_nothing_is_written(world: World) -> None:
    pk = world.customer("ann", name="Halden").pk
    ada, cyd = (Client(enforce_csrf_checks=True, raise_request_exception=False) for _who in range(2))
    for client, name in ((ada, "ada"), (cyd, "cyd")):
        client.force_login(User.objects.get(person_id=world.people[name]), BACKEND)
    cyd.get("/customers")
    token = cyd.cookies["bosun-csrf"].value
    before = content_hash()
    asked = [address for text in addresses() if not (address := filled(text, pk)).startswith(SECRET)]
    assert len(asked) > 150
    for address in asked:
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            for kind, body, headers in (
                ("application/x-www-form-urlencoded", "name=Taken&confirm=yes", {}),
                ("application/x-www-form-urlencoded", "name=Taken&_method=DELETE", {"X-CSRFToken": token}),
                ("text/plain", '{"name": "Taken"}', {}),
            ):
                answer = ada.generic(method, address, body, kind, headers=headers)
                assert answer.status_code == 403, (method, address, answer.status_code)
    assert content_hash() == before
