"""Rules as declared."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bosun.kernel import records
from bosun.kernel.actor import Act, Actor
from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity, Preset, Section
from bosun.kernel.env import Env
from bosun.kernel.errors import Denied, DoorError, Invalid
from bosun.platform.automation import happenings, own, rulebook, ticking, trying, waiting
from bosun.platform.automation.models import Rule, RuleTemplate
from bosun.platform.org import actors


def tests_read(draft: Draft, env: Env) -> None:
    """The tests of a rule are of the form that tests have."""
    if draft.changes("tests"):
        for said in trying.check(draft.value("tests") or []):
            draft.refuse("tests", said)


def sound(draft: Draft, env: Env) -> None:
    """A rule speaks of an event that there is, and may do what it says with the rights of its identity."""
    parts = ("trigger", "event", "when", "do", "guard", "throttle", "identity", "owner")
    switched_on = draft.changes("enabled") and (draft.new or draft.value("enabled"))
    if not draft.changes(*parts) and not switched_on:
        return
    found = happenings.find(str(draft.value("event") or ""))
    if found is None:
        draft.refuse("event", gettext("There is no such event."))
        return
    who = draft.value("identity") or draft.value("owner")
    acting = actors.load(who) if who else None
    if acting is None:
        draft.refuse("identity", gettext("Nobody of that name may sign in. Choose somebody else."))
        return
    if env.actor.id not in (None, acting.id) and not env.actor.is_admin:
        draft.refuse("identity", gettext("Only an administrator lets a rule act with the rights of somebody else."))
        return
    given = {name: draft.value(name) for name in ("when", "do", "guard", "trigger", "throttle")}
    row = Rule(event=found.key, **given)
    _read(draft, row, found, acting)


def _read(draft: Draft, row: Rule, found: happenings.Happening, acting: Actor) -> None:
    try:
        rulebook.read(row, found.entity, records.environment(acting))
    except Invalid as error:
        for part in error.errors:
            draft.refuse(part.field, part.message)
    except Denied:
        draft.refuse("do", gettext("%(person)s has no right to do this.") % {"person": acting.name})
    except DoorError as error:
        draft.refuse("", error.title)


def follow_clock(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    """An effect: a rule that is switched on, or given another time, owes nothing of what was before; one that is
    switched off goes on with nothing."""
    for draft in drafts:
        if draft.changes("enabled", "trigger", "event") or draft.verb != "changed":
            ticking.begin_anew(draft.id)
        if draft.verb == "removed":
            waiting.end_soon(draft.id, waiting.DELETED)
        elif draft.changes("enabled") and not draft.new and not draft.value("enabled"):
            waiting.end_soon(draft.id, waiting.OFF)


RULE = Entity(
    Rule,
    key="rules",
    icon="bolt",
    columns="name event enabled guard identity owner position",
    form=[
        Section(_("Rule"), "name event trigger | enabled guard reason needs_text throttle"),
        Section(_("Does"), "when do | identity position tests"),
    ],
    search="name",
    sort="position",
    lists=[
        Preset("on", _("On"), {"field": "enabled", "op": "is", "value": True}),
        Preset("off", _("Off"), {"field": "enabled", "op": "is", "value": False}),
    ],
    menu="settings",
    rules=[sound, tests_read],
    effects=[follow_clock],
    stamp=rulebook.STAMP,
    timeline=False,
)

TEMPLATE = Entity(
    RuleTemplate,
    key="own_templates",
    icon="bolt",
    columns="name event says one_action owner",
    form=[Section(_("Ready-made rule"), "name event one_action | says"), Section(_("Rule"), "body | params")],
    search="name",
    sort="name",
    menu="settings",
    rules=[own.sound],
    timeline=False,
)
