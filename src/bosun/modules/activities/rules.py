"""Pure decisions about follow-ups."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from bosun.kernel import access, registry
from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env

TYPES = {
    "call": _lazy("Call"),
    "visit": _lazy("Visit"),
    "message": _lazy("Message"),
    "mail": _lazy("Mail"),
    "meeting": _lazy("Meeting"),
    "note": _lazy("Note"),
}
RESULTS = {"positive": _lazy("Positive"), "neutral": _lazy("Neutral"), "refused": _lazy("Refused")}
CONTACTS = ("call", "visit", "message", "mail", "meeting")
"""Types that reach the customer; a note does not."""
SLACK = timedelta(minutes=5)


def now(env: Env) -> datetime:
    """The moment of recording."""
    return env.now


def me(env: Env) -> int | None:
    """Whoever records it."""
    return env.actor.id


def find_customer(draft: Draft, env: Env) -> None:
    """Follow the path that the entity of `about` names to the customer."""
    about = draft.values.get("about")
    if about is None:
        return
    entity = registry.get(about.entity)
    if entity.key == "follow_ups":
        draft.refuse("about", _("A follow-up cannot be about a follow-up."))
        return
    draft.put("customer", customer_of(about.entity, about.id))


def customer_of(key: str, pk: int) -> int | None:
    """The customer of a record of any entity, by the path that its declaration names."""
    entity = registry.get(key)
    if key == "customers":
        return pk
    if not entity.customer_path:
        return None
    if entity.specs()[entity.customer_path.partition(".")[0]].custom:
        record = entity.model._default_manager.filter(pk=pk).first()
        held: int | None = entity.specs()[entity.customer_path].get(record) if record else None
        return held
    column = entity.customer_path.replace(".", "__") + "_id"
    found: int | None = entity.model._default_manager.filter(pk=pk).values_list(column, flat=True).first()
    return found


def check_sense(draft: Draft, env: Env) -> None:
    """What happened is not in the future; a date promises something; the contact works at this customer."""
    at = draft.values.get("at")
    if at is not None and at > env.now + SLACK:
        draft.refuse("at", _("A follow-up has happened already. Plan what is to come as its next step."))
    if draft.value("next_step_on") and not draft.value("next_step"):
        draft.refuse("next_step", _("Say what the next step is."))
    contact, customer = draft.values.get("contact"), draft.value("customer")
    if contact and customer and customer_of("contacts", contact) != customer:
        draft.refuse("contact", _("This person works for another customer."))
    if draft.new and not (
        draft.value("note") or draft.value("subject") or draft.value("result") or draft.value("type") != "note"
    ):
        draft.refuse("note", _("Write what is to be remembered."))


def name_it(draft: Draft, env: Env) -> None:
    """The first line of the note is the subject, unless there is one."""
    if draft.new and not draft.value("subject") and draft.value("note"):
        draft.put("subject", draft.value("note").strip().splitlines()[0][:200])


def may_write_about(draft: Draft, env: Env) -> None:
    """Where no customer decides, one must be allowed to change the record that the follow-up is about."""
    about = draft.values.get("about")
    if about is None or draft.value("customer") or env.actor.is_admin:
        return
    if not access.may_row(registry.get(about.entity), env.actor, "change", about.id):
        draft.refuse("about", _("You may read this record, but not add to it."))
