"""What rules may do, one file each. An action reads its JSON form, says itself in words, and does it to records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import FieldError, Invalid
from bosun.platform.automation.actions.assign import Assign
from bosun.platform.automation.actions.base import Action
from bosun.platform.automation.actions.create import Create
from bosun.platform.automation.actions.fields import ChangeRelated, Set
from bosun.platform.automation.actions.follow import Follow
from bosun.platform.automation.actions.notify import Notify
from bosun.platform.automation.actions.stop import Stop
from bosun.platform.automation.actions.tag import Tag
from bosun.platform.automation.actions.verb import DoVerb
from bosun.platform.automation.actions.wait import Wait
from bosun.platform.automation.actions.webhook import CallWebhook

MOST = 20
KNOWN: dict[str, type[Action]] = {
    each.key: each
    for each in (Set, Assign, Tag, Create, ChangeRelated, DoVerb, Notify, Follow, CallWebhook, Wait, Stop)
}


def parse(raw: Any, entity: Entity, env: Env) -> list[Action]:
    """The actions of a rule, checked against what its identity may do; Invalid otherwise."""
    if not isinstance(raw, Sequence) or isinstance(raw, str) or not raw:
        raise Invalid([FieldError("do", _("Say what the rule does."))])
    if len(raw) > MOST:
        raise Invalid([FieldError("do", _("A rule does at most %(max)s things.") % {"max": MOST})])
    found = []
    for number, each in enumerate(raw, 1):
        try:
            found.append(_one(each, entity, env))
        except Invalid as error:
            said = "; ".join(part.message for part in error.errors)
            raise Invalid([FieldError("do", _("%(number)s. %(error)s") % {"number": number, "error": said})]) from None
    return found


def _one(raw: Any, entity: Entity, env: Env) -> Action:
    if not isinstance(raw, Mapping) or str(raw.get("action")) not in KNOWN:
        raise Invalid(_("There is no such action."))
    kind = KNOWN[str(raw["action"])]
    unknown = set(raw) - {"action", *kind.takes}
    if unknown:
        raise Invalid(_("“%(name)s” is not known here.") % {"name": str(sorted(unknown)[0])[:60]})
    return kind.read(raw, entity, env)
