"""What follow-ups put into pages: the composer, the timeline, the next step, and the promises of the day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bosun.kernel import access, records, registry, slots
from bosun.kernel.actor import new_batch
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.slots import Happening
from bosun.modules.activities import closing, duties, rules
from bosun.modules.activities.closing import due_today, step_ring
from bosun.platform.feeds import agenda
from bosun.platform.feeds.agenda import Dates
from bosun.platform.files import services as files
from bosun.platform.files.models import Attachment
from bosun.platform.preview import misleading
from bosun.platform.preview.misleading import Doubt
from bosun.web import automation, fields, reach
from bosun.web.day import Section
from bosun.web.visit import Visit

ICONS = {
    "note": "note",
    "call": "phone",
    "visit": "map-pin",
    "message": "message",
    "mail": "mail",
    "meeting": "users-group",
}
SAVES = {
    "note": gettext_lazy("Save note"),
    "call": gettext_lazy("Record call"),
    "visit": gettext_lazy("Record visit"),
    "message": gettext_lazy("Record message"),
    "mail": gettext_lazy("Record mail"),
    "meeting": gettext_lazy("Record meeting"),
}
RESULTS = (("positive", "mood-happy", "good"), ("neutral", "mood-neutral", ""), ("refused", "mood-sad", "overdue"))
HORIZON = timedelta(days=14)
PROMISES = 8


@dataclass(frozen=True)
class Told(Happening):
    """A follow-up in a timeline, with what was promised in it."""

    chips: tuple[dict[str, Any], ...] = ()


def customer_of(entity: Entity, record: Any) -> int | None:
    """The customer that a record belongs to."""
    return rules.customer_of(entity.key, record.pk)


# the composer ----------------------------------------------------------------------------------------------------


def may_add(visit: Visit, entity: Entity, record: Any) -> int | None:
    """The customer for whom the person may write down what happened on this record; None where that is refused."""
    customer = customer_of(entity, record)
    if customer is None or entity.key == "follow_ups":
        return None
    if not access.may(visit.actor, registry.get("follow_ups"), "create"):
        return None
    return customer if reach.may_row(registry.get("customers"), visit.env, "change", customer) else None


class Composer:
    """Writes down what happened, in two clicks."""

    def __call__(self, visit: Visit, entity: Entity, record: Any) -> dict[str, Any] | None:
        """The composer of a record; None where the person may not add to it."""
        customer = may_add(visit, entity, record)
        if customer is None:
            return None
        results = dict(rules.RESULTS)
        open_contacts = access.may(visit.actor, registry.get("contacts"), "read")
        return {
            "kinds": [{"key": k, "label": rules.TYPES[k], "icon": ICONS[k], "save_label": SAVES[k]} for k in ICONS],
            "kind": "call",
            "contact_url": f"/contacts/pick?by=customer&of={customer}" if open_contacts else "",
            "contact": self._contact(visit, entity, record, customer) if open_contacts else None,
            "results": [{"key": k, "label": results[k], "icon": icon, "tone": tone} for k, icon, tone in RESULTS],
            "with_files": True,
            "draft_key": f"composer/{entity.key}/{record.pk}",
            "verbs": self._verbs(visit, entity, record),
        }

    def _verbs(self, visit: Visit, entity: Entity, record: Any) -> list[dict[str, Any]]:
        """What stands in the head; a task has verbs of its own."""
        if entity.key == "tasks":
            return []
        call = {"key": "call", "label": SAVES["call"], "icon": "phone", "primary": True, "compose": "call"}
        return [call, *duties.verb(visit, f"/{entity.key}/{record.pk}")]

    def _contact(self, visit: Visit, entity: Entity, record: Any, customer: int) -> dict[str, Any] | None:
        """Whom one spoke with last, or the contact whose page this is."""
        if entity.key == "contacts":
            return {"id": record.pk, "name": str(record), "person": True}
        last = records.query("follow_ups", visit.actor, visit.env).near(customer_id=customer, contact_id__isnull=False)
        found = last.sort(["-at"]).page(limit=1).items
        model = registry.get("contacts").model
        card = visit.env.refs.card(model, found[0].contact_id) if found else None
        return {**card, "person": True} if card else None

    def save(self, visit: Visit, entity: Entity, record: Any) -> tuple[str, str]:
        """Record what was typed; answers what to say, and the batch that takes it back."""
        post, own = visit.request.POST, registry.get("follow_ups")
        kind = post.get("kind", "note")
        specs = access.specs(own, visit.actor)
        raw = {
            "about": {"entity": entity.key, "id": record.pk},
            "type": kind,
            "note": post.get("text", ""),
            "contact": fields.read_one(post, "contact", specs["contact"].kind) if "contact" in specs else None,
            "result": post.get("result", ""),
            "next_step": post.get("next_step", ""),
            "next_step_on": post.get("next_date", ""),
        }
        batch = new_batch()
        sent = {name: value for name, value in raw.items() if value not in ("", None)}
        with transaction.atomic():
            made = records.create(own, sent, visit.act("form", batch), visit.env)
            for file in visit.request.FILES.getlist("files"):
                files.attach(own, made.pk, file, file.name or "", visit.act("form", batch))
        said = _("%(kind)s recorded.") % {"kind": rules.TYPES.get(kind, kind)}
        return automation.told(said, automation.on_page_of(visit, entity, record.pk, own, made.pk)), batch


# the timeline and the next step ----------------------------------------------------------------------------------


def timeline(entity: Entity, record: Any, env: Env, limit: int, before: datetime | None) -> list[Happening]:
    """The follow-ups on a record; on a customer all of its own."""
    if entity.key == "follow_ups" or not access.may(env.actor, registry.get("follow_ups"), "read"):
        return []
    query = records.query("follow_ups", env.actor, env)
    if entity.key == "customers":
        query = query.near(customer_id=record.pk)
    elif entity.key == "contacts":
        query = query.near(contact_id=record.pk)
    else:
        query = query.near(about_entity=entity.key, about_id=record.pk)
    if before is not None:
        query = query.where(at__lte=before)
    found = query.sort(["-at"]).page(limit=limit).items
    records.preload(registry.get("follow_ups"), found, env, ["person", "contact", "about"])
    attached = attachments([item.pk for item in found])
    return [_told(item, env, entity, attached.get(item.pk, ())) for item in found]


def attachments(follow_ups: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """The files of follow-ups that are open to the reader, in one query."""
    held: dict[int, list[dict[str, Any]]] = {}
    for row in Attachment.objects.filter(entity="follow_ups", record_id__in=follow_ups).order_by("pk"):
        held.setdefault(row.record_id, []).append({"icon": "paperclip", "label": row.name, "url": f"/files/{row.pk}"})
    return held


def _told(item: Any, env: Env, entity: Entity, attached: Sequence[dict[str, Any]] = ()) -> Told:
    specs = access.specs(registry.get("follow_ups"), env.actor)

    def words(name: str) -> str:
        spec = specs.get(name)
        return spec.kind.text(spec.get(item), env) if spec else ""

    kind, contact = words("type"), words("contact") if entity.key != "contacts" else ""
    what = _("%(kind)s with %(contact)s") % {"kind": kind, "contact": contact} if contact else kind
    body = words("note") or words("subject")
    step, day = words("next_step"), item.next_step_on
    chips: list[dict[str, Any]] = []
    if step:
        done = item.step_done_at is not None
        label = f"{step}, {_on(day, env)}" if day else step
        chips.append({"icon": "check" if done else "target-arrow", "label": label})
    minutes = words("minutes")
    who = words("person")
    return Told(
        item.at,
        "follow_ups",
        item.pk,
        what,
        who=", ".join(part for part in (who, _("%(n)s min") % {"n": minutes} if minutes else "") if part),
        who_id=item.person_id,
        icon=ICONS.get(item.type, "message"),
        body=body,
        said=bool(body),
        result=item.result or "" if "result" in specs else "",
        result_label=words("result"),
        chips=(*chips, *attached),
    )


def _on(day: date, env: Env) -> str:
    """A day, with its year where that is another one."""
    return date_format(day, "MONTH_DAY_FORMAT" if day.year == env.today.year else "DATE_FORMAT")


def next_step(visit: Visit, entity: Entity, record: Any) -> dict[str, Any] | None:
    """The promise that falls due first."""
    if entity.key != "customers" or not access.may(visit.actor, registry.get("follow_ups"), "read"):
        return None
    query = records.query("follow_ups", visit.actor, visit.env)
    open_steps = query.near(customer_id=record.pk, step_done_at__isnull=True, next_step__isnull=False)
    found = open_steps.sort(["-at"]).page(limit=50).items
    open_to_more = may_add(visit, entity, record) is not None
    if not found:
        return {"text": "", "plan": "note"} if open_to_more else None
    first = min(found, key=lambda item: (item.next_step_on or date.max, -item.pk))
    return {
        "text": first.next_step,
        "ring": step_ring(first, visit.env),
        "more": len(found) - 1,
        "done_url": f"/follow_ups/{first.pk}/verbs/complete" if open_to_more else "",
    }


# my day ----------------------------------------------------------------------------------------------------------


def promised(visit: Visit) -> list[Section]:
    """What one promised: open ones of the next two weeks, then those without a date, and those done today."""
    follow_ups = registry.get("follow_ups")
    if not access.may(visit.actor, follow_ups, "read"):
        return []
    env = visit.env
    mine = records.query("follow_ups", visit.actor, env).near(person_id=visit.actor.id, next_step__isnull=False)
    waiting = mine.where(step_done_at__isnull=True)
    dated = waiting.where(next_step_on__lte=env.today + HORIZON)
    undated = waiting.where(next_step_on__isnull=True)
    found = dated.sort(["next_step_on"]).page(limit=PROMISES).items
    if len(found) < PROMISES:
        found = [*found, *undated.sort(["-at"]).page(limit=PROMISES - len(found)).items]
    zone = ZoneInfo(env.actor.zone)
    morning = env.now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    kept = mine.where(step_done_at__gte=morning).sort(["-at"]).page(limit=5).items
    records.preload(follow_ups, [*found, *kept], env, ["customer", "contact", "about"])
    items = [_promise(item, env) for item in (*found, *kept)]
    count = len(found) if len(found) < PROMISES else dated.count()[0] + undated.count()[0]
    more = "/follow_ups?view=promised" if count > len(found) else ""
    context = {"promised": {"count": count, "items": items, "more_url": more}}
    return [Section("promised", _("Promised"), "web/parts/day/promised.html", context, order=20, verbs=verbs(visit))]


def verbs(visit: Visit) -> list[dict[str, Any]]:
    """Recording a call with anybody."""
    if not access.may(visit.actor, registry.get("follow_ups"), "create"):
        return []
    address = "/follow_ups/new?back=/day&type="
    return [
        {"key": "call", "label": SAVES["call"], "icon": "phone", "primary": True, "url": f"{address}call"},
        {"key": "visit", "label": SAVES["visit"], "icon": "map-pin", "url": f"{address}visit"},
    ]


def _promise(item: Any, env: Env) -> dict[str, Any]:
    specs = access.specs(registry.get("follow_ups"), env.actor)
    names = [specs[n].kind.text(specs[n].get(item), env) for n in ("contact", "customer") if n in specs]
    about = item.customer_id and f"/customers/{item.customer_id}"
    base = f"/follow_ups/{item.pk}"
    return {
        "id": item.pk,
        "text": item.next_step,
        "note": ", ".join(name for name in names if name),
        "ring": step_ring(item, env),
        "done": item.step_done_at is not None,
        "done_url": f"{base}/verbs/complete",
        "move": f"{base}/verbs/postpone",
        "url": about or base,
    }


def sentence(visit: Visit) -> str:
    """What one owes today."""
    count = due_today(visit.env).count()[0]
    if not count:
        return ""
    return ngettext("%(n)s promise is due.", "%(n)s promises are due.", count) % {"n": count}


def counts(env: Env) -> dict[str, Any]:
    """What stands behind the number beside “My day”."""
    return {"day": due_today(env).rows()}


agenda.offer(
    Dates(
        "tasks", "due", {"field": "done_at", "op": "empty"}, gettext_lazy("Task"), rule="recurrence",
        start="series_start", note="note",
    )
)  # fmt: skip
agenda.offer(
    Dates(
        "follow_ups", "next_step_on",
        {"all": [{"field": "next_step", "op": "filled"}, {"field": "step_done_at", "op": "empty"}]},
        gettext_lazy("Promised"), who="person", text="next_step",
    )
)  # fmt: skip
misleading.offer(
    Doubt(
        "undated", "tasks", gettext_lazy("Open tasks without a due time"), gettext_lazy("Nobody is reminded of them."),
        {"all": [{"field": "done_at", "op": "empty"}, {"field": "due", "op": "empty"}]},
    )
)  # fmt: skip
slots.offer("record.composer", Composer())
slots.offer("record.timeline", timeline)
slots.offer("record.next_step", next_step)
slots.offer("day.sections", promised)
slots.offer("day.sentence", sentence)
slots.offer("menu.counts", counts)
slots.offer("day.sections", duties.of_the_day)
slots.offer("day.sentence", duties.sentence)
slots.offer("menu.counts", duties.counts)
slots.offer("record.panels", duties.panels)
slots.offer("day.open", closing.Tasks())
slots.offer("day.open", closing.Promises())
