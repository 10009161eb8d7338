"""What follows later, and what followed just now: made in the panel, seen beside the record, cancelled."""

from __future__ import annotations

from bosun.kernel import records, registry, stamps
from bosun.platform.automation.models import Rule, Run, Waiting
from tests.kernel.world import World
from tests.web.test_automation_console import BASE, Sit, form, make, posted_of, text


def test_ada_makes_a_rule_that_waits_within_a_limit(world: World, sit: Sit) -> None:
    ada = sit("ada")
    typed = form(
        do=["0", "1", "2", "3", "4"], limit_times="3", limit_per="hour", limit_each="rule",
        do_1_action="wait", do_1_how="for", do_1_count="2", do_1_unit="workdays", do_1_check="on", do_1_again="keep",
        do_2_action="wait", do_2_how="field", do_2_field="", do_2_date="created_at", do_2_count="3", do_2_unit="days",
        do_2_side="after", do_2_hour="8", do_2_again="restart",
        do_3_action="wait", do_3_how="until.grade", do_3_value_grade="B", do_3_count="5", do_3_unit="hours",
        do_3_then="end", do_3_check="on", do_3_again="keep", do_4_action="tag", do_4_add=["late"],
    )  # fmt: skip
    row = make(ada, **typed)
    kept = [
        {"action": "set", "field": "grade", "value": "A"},
        {"action": "wait", "unit": "workdays", "for": 2},
        {
            "action": "wait", "unit": "days", "field": "created_at", "offset": 3, "hour": 8, "check": False,
            "again": "restart",
        },
        {
            "action": "wait", "unit": "hours", "for": 5, "then": "end",
            "until": {"field": "grade", "op": "is", "value": "B"},
        },
        {"action": "tag", "add": ["late"]},
    ]  # fmt: skip
    assert row.do == kept
    assert row.throttle == {"times": 3, "per": "hour", "each": "rule"}
    page = ada.fragment(f"{BASE}/{row.pk}")
    again = {name: value for name, value in typed.items() if not name.startswith("do")}
    ada.send(f"{BASE}/{row.pk}", 204, **{**again, **posted_of(page), "version": str(row.version)})
    row.refresh_from_db()
    assert row.do == kept
    said = text(ada.get(BASE))
    assert said[said.index("set Grade to A, then") :].startswith(
        "set Grade to A, then wait 2 working days, then wait until 3 days after Created, whatever holds"
        " then, then wait until Grade is B, and end if it does not within 5 hours, then tag it late"
        " (at most 3 times an hour)."
    )
    page = ada.send(f"{BASE}/new", 422, **{**typed, "name": "B", "do": ["0", "1"]}).content.decode()
    assert "Say what is done after the wait." in page
    page = ada.send(f"{BASE}/new", 422, **{**typed, "name": "B", "limit_times": "often"}).content.decode()
    assert "Say how often: a whole number above 0." in page
    assert Rule.objects.count() == 1


def test_what_waits_stands_on_the_record_and_in_the_console_and_is_cancelled(world: World, sit: Sit) -> None:
    row = make(sit("ada"), do=["0", "1", "2"], do_1_action="wait", do_1_how="for", do_1_count="2", do_1_check="on",
               do_1_again="keep", do_2_action="tag", do_2_add=["late"])  # fmt: skip
    customer = world.customer("ann", name="Halden", industry="it")
    stamps.refresh()
    at = f"/customers/{customer.pk}/pages/automation"
    page = sit("ann").get(at)
    assert "What will happen later" in page
    assert "and then: tag it late" in text(page)
    assert "tag it late" in text(sit("ann").get(f"/customers/{customer.pk}")), "beside the record, too"
    waits = list(Waiting.objects.all())
    assert [each.rule_id for each in waits] == [row.pk]
    cancel = f"{BASE}/waiting/{waits[0].pk}/cancel"
    assert cancel not in page, "only who may change rules cancels"
    sit("ann").send(cancel, 403)
    sit("ann").get(f"{BASE}/waiting", 403)
    sit("cyd").get(at, 404)
    assert Waiting.objects.count() == 1
    ada = sit("ada")
    assert cancel in ada.get(at)
    assert "Waiting (1)" in ada.get(BASE)
    listed = ada.get(f"{BASE}/waiting")
    assert cancel in listed
    assert "Halden" in listed
    ada.send(cancel, 302)
    assert not Waiting.objects.exists()
    assert "No rule is waiting." in ada.get(f"{BASE}/waiting")
    said = text(ada.get(at))
    assert "It was cancelled." in said
    assert "Cancelled by Ada." in said
    ada.send(cancel, 302)
    assert Run.objects.filter(state="ended").count() == 1


def test_the_page_says_once_what_followed(world: World, sit: Sit) -> None:
    make(
        sit("ada"), do=["0", "1", "2", "3", "4"], do_1_action="create", do_1_entity="contacts",
        do_1_contacts_name="Desk", do_2_action="notify", do_2_follows=["owner"], do_2_text="New: {{name}}",
        do_3_action="wait", do_3_how="for", do_3_count="2", do_3_check="on", do_3_again="keep", do_4_action="tag",
        do_4_add=["late"],
    )  # fmt: skip
    ann = sit("ann")
    ann.send("/customers/new", 302, name="Halden", industry="it")
    customer = registry.get("customers").model._default_manager.get(name="Halden")
    contact = registry.get("contacts").model._default_manager.get(name="Desk")
    page = ann.get(f"/customers/{customer.pk}")
    followed = page[page.index("followed-title") : page.index("</section>", page.index("followed-title"))]
    said = text(followed)
    assert "Grade: — → A" in said
    assert f'href="/contacts/{contact.pk}"' in followed
    assert "Told Ann" in said
    assert "and then: tag it late" in said
    assert "followed-title" not in ann.get(f"/customers/{customer.pk}"), "once"
    ann.send(f"/customers/{customer.pk}/edit", 302, name="Halden Ltd", industry="it", grade="B")
    assert "followed-title" not in ann.get(f"/contacts/{contact.pk}")
    assert "Grade: B → A" in text(ann.get(f"/customers/{customer.pk}"))


def test_switching_off_what_records_wait_for_asks_and_says_what_ended(world: World, sit: Sit) -> None:
    ada = sit("ada")
    row = make(ada, do=["0", "1", "2"], do_1_action="wait", do_1_how="for", do_1_count="2", do_1_check="on",
               do_1_again="keep", do_2_action="tag", do_2_add=["late"])  # fmt: skip
    world.customer("ann", name="Halden", industry="it")
    world.customer("ann", name="Morrow", industry="it")
    switch = f"{BASE}/{row.pk}/switch"
    asked = text(ada.send(switch, 409).content.decode())
    assert "Switch off “IT is ours”? 2 records wait for this rule." in asked.replace("Close ", "")
    row.refresh_from_db()
    assert row.enabled, "it only asked"
    assert list(Waiting.objects.values_list("ending", flat=True)) == ["", ""]
    ada.send(switch, 204, ends="1")
    row.refresh_from_db()
    assert not row.enabled
    assert list(Waiting.objects.values_list("ending", flat=True)) == ["off", "off"]
    assert "IT is ours is off. 2 records waited for it; that ended." in text(ada.get(BASE))
    ada.send(switch, 204)
    ada.send(switch, 204)
    row.refresh_from_db()
    assert not row.enabled, "what is ending already is not asked about again"


def test_a_run_is_undone_on_the_record(world: World, sit: Sit) -> None:
    make(sit("ada"))
    customer = world.customer("ann", name="Halden", industry="it")
    other = world.customer("ann", name="Morrow", industry="it")
    run, kept = Run.objects.get(record_id=customer.pk), Run.objects.get(record_id=other.pk)
    at, undo = f"/customers/{customer.pk}/pages/automation", f"{BASE}/runs/{run.pk}/undo"
    ann, ada = sit("ann"), sit("ada")
    assert undo not in ann.get(at)
    ann.send(undo, 403)
    assert records.get("customers", customer.pk, world.actor("ann")).grade == "A"
    assert undo in ada.get(at)
    ada.send(undo, 204)
    assert records.get("customers", customer.pk, world.actor("ann")).grade != "A"
    run.refresh_from_db()
    assert run.state == "undone"
    page = ada.get(at)
    assert "Undone." in text(page)
    assert undo not in page
    ada.send(undo, 204)
    assert "This run cannot be taken back by itself." in text(ada.get(at))
    ada.send(f"{BASE}/{run.rule_id}/switch", 204)
    stamps.refresh()
    records.change("customers", other.pk, {"grade": "B"}, world.act("ann"))
    ada.send(f"{BASE}/runs/{kept.pk}/undo", 204)
    assert "Undone, except where somebody changed it since: Morrow." in text(ada.get(at))
    assert records.get("customers", other.pk, world.actor("ann")).grade == "B"


def test_a_rule_that_tells_followers_survives_its_panel(world: World, sit: Sit) -> None:
    ada = sit("ada")
    typed = form(do_0_action="notify", do_0_follows=["followers", "actor"], do_0_text="New: {{name}}")
    row = make(ada, **typed)
    kept = [{"action": "notify", "to": ["followers", "actor"], "text": "New: {{name}}"}]
    assert row.do == kept
    rest = {name: value for name, value in form().items() if not name.startswith("do")}
    page = ada.fragment(f"{BASE}/{row.pk}")
    ada.send(f"{BASE}/{row.pk}", 204, **{**rest, **posted_of(page), "version": str(row.version)})
    row.refresh_from_db()
    assert row.do == kept


def test_a_guard_says_its_reason_and_that_a_text_is_wanted(world: World, sit: Sit) -> None:
    ada = sit("ada")
    make(ada, guard="ask", reason="IT is hard to serve", needs_text="1", do=[])
    assert "if Industry is IT: ask whether to go on, and why (“IT is hard to serve”)." in text(ada.get(BASE))


def test_the_settings_with_a_slash(world: World, sit: Sit) -> None:
    answer = sit("ada").client.get("/settings/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/settings")
