"""What customers put into pages: who is due today, and who reports to whom."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bosun.kernel import access, records, registry, slots
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.query import Query
from bosun.modules.customers import closing, coming, pages, rules, team
from bosun.modules.customers.closing import asking, may_see, waiting
from bosun.platform.feeds import agenda
from bosun.platform.feeds.agenda import Dates
from bosun.platform.preview import misleading
from bosun.platform.preview import services as preview
from bosun.platform.preview.misleading import Doubt
from bosun.web.day import Section
from bosun.web.present import head, name_of, state_of
from bosun.web.recordpage import Panel
from bosun.web.visit import Visit

SHOWN = 40
PEOPLE = 200
TONES = {"decides": "good", "blocks": "overdue"}


def due(visit: Visit) -> list[Section]:
    """Contacts due: overdue, today, soon."""
    env = visit.env
    if not may_see(env):
        return []
    entity = registry.get("customers")
    query = waiting(env, rules.SOON_DAYS)
    found = query.sort(["next_contact"]).page(limit=SHOWN).items
    specs = access.specs(entity, env.actor)
    people = main_contacts([item.pk for item in found], env)
    items = [
        {
            **head(entity, item, env),
            "peek_url": f"/customers/{item.pk}/panel",
            "ring": state_of(entity, item, env),
            "reason": reason(item, specs, env),
            "contact": people.get(item.pk, ""),
            "grade": item.grade or "" if "grade" in specs else "",
            "record_url": f"/customers/{item.pk}/composer?kind=call",
        }
        for item in found
    ]
    full = len(found) == SHOWN
    context = {
        "due": {
            "count": query.count()[0] if full else len(found),
            "counts": state_counts(query, found, env),
            "items": items,
            "more_url": "/customers?view=due" if full else "",
            "next_words": next_words(env) if not found else "",
        }
    }
    return [Section("due", _("Contacts due"), "customers/day_due.html", context, wide=True, order=10)]


def reason(item: Any, specs: Any, env: Env) -> str:
    """Why to call: what was promised, or how long ago the last contact was."""
    if "next_step" in specs and item.next_step:
        return str(item.next_step)
    if "last_contact" in specs and item.last_contact:
        return _("Last contact %(day)s") % {"day": rules.DAY.text(item.last_contact, env)}
    return _("No contact yet")


def state_counts(query: Query, found: Iterable[Any], env: Env) -> list[dict[str, Any]]:
    """How many of each state, the worst first."""
    rows = list(found)
    held = {"overdue": 0, "due": 0, "soon": 0}
    if len(rows) < SHOWN:
        for item in rows:
            held[rules.state(item.next_contact, env.today) or "soon"] += 1
    else:
        held["overdue"] = query.where(next_contact__lt=env.today).count()[0]
        held["due"] = query.where(next_contact=env.today).count()[0]
        held["soon"] = query.where(next_contact__gt=env.today).count()[0]
    words = {
        "overdue": _("Overdue %(n)s"),
        "due": _("Due %(n)s"),
        "soon": _("Soon %(n)s"),
    }
    return [
        {"state": state, "elapsed": 78, "word": words[state] % {"n": count}} for state, count in held.items() if count
    ]


def main_contacts(customers: list[int], env: Env) -> dict[int, str]:
    """Whom to ask for at each customer: whoever decides, else the first."""
    if not customers or not access.may(env.actor, registry.get("contacts"), "read"):
        return {}
    found: dict[int, tuple[bool, str]] = {}
    specs = access.specs(registry.get("contacts"), env.actor)
    if "name" not in specs:
        return {}
    people = records.query("contacts", env.actor, env).near(customer_id__in=customers).sort(["name"]).page(limit=PEOPLE)
    for person in people.items:
        decides = "role" in specs and person.role == "decides"
        if person.customer_id not in found or (decides and not found[person.customer_id][0]):
            found[person.customer_id] = (decides, person.name)
    return {pk: name for pk, (_decides, name) in found.items()}


def next_words(env: Env) -> str:
    """When the next contact is due, on a day when none is."""
    query = records.query("customers", env.actor, env).where(owner_id=env.actor.id, next_contact__isnull=False)
    found = query.sort(["next_contact"]).page(limit=1).items
    if not found:
        return ""
    words = rules.words_until(found[0].next_contact, env.today)
    name = name_of(registry.get("customers"), found[0], env)
    return _("Next: %(name)s, %(when)s") % {"name": name, "when": words[:1].lower() + words[1:]}


def sentence(visit: Visit) -> str:
    """Who has been waiting too long, and who is due today."""
    if not may_see(visit.env):
        return ""
    asked = asking(visit.env)
    late = asked.where(next_contact__lt=visit.env.today).count()[0]
    today = asked.count()[0] - late
    said = []
    if late:
        text = ngettext("%(n)s customer is waiting too long.", "%(n)s customers are waiting too long.", late)
        said.append(text % {"n": late})
    if today:
        text = ngettext("%(n)s customer is due today.", "%(n)s customers are due today.", today)
        said.append(text % {"n": today})
    put_off = 0 if said else waiting(visit.env).count()[0]
    if put_off:
        text = ngettext(
            "%(n)s customer is put off to another day.", "%(n)s customers are put off to another day.", put_off
        )
        said.append(text % {"n": put_off})
    return " ".join(said)


def counts(env: Env) -> dict[str, Any]:
    """What stands behind the number beside “My day”."""
    return {"day": asking(env).rows()} if may_see(env) else {}


# the organisation ------------------------------------------------------------------------------------------------


def panels(visit: Visit, entity: Entity, record: Any) -> list[Panel]:
    """The page of the organisation, on a customer."""
    if entity.key != "customers" or not access.may(visit.actor, registry.get("contacts"), "read"):
        return []
    return [
        Panel(
            "organisation",
            _("Organisation"),
            template="web/parts/record/org_chart.html",
            context=lambda: {"tree": chart(visit, record.pk)},
        )
    ]


def chart(visit: Visit, customer: int) -> list[dict[str, Any]]:
    """The people of a customer as a tree of who reports to whom."""
    entity = registry.get("contacts")
    specs = access.specs(entity, visit.actor)
    people = records.query("contacts", visit.actor, visit.env).near(customer_id=customer)
    found = people.sort(["name"] if "name" in specs else []).page(limit=PEOPLE).items
    nodes = {person.pk: _node(entity, person, specs, visit.env) for person in found}
    roots = []
    for person in found:
        above = nodes.get(person.reports_to_id) if "reports_to" in specs else None
        if above is None or _loops(person, {p.pk: p for p in found}):
            roots.append(nodes[person.pk])
        else:
            above["children"].append(nodes[person.pk])
    return roots


def _loops(person: Any, people: dict[int, Any]) -> bool:
    seen: set[int] = set()
    while person is not None and person.pk not in seen:
        seen.add(person.pk)
        person = people.get(person.reports_to_id)
    return person is not None


def _node(entity: Entity, person: Any, specs: Any, env: Env) -> dict[str, Any]:
    role = specs["role"].kind.text(person.role, env) if "role" in specs and person.role else ""
    return {
        **head(entity, person, env),
        "title": person.title or "" if "title" in specs else "",
        "role": {"label": role, "tone": TONES.get(person.role, "")} if role else None,
        "children": [],
    }


slots.offer("day.sections", due)
slots.offer("day.sections", team.on_day)
slots.offer("pages", team.team_page)
slots.offer("day.sentence", sentence)
slots.offer("menu.counts", counts)
slots.offer("record.panels", panels)
slots.offer("settings.pages", pages.grades_page)
slots.offer("day.open", closing.Contacts())
agenda.offer(
    Dates(
        "customers", "next_contact", {"field": "next_contact", "op": "filled"}, gettext_lazy("Contact due"), feed=False
    )
)
preview.SOURCES.append(coming.contacts)
misleading.offer(
    Doubt(
        "ungraded", "customers", gettext_lazy("Customers without a grade"),
        gettext_lazy("They have no contact cycle of their own: the usual 90 days count."),
        {"field": "grade", "op": "empty"},
    )
)  # fmt: skip
