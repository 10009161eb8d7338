"""Issues: made once under one key, kept for a while, and told to their reader; and the end of a subscription."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import IO, Any
from uuid import uuid4

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bosun.kernel import access, records, registry
from bosun.kernel.actor import Act, Actor
from bosun.kernel.errors import DoorError, NotFound
from bosun.lib import clock
from bosun.lib.sheets import write_csv, write_xlsx
from bosun.platform.exports import tables
from bosun.platform.jobs import queue
from bosun.platform.org import actors
from bosun.platform.reminders import services as reminders
from bosun.platform.signed import Purpose
from bosun.platform.subscriptions import making
from bosun.platform.subscriptions.making import Content
from bosun.platform.subscriptions.models import (
    ABOVE,
    CHANGED,
    FAILED,
    FILLED,
    MADE,
    SKIPPED,
    TABLE,
    XLSX,
    Issue,
    Standing,
    Subscription,
)
from bosun.platform.subscriptions.planning import JOB, key_of

KEPT = timedelta(days=90)
CANCEL = Purpose("subscriptions.cancel")
"""The link by which a subscription is cancelled."""
Held = Callable[[], AbstractContextManager[None]]


def issue(pk: int, due: datetime, held: Held = transaction.atomic, asked: bool = False) -> Issue | None:
    """Make one issue; None where nobody gets one any more. Done again after a crash it is the same one.

    `held` is the transaction in which it is kept: one that fails where somebody else does the job by now.
    """
    row = Subscription.objects.filter(pk=pk, deleted_at__isnull=True, enabled__in=(True, not asked)).first()
    actor = actors.load(row.owner_id) if row is not None and row.owner_id else None
    key = key_of(pk, due)
    known: Issue | None = Issue.objects.filter(key=key).first()
    if row is None or actor is None or known is not None:
        return known
    made = Issue(key=key, subscription=row, person_id=actor.id or 0, due_at=due, made_at=clock.now())
    content = _fill(made, actor, asked)
    kept = None
    try:
        with held():
            kept = _keep(made, row, content, actor)
    finally:
        # Of two workers that made the same issue one has kept it: the file of the other is nobody's.
        if made.stored and (kept is None or kept.stored != made.stored):
            default_storage.delete(made.stored)
    return kept


def _fill(made: Issue, actor: Actor, asked: bool = False) -> Content | None:
    """Read what an issue holds; `asked` for means that it comes whatever there is."""
    row, content = made.subscription, None
    try:
        content = making.content(row, actor)
        made.count = content.count
        made.body = {
            "heads": content.heads, "rows": content.rows, "links": content.links, "right": content.right,
            "figures": bool(content.figures), "rights": making.rights(actor), "language": actor.language,
            "records": content.records, "named": content.named,
        }  # fmt: skip
        made.state, made.why = (MADE, "") if asked else _wanted(row, content)
        if made.state == MADE and row.format != TABLE:
            _file(made, content, actor)
    except DoorError as refusal:
        made.state, made.why, made.body = FAILED, refusal.title[:200], {}
    return content


def fresh(made: Issue, actor: Actor) -> Issue:
    """An issue as its reader may see it now: made anew, under its key, where the rights are others since, or a record
    is gone from his sight.
    """
    if made.state != MADE or open_to(made, actor):
        return made
    before, made.stored, made.file_name, made.count = made.stored, "", "", 0
    with translation.override(actor.language):
        _fill(made, actor, asked=True)
    anew = {name: getattr(made, name) for name in ("state", "why", "count", "body", "file_name", "stored")}
    Issue.objects.filter(pk=made.pk).update(**anew)
    if before:
        default_storage.delete(before)
    return made


def _wanted(row: Any, content: Content) -> tuple[str, str]:
    """Whether an issue is sent, and why not."""
    if row.only_if == FILLED and not content.count:
        return SKIPPED, _("There was nothing.")
    measured = content.count if content.total is None else content.total
    if row.only_if == ABOVE and measured <= (row.above or 0):
        return SKIPPED, _("%(count)s is not above %(above)s.") % {"count": str(measured), "above": row.above or 0}
    if row.only_if == CHANGED:
        last = Standing.objects.filter(pk=row.pk).values_list("digest", flat=True).first()
        if last == content.digest:
            return SKIPPED, _("Nothing had changed.")
    return MADE, ""


def _file(made: Issue, content: Content, actor: Actor) -> None:
    """The whole as a file, for those who may export; the others are told why there is none."""
    entity, how = records.entity_of(made.subscription.entity), made.subscription.format
    if not access.may(actor, entity, "export"):
        made.why = _("You may not export this list, so that no file can be made.")
        return
    with tempfile.TemporaryFile() as out:
        if content.wish is not None:
            tables.write(entity, actor, content.wish, out)
        else:
            (write_xlsx if how == XLSX else write_csv)(out, content.heads, content.figures)
        out.seek(0)
        made.stored = default_storage.save(f"issues/{uuid4().hex}.{how}", File(out))
    made.file_name = f"{entity.key}-{made.due_at:%Y-%m-%d}.{how}"


def _keep(made: Issue, row: Any, content: Content | None, actor: Actor) -> Issue:
    """Keep an issue and tell of it; the one that somebody else kept under this key, where there is one."""
    Issue.objects.bulk_create([made], ignore_conflicts=True)
    kept: Issue = Issue.objects.get(key=made.key)
    if (kept.stored, kept.made_at) != (made.stored, made.made_at):
        return kept
    if content is not None and made.state == MADE:
        Standing.objects.filter(pk=row.pk).update(digest=content.digest)
        if made.stored and content.wish is not None:
            tables.note(records.entity_of(row.entity), actor, content.wish, content.count)
    if made.state != SKIPPED:
        reminders.tell(made.person_id, made.key, said(made), "subscriptions", row.pk, made.made_at)
    return kept


def said(made: Issue) -> str:
    """An issue in one line."""
    row = made.subscription
    if made.state == FAILED:
        return _("%(name)s could not be made: %(why)s") % {"name": row.name, "why": made.why}
    words = ngettext("%(name)s: %(count)s record", "%(name)s: %(count)s records", made.count)
    return words % {"name": row.name, "count": made.count}


# for people ------------------------------------------------------------------------------------------------------


def issues(pk: int, actor: Actor, limit: int = 20) -> list[Issue]:
    """What a subscription of the actor's own told him, the latest first."""
    return list(Issue.objects.filter(subscription_id=pk, person_id=actor.id or 0).order_by("-id")[:limit])


def last(rows: Sequence[int], actor: Actor) -> dict[int, Issue]:
    """The latest issue of each of some subscriptions of the actor's own."""
    own = Issue.objects.filter(subscription_id__in=rows, person_id=actor.id or 0)
    ids = own.values("subscription_id").annotate(latest=Max("id")).values("latest")
    return {made.subscription_id: made for made in Issue.objects.filter(pk__in=ids)}


def open_to(made: Issue, actor: Actor) -> bool:
    """Whether the rights are those under which it was made, and all of it still stands in reach of the actor."""
    return not made.body or (same_rights(made, actor) and _all_open(made, actor))


def same_rights(made: Issue, actor: Actor) -> bool:
    """Whether the rights are those under which it was made."""
    return bool(made.body.get("rights") == making.rights(actor))


def reachable(made: Issue, actor: Actor) -> set[str]:
    """Addresses of those records of an issue that are still open to the actor."""
    entity = registry.find(made.subscription.entity)
    links = {int(each.rpartition("/")[2]): each for each in made.body.get("links", [])}
    if entity is None:
        return set()
    return {links[pk] for pk in access.visible(entity, actor).filter(pk__in=list(links)).values_list("pk", flat=True)}


def _all_open(made: Issue, actor: Actor) -> bool:
    entity = registry.find(made.subscription.entity)
    own = entity is not None and making.all_open(entity, actor, made.body.get("records", []))
    return own and named_open(made, actor)


def named_open(made: Issue, actor: Actor) -> bool:
    """Whether all that its cells name is still open to the actor; not where nobody wrote down what they name."""
    named = made.body.get("named")
    if named is None:
        return False
    found = [(registry.find(key), ids) for key, ids in named.items()]
    return all(entity is not None and making.all_open(entity, actor, ids) for entity, ids in found)


def send_now(row: Any) -> None:
    """One issue more for its owner, now, whatever it holds and whenever it comes; one a minute at most."""
    due = clock.now().replace(second=0, microsecond=0)
    args = {"subscription": row.pk, "due": due.isoformat(), "asked": True}
    queue.enqueue(JOB, args, owner=row.owner_id, unique=key_of(row.pk, due))


def get(pk: int, actor: Actor) -> Issue:
    """An issue of the actor's own; nobody else's, whatever the rights."""
    found: Issue | None = Issue.objects.filter(pk=pk, person_id=actor.id or 0).select_related("subscription").first()
    if found is None:
        raise NotFound()
    return found


def open_file(made: Issue) -> IO[bytes]:
    """The file of an issue; NotFound where it has none, or not any more."""
    if not made.stored or not default_storage.exists(made.stored):
        raise NotFound()
    found: IO[bytes] = default_storage.open(made.stored)
    return found


def purge() -> int:
    """Forget issues after three months, and their files."""
    old = list(Issue.objects.filter(made_at__lt=clock.now() - KEPT)[:1000])
    for made in old:
        if made.stored:
            default_storage.delete(made.stored)
    Issue.objects.filter(pk__in=[made.pk for made in old]).delete()
    return len(old)


def token(row: Subscription) -> str:
    """What stands in the link by which a subscription is cancelled without signing in."""
    return CANCEL.write(row.pk, row.owner_id or 0)


def by_token(text: str) -> tuple[Subscription, Actor]:
    """The subscription of a link and its owner; NotFound for a forged one, and where it has ended."""
    held = CANCEL.read(text)
    pk, owner = held if held and len(held) == 2 else (0, 0)
    actor = actors.load(owner)
    row = Subscription.objects.filter(pk=pk, owner_id=owner, deleted_at__isnull=True).first() if actor else None
    if row is None or actor is None:
        raise NotFound()
    return row, actor


def cancel(row: Subscription, actor: Actor) -> None:
    """Its owner wants it no more."""
    records.remove_one("subscriptions", row.pk, Act(actor, "form").by_system("unsubscribed"))
