"""The address of one's feed: a long random token, shown once; a digest is kept, and another one ends the first."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from bosun.kernel.actor import Actor
from bosun.kernel.errors import Denied, NotFound
from bosun.lib import clock
from bosun.platform.accounts.services import digest
from bosun.platform.feeds.models import Feed, FeedUse
from bosun.platform.org import actors

LENGTH = 32
LONGEST = 100
USE_EVERY = timedelta(minutes=5)


@transaction.atomic
def make(actor: Actor) -> str:
    """A new address for one's own feed; what was handed out before is unknown from now on."""
    if actor.id is None or actor.read_only:
        raise Denied()
    token = secrets.token_urlsafe(LENGTH)
    FeedUse.objects.filter(feed_id=actor.id).delete()
    Feed.objects.update_or_create(person_id=actor.id, defaults={"digest": digest(token), "made_at": clock.now()})
    return token


def revoke(actor: Actor) -> bool:
    """End one's feed; False where there was none."""
    if actor.read_only:
        raise Denied()
    return bool(Feed.objects.filter(person_id=actor.id or 0).delete()[0])


def end_of(person: int) -> None:
    """End the feed of somebody who left."""
    Feed.objects.filter(person_id=person).delete()


def of(actor: Actor) -> tuple[datetime, FeedUse | None] | None:
    """Since when one has a feed, and who read it last."""
    held = Feed.objects.filter(person_id=actor.id or 0).first()
    return (held.made_at, FeedUse.objects.filter(feed=held).first()) if held else None


def reader(token: str) -> Actor:
    """Whose feed this is, with the rights of this moment and for reading alone; NotFound for everything else."""
    held = Feed.objects.filter(digest=digest(token)).first() if len(token) <= LONGEST and "\0" not in token else None
    actor = actors.load(held.person_id) if held is not None else None
    if held is None or actor is None:
        raise NotFound()
    return replace(actor, read_only=True)


def note_use(actor: Actor, program: str) -> None:
    """Remember that a feed was read, at most once in five minutes."""
    now, person = clock.now(), actor.id or 0
    if FeedUse.objects.filter(feed_id=person, used_at__gt=now - USE_EVERY).exists():
        return
    with transaction.atomic():
        if Feed.objects.filter(person_id=person).exists():
            said = {"used_at": now, "program": program.replace("\0", "")[:200]}
            FeedUse.objects.update_or_create(feed_id=person, defaults=said)
