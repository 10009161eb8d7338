"""The browsers of a person: taken in, listed, and forgotten."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from django.db import transaction
from django.utils.translation import gettext as _

from bosun.kernel.errors import Invalid
from bosun.platform.org import actors
from bosun.platform.outbound import guard
from bosun.platform.push.models import Browser

MOST = 20
AUTH_BYTES = 16


def digest(endpoint: str) -> str:
    """What a browser is found by."""
    return hashlib.sha256(endpoint.encode()).hexdigest()


def unpadded(text: str) -> bytes:
    """The bytes of base64 for addresses; ValueError for anything else."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        raise ValueError from None


@transaction.atomic
def take(person: int, offered: Any, label: str, session: str = "") -> Browser:
    """Tell this browser from now on. One that somebody else used before is this person's now."""
    endpoint, p256dh, auth = _checked(offered)
    held = {"person_id": person, "endpoint": endpoint, "p256dh": p256dh, "auth": auth}
    row, _made = Browser.objects.update_or_create(
        digest=digest(endpoint), defaults={**held, "label": label[:120], "session": session}
    )
    kept = Browser.objects.filter(person_id=person).order_by("-id").values_list("id", flat=True)[:MOST]
    Browser.objects.filter(person_id=person).exclude(pk__in=[*kept, row.pk]).delete()
    return row


@transaction.atomic
def meet(person: int, offered: Any, label: str, session: str, wanted: bool) -> bool:
    """Somebody has signed in at a browser that was told something before; whether he is told there from now on.

    He is where he switched it on himself. What it was told of somebody else, it is told no more.
    """
    endpoint = _checked(offered)[0]
    if wanted or Browser.objects.filter(digest=digest(endpoint), person_id=person).exists():
        take(person, offered, label, session)
        return True
    Browser.objects.filter(digest=digest(endpoint)).delete()
    return False


def _checked(offered: Any) -> tuple[str, str, str]:
    keys = offered.get("keys") if isinstance(offered, Mapping) else None
    parts = [offered.get("endpoint"), keys.get("p256dh"), keys.get("auth")] if isinstance(keys, Mapping) else []
    if len(parts) != 3 or not all(isinstance(part, str) and len(part) < 2000 for part in parts):
        raise Invalid(_("This is not what a browser offers."))
    endpoint, p256dh, auth = parts
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unpadded(p256dh))
        well = len(unpadded(auth)) == AUTH_BYTES
        guard.target(endpoint)
    except (ValueError, guard.Unreachable):
        well = False
    if not well:
        raise Invalid(_("This is not what a browser offers."))
    return endpoint, p256dh, auth


def of(person: int) -> list[Browser]:
    """The browsers of a person, the latest first; none of somebody who may not sign in any more."""
    if actors.load(person) is None:
        return []
    return list(Browser.objects.filter(person_id=person).order_by("-id"))


def held_by(people: Sequence[int]) -> set[int]:
    """Those among these people who have a browser that is told."""
    return set(Browser.objects.filter(person_id__in=people).values_list("person_id", flat=True))


def forget(person: int, *, pk: int = 0, endpoint: str = "") -> bool:
    """Tell a browser of this person no more; False where there is none."""
    which = {"pk": pk} if pk else {"digest": digest(endpoint)}
    return bool(Browser.objects.filter(person_id=person, **which).delete()[0])


def signed_out(person: int, session: str) -> None:
    """Tell the browsers of this sign-in no more, and those of which nobody knows whether they are: they come back with
    their person. A sign-in that runs out by itself ends nothing: nobody has left, and what is due still arrives.
    """
    Browser.objects.filter(person_id=person, session__in=(session, "")).delete()


def signed_out_elsewhere(person: int, session: str) -> None:
    """Tell the browsers of this sign-in alone."""
    Browser.objects.filter(person_id=person).exclude(session=session).delete()


def signed_out_everywhere(person: int) -> None:
    """Tell no browser of this person any more."""
    Browser.objects.filter(person_id=person).delete()


def gone(pk: int) -> None:
    """Its push service knows it no more."""
    Browser.objects.filter(pk=pk).delete()
