"""An upgrade: roles from before an app get its rights once, and keep what they say themselves."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps

from bosun.platform.org.models import Role
from tests.kernel.world import World

pytestmark = pytest.mark.django_db
READ = {"read": "own"}


@pytest.mark.parametrize(
    ("app", "keys"), [("platform.subscriptions", ("subscriptions",)), ("modules.notepad", ("notepad_notes", "memos"))]
)
def test_roles_with_reminders_get_what_is_ones_own(world: World, app: str, keys: tuple[str, ...]) -> None:
    own = dict.fromkeys(("read", "create", "change", "remove"), "own")
    held = {
        "rep": {"customers": READ, "reminders": READ},
        "manager": {"reminders": READ, **dict.fromkeys(keys, READ)},
        "admin": {"customers": READ},
    }
    for name, grants in held.items():
        Role.objects.filter(pk=world.roles[name]).update(grants=grants)
    give = import_module(f"bosun.{app}.migrations.0002_rights").give
    for _again in range(2):
        give(apps, None)
    after = {name: Role.objects.get(pk=world.roles[name]).grants for name in held}
    assert (after["manager"], after["admin"]) == (held["manager"], held["admin"])
    given = {key: after["rep"].pop(key) for key in keys}
    assert after["rep"] == held["rep"]
    for rights in given.values():
        assert own.items() <= rights.items()
        assert set(rights.values()) == {"own"}


def test_shipped_roles_may_do_all_that_is_ones_own(db: None) -> None:
    shipped = Role.objects.filter(administrator=False)
    assert shipped.count() == 6
    for key in ("reminders", "occurrences", "notepad_notes", "memos", "delegations", "subscriptions"):
        assert {role.name: "read" in (role.grants or {}).get(key, {}) for role in shipped} == {
            role.name: True for role in shipped
        }, key
