"""Who will be told of what in the coming days, with the reason of each, and as far as it is open to whoever asks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bosun.kernel import records
from bosun.kernel.errors import Denied, Invalid, NotFound
from bosun.lib import clock
from bosun.platform.automation.models import Rule
from bosun.platform.deliveries import choosing, sending
from bosun.platform.org.models import Person
from bosun.platform.preview import changing, lateness, misleading, objecting, services
from bosun.platform.reminders.models import Notice, Reminder
from tests.kernel.world import SYSTEM, World
from tests.platform.delivering import choose, people
from tests.platform.post import serving
from tests.platform.reminding import NINE, grant, remind, tick, verb

pytestmark = pytest.mark.django_db
NOW = NINE - timedelta(hours=1)
DAY = timedelta(days=1)
OWN = dict.fromkeys(("read", "create", "change", "remove"), "own")


@pytest.fixture(autouse=True)
def rights(world: World) -> None:
    grant(world)


def asked(world: World, who: str, days: int = 7, person: str = "") -> list[Any]:
    with clock.fixed(NOW):
        env = records.environment(world.actor(who))
        return services.of(env, days, world.people[person] if person else None).items


def told(world: World, who: str, **how: Any) -> list[tuple[str, str, Any]]:
    """Person, kind and time of what is coming."""
    names = {pk: name for name, pk in world.people.items()}
    return [(names[each.person], each.kind, each.at) for each in asked(world, who, **how)]


def everything(world: World) -> Any:
    """Something of each kind, for Ann."""
    with clock.fixed(NOW - DAY):
        customer = world.customer("ann")
        remind(world, nag_minutes=30)
        raw = {"subject": "Offer", "due": NINE + DAY, "about": {"entity": "customers", "id": customer.pk}}
        records.create("tasks", raw, world.act("ann"))
        step = {"about": raw["about"], "type": "call", "next_step": "Ring", "next_step_on": "2026-11-25"}
        records.create("follow_ups", step, world.act("ann"))
        rule = {
            "name": "Weekly look", "event": "customers.time", "enabled": True,
            "trigger": {"every": "FREQ=WEEKLY;BYDAY=FR", "hour": 9, "from": "2026-11-20"},
            "do": [{"action": "notify", "to": ["owner"], "text": "Look again"}],
        }  # fmt: skip
        records.create("rules", rule, world.act("ada", door="form"))
    return customer


def test_each_kind_is_told_with_its_reason(world: World) -> None:
    customer = everything(world)
    found = asked(world, "ann")
    assert [(each.kind, each.at) for each in found] == [
        ("reminder", NINE),
        ("date", NINE + DAY),
        ("date", date(2026, 11, 25)),
        # Nine on the wall clock of the company.
        ("rule", datetime(2026, 11, 27, 8, tzinfo=UTC)),
    ]
    assert [each.reason for each in found] == ["Reminder", "Task", "Promised", "Rule: Weekly look"]
    assert found[0].why == "again every 30 min until done"
    assert (found[3].entity, found[3].pk) == ("customers", customer.pk)
    assert told(world, "ann", days=1) == [("ann", "reminder", NINE)]


def test_one_sees_his_own_a_manager_those_below_an_administrator_all(world: World) -> None:
    everything(world)
    remind(world, "cyd", text="Foreign")
    assert {each[0] for each in told(world, "ann")} == {"ann"}
    assert {each[0] for each in told(world, "ben")} == {"ann"}
    assert {each[0] for each in told(world, "cyd")} == {"cyd"}
    assert {each[0] for each in told(world, "ada")} == {"ann", "cyd"}
    assert told(world, "ada", person="cyd") == [("cyd", "reminder", NINE)]
    for who, person in (("ann", "ben"), ("ben", "cyd"), ("cyd", "ann")):
        with pytest.raises(NotFound):
            asked(world, who, person=person)


def test_to_read_everything_leads_nobody_to_head_a_department_does(world: World) -> None:
    remind(world)
    everywhere = {"customers": {"read": "all"}, "tasks": {"read": "all"}, "reminders": OWN}
    world.grant("manager", everywhere)
    records.change("users", world.people["ben"], {"department": world.departments["sales"]}, SYSTEM)
    assert told(world, "ben") == []
    records.change("departments", world.departments["sales"], {"head": world.people["ben"]}, SYSTEM)
    assert told(world, "ben") == [("ann", "reminder", NINE)]


def test_that_somebody_is_reminded_is_told_but_not_of_what_where_that_is_closed(world: World) -> None:
    remind(world, text="Doctor")
    (mine,), (bens,), (adas,) = (asked(world, who) for who in ("ann", "ben", "ada"))
    assert (mine.text, bens.text, adas.text) == ("Doctor", "Not open to you", "Doctor")
    assert (bens.at, bens.pk) == (NINE, None)


def test_whom_a_reminder_names_is_asked_for_too_and_reads_what_he_will_be_told(world: World) -> None:
    ann, cyd = world.people["ann"], world.people["cyd"]
    row = remind(world, "ben", text="Bring the figures", people=[ann], rule="FREQ=DAILY", until="2026-11-24")
    (first, second) = asked(world, "ann")
    assert [(each.person, each.at, each.text, each.pk) for each in (first, second)] == [
        (ann, NINE, "Bring the figures", None),
        (ann, NINE + DAY, "Bring the figures", None),
    ]
    mine = asked(world, "ben", person="ann")
    assert [(each.person, each.text, each.pk) for each in mine] == [(ann, "Bring the figures", row.pk)] * 2
    assert asked(world, "ada", person="ben") == [], "he reminds her, not himself"
    assert asked(world, "cyd") == []
    remind(world, "cyd", text="CNRY-cyd")
    records.change("reminders", row.pk, {"people": [ann, cyd]}, SYSTEM)
    assert [each.text for each in asked(world, "ann")] == ["Bring the figures"] * 2
    assert [(each.person, each.text) for each in asked(world, "ada", person="cyd", days=1)] == [
        (cyd, "Bring the figures"), (cyd, "CNRY-cyd"),
    ]  # fmt: skip


def test_hidden_fields_and_closed_records_are_not_in_it(world: World) -> None:
    everything(world)
    hidden = {"tasks": {"subject": "none", "about": "none", "customer": "none"}, "customers": {"name": "none"}}
    records.change("roles", world.roles["rep"], {"field_rights": hidden}, SYSTEM)
    texts = [part for each in asked(world, "ann") for part in (each.text, each.why)]
    assert "Offer" not in texts
    assert not any("Tidewater" in text for text in texts)
    world.grant("rep", {"reminders": OWN})
    found = [(each.kind, each.text, each.pk) for each in asked(world, "ann")]
    assert found[1:] == [("rule", "Not open to you", None)], "she is told of it all the same"
    assert found[0][0] == "reminder"


def test_people_who_may_not_sign_in_are_told_nothing(world: World) -> None:
    everything(world)
    records.change("users", world.people["ann"], {"active": False}, SYSTEM)
    assert [(who, kind) for who, kind, _at in told(world, "ada")] == [("ada", "reminder")], "it went to her deputy"


def test_it_costs_the_same_however_much_there_is(world: World, django_assert_max_num_queries: Any) -> None:
    everything(world)
    for number in range(15):
        remind(world, due=NINE + timedelta(minutes=number))
        records.create("tasks", {"subject": "More", "due": NINE + DAY}, world.act("ann"))
    asked(world, "ada")
    with django_assert_max_num_queries(24):
        assert len(asked(world, "ada")) == 34


@pytest.mark.parametrize("days", [0, 32, -1])
def test_days_are_bounded(world: World, days: int) -> None:
    with pytest.raises(Invalid):
        asked(world, "ann", days=days)


# a rule that is changed --------------------------------------------------------------------------------------------


def rule_of(world: World, enabled: bool = True, day: str = "FR", **values: Any) -> Any:
    """A rule that acts on a day of each week, on every customer."""
    raw = {
        "name": "Weekly look", "event": "customers.time", "enabled": enabled,
        "trigger": {"every": f"FREQ=WEEKLY;BYDAY={day}", "hour": 9, "from": "2026-11-20"},
        "do": [{"action": "notify", "to": ["owner"], "text": "Look again"}], **values,
    }  # fmt: skip
    return records.create("rules", raw, world.act("ada", door="form"))


def changed(world: World, who: str, after: Any, before: Any, days: int = 7) -> tuple[list[Any], list[Any]]:
    with clock.fixed(NOW):
        found = changing.of(records.environment(world.actor(who)), after, before, days)
    names = {pk: name for name, pk in world.people.items()}
    return tuple([(names[each.person], each.at, each.text) for each in part] for part in (found.adds, found.drops))  # type: ignore[return-value]


def test_a_rule_that_is_not_saved_says_what_it_would_add_and_drop(world: World) -> None:
    with clock.fixed(NOW - DAY):
        world.customer("ann", name="Halden", grade="A")
        world.customer("ann", name="Larvik", grade="B")
        world.customer("cyd", name="Foreign", grade="A")
        on, off = rule_of(world), rule_of(world, enabled=False, day="TH")
    friday, thursday = datetime(2026, 11, 27, 8, tzinfo=UTC), datetime(2026, 11, 26, 8, tzinfo=UTC)
    everyone = [("ann", "Halden"), ("ann", "Larvik"), ("cyd", "Foreign")]

    def lines(at: datetime, *wanted: tuple[str, str]) -> list[Any]:
        return [(person, at, name) for person, name in wanted]

    assert changed(world, "ada", on, on) == ([], [])
    assert changed(world, "ada", off, off) == (lines(thursday, *everyone), [])
    assert changed(world, "ada", None, on) == ([], lines(friday, *everyone))
    edited = Rule.objects.get(pk=on.pk)
    edited.when = {"field": "grade", "op": "is", "value": "A"}
    assert changed(world, "ada", edited, on) == ([], lines(friday, everyone[1]))
    edited.trigger = {**edited.trigger, "every": "FREQ=WEEKLY;BYDAY=TH"}
    assert changed(world, "ada", edited, on) == (lines(thursday, everyone[0], everyone[2]), lines(friday, *everyone))
    assert changed(world, "ada", edited, on, days=1) == ([], [])
    assert Rule.objects.get(pk=on.pk).when is None, "nothing was stored"


def test_what_acts_when_something_happens_cannot_be_foreseen(world: World) -> None:
    with clock.fixed(NOW):
        env = records.environment(world.actor("ada"))
        row = rule_of(world, event="customers.created", trigger=None)
        found = changing.of(env, row, row)
        assert (found.foreseen, found.adds, found.drops) == (False, [], [])
        assert changing.words(found) == "It acts when something happens, so that nothing of it is known in advance."
        with pytest.raises(Denied):
            changing.of(records.environment(world.actor("ann")), row, row)


# right and on time -------------------------------------------------------------------------------------------------


def test_lateness_is_what_was_due_against_what_was_told(world: World) -> None:
    for minute in range(20):
        remind(world, due=NINE + timedelta(minutes=minute))
        tick(NINE + timedelta(minutes=minute, seconds=minute))
    with clock.fixed(NINE + timedelta(hours=1)):
        (found,) = lateness.of_last_day()
    spans = [each.total_seconds() for each in (found.p50, found.p95, found.most)]
    assert (found.kind, found.count, spans) == ("reminder", 20, [10.0, 19.0, 19.0])
    with clock.fixed(NINE + timedelta(hours=30)):
        assert lateness.of_last_day() == []


def test_data_that_would_mislead_is_counted(world: World) -> None:
    world.customer("ann")
    world.customer("cyd", name="Graded", grade="A")
    records.create("tasks", {"subject": "Some day"}, world.act("ann"))
    remind(world)
    # As an older version left it: today her reminders would go to her deputy.
    Person.objects.filter(pk=world.people["ann"]).update(active=False)
    counted = misleading.found(records.environment(world.actor("ada")))
    none = {"unreached": 0, "forgotten": 0}
    found = {doubt.key: count for doubt, count, _exact in counted}
    assert found == {**none, "ungraded": 1, "undated": 1, "unheard": 1}
    cyds = misleading.found(records.environment(world.actor("cyd")))
    assert {doubt.key: count for doubt, count, _exact in cyds} == dict.fromkeys(found, 0)


def test_who_has_no_address_and_what_nobody_does_would_mislead(world: World) -> None:
    def counted() -> dict[str, int]:
        with clock.fixed(NINE + timedelta(days=40)):
            found = misleading.found(records.environment(world.actor("ada")))
        return {doubt.key: count for doubt, count, _exact in found if doubt.key in ("unreached", "forgotten")}

    row = remind(world, channels=["email"])
    remind(world)
    tick(NINE)
    assert counted() == {"unreached": 1, "forgotten": 2}
    records.change("users", world.people["ann"], {"email": "ann@house.example"}, world.act("ada"))
    verb(world, "ann", row, "done", NINE)
    assert counted() == {"unreached": 0, "forgotten": 1}


def test_lateness_of_channels_is_what_was_told_against_what_was_sent(world: World) -> None:
    with serving() as post:
        post.set_up()
        people(world, "ann", "ben")
        for name, minute in (("ann", 0), ("ann", 1), ("ben", 2)):
            choose(world.people[name])
            remind(world, name, due=NINE + timedelta(minutes=minute))
            tick(NINE + timedelta(minutes=minute, seconds=5))
            with clock.fixed(NINE + timedelta(minutes=minute, seconds=7 + minute)):
                sending.drain()
        with clock.fixed(NINE + timedelta(hours=1)):
            found = {each.kind: (each.count, each.most.total_seconds()) for each in lateness.of_last_day()}
            assert found == {"reminder": (3, 5.0), "email": (3, 4.0)}
            # Whoever keeps quiet hours wants some of them later.
            choosing.keep_quiet(world.actor("ben"), "20:00", "07:00", "")
            assert {each.kind: each.count for each in lateness.of_last_day()} == {"reminder": 3, "email": 2}
        (row,) = Reminder.objects.filter(owner_id=world.people["ann"]).order_by("-pk")[:1]
        assert {key: span.total_seconds() for key, span in lateness.of_reminder(row.pk).items()} == {
            "app": 5.0, "email": 8.0,
        }  # fmt: skip
        assert lateness.words(timedelta(seconds=8)) == "8.0 s"
        assert [lateness.words(timedelta(hours=hours)) for hours in (2, 72)] == ["120 min", "3 d"]


def test_this_reminder_is_wrong_goes_to_the_owner_of_the_record(world: World) -> None:
    customer = world.customer("cyd")
    row = remind(world)
    tick(NINE)
    card = Notice.objects.get()
    Notice.objects.filter(pk=card.pk).update(entity="customers", record_id=customer.pk)
    with clock.fixed(NINE):
        assert objecting.object_to(card.pk, "They  moved", world.actor("ann")) == [world.people["cyd"]]
    said = Notice.objects.latest("pk")
    assert (said.person_id, said.kind, said.entity, said.record_id) == (
        world.people["cyd"], "wrong", "customers", customer.pk,
    )  # fmt: skip
    assert said.text == "Ann says this is wrong: They moved (Call Priya)"
    assert row.pk


def test_ones_own_mistake_goes_to_an_administrator_and_no_strangers_card_to_anybody(world: World) -> None:
    remind(world)
    tick(NINE)
    card = Notice.objects.get()
    for who in ("ben", "cyd", "ada"):
        with pytest.raises(NotFound):
            objecting.object_to(card.pk, "Wrong", world.actor(who))
    for words in ("", "  \0 ", "x" * 121):
        with pytest.raises(Invalid):
            objecting.object_to(card.pk, words, world.actor("ann"))
    assert Notice.objects.count() == 1
    assert objecting.object_to(card.pk, "Wrong day", world.actor("ann")) == [world.people["ada"]]
