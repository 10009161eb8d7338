"""Saved views: opened with the rights of their reader, changed by their owner, shared by who may."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bosun.kernel import conditions, records, registry
from bosun.kernel.env import Env
from bosun.kernel.errors import Denied, Invalid, NotFound
from bosun.platform.views import services
from bosun.platform.views.models import OWN, ROLE, SHARED, Favourite, SavedView
from tests.kernel.world import MANAGER, REP, SYSTEM, World

GRADE_A = {"all": [{"field": "grade", "op": "is", "value": "A"}, {"field": "owner", "op": "is", "value": "me"}]}
HIDDEN = {"any": [{"field": "credit_limit", "op": "gte", "value": 77123}]}
CUSTOMERS = registry.get("customers")


def env(world: World, who: str) -> Env:
    return records.environment(world.actor(who), strict=False)


def saved(world: World, who: str) -> list[services.View]:
    """The saved views of customers that somebody sees."""
    return [view for view in services.of(CUSTOMERS, env(world, who)) if view.id]


def save(world: World, who: str, name: str = "Grade A", **look: Any) -> services.View:
    return services.keep(CUSTOMERS, name, world.act(who), **look)


@pytest.fixture
def sharing(world: World) -> World:
    """Ben may share views."""
    world.grant("manager", {**MANAGER, "saved_views": {"share": "own"}})
    return world


def test_presets_come_first_and_need_nothing_stored(world: World) -> None:
    found = services.of(CUSTOMERS, env(world, "ann"))
    assert [view.key for view in found] == [preset.key for preset in CUSTOMERS.lists]
    assert [found[0].label, found[0].sort, found[0].usable] == ["My customers", ("next_contact",), True]
    assert services.find(CUSTOMERS, "mine", env(world, "ann")).filter == CUSTOMERS.lists[0].filter


def test_a_list_is_kept_under_a_name_by_whoever_may_read_it(world: World) -> None:
    made = save(world, "ann", filter=GRADE_A, sort=["-last_contact", "name"], columns=["name", "grade"])
    assert (made.label, made.level, made.mine) == ("Grade A", OWN, True)
    assert saved(world, "ann") == [made]
    assert saved(world, "ben") == saved(world, "ada") == []
    again = services.find(CUSTOMERS, made.key, env(world, "ann"))
    assert (again.filter, again.sort, again.columns) == (GRADE_A, ("-last_contact", "name"), ("name", "grade"))
    assert conditions.parse(again.filter, CUSTOMERS, env(world, "ann"))
    world.grant("rep", {key: part for key, part in REP.items() if key != "customers"})
    with pytest.raises(Denied):
        save(world, "ann", "Another")
    with pytest.raises(NotFound):
        services.find(CUSTOMERS, made.key, env(world, "ann"))


@pytest.mark.parametrize(
    "look",
    [
        {"filter": HIDDEN},
        {"filter": {"field": "nothing", "op": "is", "value": 1}},
        {"filter": "grade is A"},
        {"sort": ["credit_limit"]},
        {"sort": ["tags"]},
        {"sort": ["name", "grade", "owner", "region", "source"]},
        {"columns": ["name", "credit_limit"]},
    ],
)
def test_nothing_is_kept_that_its_writer_may_not_see(world: World, look: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        save(world, "ann", **look)
    assert not SavedView.objects.exists()


def test_a_view_over_a_hidden_field_is_not_usable_and_tells_nothing(sharing: World) -> None:
    made = save(sharing, "ben", "Large", filter=HIDDEN, sort=["-credit_limit"], columns=["name", "credit_limit"])
    services.share(CUSTOMERS, made.key, SHARED, sharing.act("ben"))
    assert saved(sharing, "ben")[0].filter == HIDDEN
    seen = saved(sharing, "ann")[0]
    assert (seen.label, seen.usable, seen.filter, seen.sort, seen.columns) == ("Large", False, None, (), ("name",))
    opened = services.find(CUSTOMERS, made.key, env(sharing, "ann"))
    assert (opened.usable, opened.filter) == (False, None)
    assert "77123" not in repr((seen, opened))
    records.change("roles", sharing.roles["rep"], {"field_rights": {}}, SYSTEM)
    assert saved(sharing, "ann")[0].filter == HIDDEN


def test_a_view_that_names_a_record_that_is_not_open_is_not_usable(sharing: World) -> None:
    secret = sharing.customer("ben", name="CNRY")
    made = save(sharing, "ben", filter={"field": "parent", "op": "is", "value": secret.pk})
    services.share(CUSTOMERS, made.key, SHARED, sharing.act("ben"))
    assert services.find(CUSTOMERS, made.key, env(sharing, "ben")).usable
    opened = services.find(CUSTOMERS, made.key, env(sharing, "ann"))
    assert (opened.usable, opened.filter) == (False, None)


def test_sharing_needs_the_right(sharing: World) -> None:
    mine = save(sharing, "ann")
    with pytest.raises(Denied):
        services.share(CUSTOMERS, mine.key, SHARED, sharing.act("ann"))
    assert saved(sharing, "ben") == []
    theirs = save(sharing, "ben")
    assert services.share(CUSTOMERS, theirs.key, SHARED, sharing.act("ben")).level == SHARED
    assert [view.mine for view in saved(sharing, "cyd")] == [False]
    assert services.share(CUSTOMERS, theirs.key, OWN, sharing.act("ben")).level == OWN
    assert saved(sharing, "cyd") == []


def test_a_view_for_a_role_is_for_those_who_have_it(sharing: World) -> None:
    made = save(sharing, "ben")
    services.share(CUSTOMERS, made.key, ROLE, sharing.act("ben"), role=sharing.roles["rep"])
    assert [len(saved(sharing, who)) for who in ("ann", "cyd", "ben", "ada")] == [1, 1, 1, 0]
    for level, role in ((ROLE, None), (SHARED, sharing.roles["rep"]), ("world", None)):
        with pytest.raises(Invalid):
            services.share(CUSTOMERS, made.key, level, sharing.act("ben"), role=role)


def test_only_the_owner_and_an_administrator_change_a_view(sharing: World) -> None:
    made = save(sharing, "ben", filter=GRADE_A)
    services.share(CUSTOMERS, made.key, SHARED, sharing.act("ben"))
    attempts = (
        lambda who: services.change(CUSTOMERS, made.key, sharing.act(who), name="Mine now"),
        lambda who: services.share(CUSTOMERS, made.key, OWN, sharing.act(who)),
        lambda who: services.remove(CUSTOMERS, made.key, sharing.act(who)),
    )
    for attempt in attempts:
        with pytest.raises(Denied):
            attempt("ann")
    renamed = services.change(CUSTOMERS, made.key, sharing.act("ben"), name="Best", look={"sort": ["name"]})
    assert (renamed.label, renamed.filter, renamed.sort) == ("Best", None, ("name",))
    services.remove(CUSTOMERS, made.key, sharing.act("ada"))
    assert saved(sharing, "ben") == []
    with pytest.raises(NotFound):
        services.find(CUSTOMERS, made.key, env(sharing, "ben"))


@pytest.mark.parametrize("key", ["v0", "v", "vx", "12", "v-1", "v１", "v99999999999999999999", "nothing"])
def test_a_view_that_is_not_there(world: World, key: str) -> None:
    with pytest.raises(NotFound):
        services.find(CUSTOMERS, key, env(world, "ann"))
    with pytest.raises(NotFound):
        services.favourite(CUSTOMERS, key, True, world.actor("ann"))


def test_a_view_of_another_person_or_list_is_not_there(world: World) -> None:
    made = save(world, "ann")
    for who, entity in (("cyd", CUSTOMERS), ("ada", CUSTOMERS), ("ann", registry.get("contacts"))):
        with pytest.raises(NotFound):
            services.find(entity, made.key, env(world, who))


def test_each_person_has_views_at_hand(sharing: World) -> None:
    made = save(sharing, "ben")
    services.share(CUSTOMERS, made.key, SHARED, sharing.act("ben"))
    for _twice in range(2):
        services.favourite(CUSTOMERS, made.key, True, sharing.actor("ann"))
    services.favourite(registry.get("contacts"), "deciders", True, sharing.actor("ann"))
    at_hand = [(entity.key, view.key) for entity, view in services.favourites(env(sharing, "ann"))]
    assert at_hand == [("customers", made.key), ("contacts", "deciders")]
    assert services.favourites(env(sharing, "ben")) == []
    services.share(CUSTOMERS, made.key, OWN, sharing.act("ben"))
    assert [entity.key for entity, _view in services.favourites(env(sharing, "ann"))] == ["contacts"]
    services.favourite(registry.get("contacts"), "deciders", False, sharing.actor("ann"))
    services.remove(CUSTOMERS, made.key, sharing.act("ben"))
    assert not Favourite.objects.exists()


def test_many_views_cost_two_queries(world: World) -> None:
    for number in range(5):
        save(world, "ann", f"View {number}", filter=GRADE_A)
    reader = env(world, "ann")
    with CaptureQueriesContext(connection) as queries:
        assert len(services.of(CUSTOMERS, reader)) == 5 + len(CUSTOMERS.lists)
    assert len(queries) == 2


def test_nobody_keeps_views_without_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST", 1)
    save(world, "ann")
    with pytest.raises(Invalid, match="1 views"):
        save(world, "ann", "Second")


def test_a_view_entered_by_an_administrator_is_checked_too(world: World) -> None:
    for values in ({"entity": "nothing"}, {"entity": "customers", "filter": {"field": "nothing", "op": "filled"}}):
        with pytest.raises(Invalid):
            records.create("saved_views", {"name": "View", **values}, world.act("ada"))
