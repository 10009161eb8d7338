"""How many different things one person may look for among records that are not open to him."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction

from bosun.kernel import history
from bosun.kernel.actor import Act, Actor
from bosun.kernel.entity import Entity
from bosun.lib import clock
from bosun.platform.dedupe.keys import Form
from bosun.platform.dedupe.models import Probe

PER_MINUTE = 30
SPAN = timedelta(minutes=1)


def allows(entity: Entity, forms: Iterable[Form], actor: Actor) -> bool:
    """Count a look; False beyond the limit, where the first refusal of a minute is written down."""
    if actor.is_admin or actor.id is None:
        return True
    now = clock.now()
    digest = hashlib.sha256(repr((entity.key, sorted(forms))).encode()).hexdigest()
    with transaction.atomic():
        Probe.objects.filter(person_id=actor.id, at__lte=now - SPAN).delete()
        looks = Probe.objects.filter(person_id=actor.id)
        if looks.filter(digest=digest).exists():
            return looks.count() <= PER_MINUTE
        Probe.objects.bulk_create([Probe(person_id=actor.id, digest=digest, at=now)], ignore_conflicts=True)
        count = looks.count()
        if count == PER_MINUTE + 1:
            history.note(entity, "probed", Act(actor, "system"), {"looks": [None, count]})
    return count <= PER_MINUTE
