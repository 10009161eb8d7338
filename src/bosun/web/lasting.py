"""Until when a reminder comes, chosen in a form: a day, or a condition on what it is about; in words beside it."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponseBase, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from bosun.kernel import conditions, registry, slots
from bosun.kernel.entity import Entity
from bosun.kernel.errors import Invalid
from bosun.platform import wording
from bosun.platform.reminders import ends, lasting
from bosun.web import fields, listdialogs, ruleconditions
from bosun.web.recordpage import Panel
from bosun.web.visit import Visit, page

NEVER, DAY, WHEN = "", "day", "when"
CHOICES = {
    NEVER: pgettext_lazy("reminder", "Until it is done"),
    DAY: gettext_lazy("Up to a day"),
    WHEN: gettext_lazy("Until a condition is true"),
}
NOTHING = '{"all": []}'
"""A condition that says nothing: the door refuses it with a message."""
BUILDER = "web/parts/form/until.html"


def read(post: QueryDict, name: str) -> str:
    """The day that was chosen, or the condition that was built."""
    choice = post.get(f"{name}_choice")
    if choice is None:
        return post.get(name, "")
    return {DAY: post.get(f"{name}_day", ""), WHEN: post.get(f"{name}_when") or NOTHING}.get(choice, "")


def shown(raw: Any) -> dict[str, Any]:
    """What stands in the field, or was typed, in the shape of the input."""
    tree = raw if isinstance(raw, dict) else _tree(str(raw or ""))
    day = "" if tree is not None else str(raw or "")
    chosen = WHEN if tree is not None else DAY if day else NEVER
    options = [{"key": key, "label": label, "chosen": key == chosen} for key, label in CHOICES.items()]
    held = json.dumps(tree) if tree else ""
    return {"choices": options, "day": day, "tree": held, "sent": json.dumps({"tree": held})}


def _tree(text: str) -> dict[str, Any] | None:
    if not text.lstrip().startswith("{"):
        return None
    try:
        return dict(json.loads(text))
    except ValueError:
        return {}


@page("GET")
def builder(visit: Visit) -> HttpResponseBase:
    """The builder of conditions on what a reminder is about, as the form says it at this moment."""
    params = visit.request.GET
    key = params.get("about", "").partition(":")[0]
    if not key:
        return visit.draw(BUILDER, {"known": False})
    entity = visit.entity(key)
    offered = listdialogs.filterable(entity, visit.env)
    tree = _tree(params.get("tree", "")) or {}
    try:
        conditions.parse(tree, entity, visit.env)
    except Invalid:
        tree = {}
    context = {
        "known": True,
        "fields": offered,
        "ops": {op: wording.op_words(op) for each in offered for op in each["ops"]},
        "tree": ruleconditions.worded(tree, entity, visit.env) if tree else {},
        "held": json.dumps(tree) if tree else "",
    }
    return visit.draw(BUILDER, context)


def panels(visit: Visit, entity: Entity, record: Any) -> list[Panel]:
    """The condition that ends a reminder, in words, and whether it is true already."""
    if entity.key != "reminders" or not record.until_when:
        return []
    about = registry.find(record.about_entity or "")
    try:
        said = lasting.words(record, visit.env)
    except Invalid:
        said = ""
    title = _("Until %(condition)s") % {"condition": said} if said else _("Until a condition is true")
    if about is None or not said:
        note = _("The condition does not fit what it is about any more, so that it ends nothing.")
    else:
        true = ends.true_for(record, about, visit.env)
        note = "" if true is None else _("It is true now.") if true else _("It is not true yet.")
    return [Panel("until", title, side={"key": "until", "title": title, "lead": note, "items": []})]


fields.READERS["until"] = read
slots.offer("record.panels", panels)
