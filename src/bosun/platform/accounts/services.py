"""Log-ins follow people; passwords and tokens are made here."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from bosun.kernel import stamps
from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.lib import clock
from bosun.platform.accounts import passwords
from bosun.platform.accounts.models import Token, TokenUse, User
from bosun.platform.org.models import Person
from bosun.platform.push import browsers

TOKEN_PREFIX = "bsn_"
USE_EVERY = timedelta(minutes=5)
TOKENS = "tokens"
"""The counter raised when a token ends: processes keep the live ones in memory."""


def follow_people(drafts: Sequence[Draft], env: Env) -> None:
    """Keep log-ins in step with people who have a username; a projection of the door."""
    for draft in drafts:
        if draft.entity.key != "users" or not (draft.verb == "created" or {"username", "email"} & set(draft.diff)):
            continue
        person = draft.record
        if not person.username:
            User.objects.filter(person_id=person.pk).delete()
            browsers.signed_out_everywhere(person.pk)
            continue
        held = {"username": person.username, "email": person.email or ""}
        user, made = User.objects.update_or_create(person_id=person.pk, defaults=held)
        if made:
            user.set_unusable_password()
            user.save(update_fields=["password"])


def set_password(user: User, password: str) -> None:
    """Set a password after checking it (django ValidationError says what is wrong), and end all other sessions."""
    passwords.LongestValidator().validate(password)
    validate_password(password, user)
    keep_password(user, password)


def keep_password(user: User, password: str) -> None:
    """Keep a password that was checked. Sessions carry a digest of it, so that all others end; tokens stay.

    Push ends with them. The one session that goes on gets another key, by which its browser is asked anew.
    """
    user.set_password(password)
    user.changed_at = clock.now()
    user.save(update_fields=["password", "changed_at"])
    browsers.signed_out_everywhere(user.person_id)


def derived_key(purpose: str) -> bytes:
    """A key of 32 bytes for one purpose, made from the secret key."""
    return hmac.new(settings.SECRET_KEY.encode(), purpose.encode(), hashlib.sha256).digest()


def new_password() -> str:
    """A password that can be read aloud: four groups of four."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(4))


def digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def make_token(person: Person, name: str = "", scope: str = "full", expires_at: datetime | None = None) -> str:
    """A new token for a person; shown this once. `scope` is full or read."""
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    Token.objects.create(person=person, name=name[:100], digest=digest(secret), scope=scope, expires_at=expires_at)
    return secret


def find_token(secret: str) -> Token | None:
    """The live token behind a secret; None when unknown, revoked or expired."""
    kept = digest(secret)

    def load() -> Token:
        return Token.objects.get(digest=kept, revoked_at__isnull=True)

    try:
        token: Token = stamps.cached(TOKENS, kept, load)
    except Token.DoesNotExist:
        # Not remembered: whoever tries one secret after the other would fill the memory.
        return None
    return None if token.expires_at and token.expires_at <= clock.now() else token


def note_use(token: Token) -> None:
    """Remember that a token was used, at most once in five minutes."""
    now = clock.now()
    with transaction.atomic():
        if not TokenUse.objects.filter(token=token, used_at__gt=now - USE_EVERY).exists():
            TokenUse.objects.update_or_create(token=token, defaults={"used_at": now})


def tokens_of(person_id: int) -> Sequence[tuple[Token, datetime | None]]:
    """The live tokens of a person, the newest first, each with its last use."""
    held = Token.objects.filter(person_id=person_id, revoked_at__isnull=True).order_by("-created_at", "-pk")
    used = dict(TokenUse.objects.filter(token__in=held).values_list("token_id", "used_at"))
    return [(token, used.get(token.pk)) for token in held]


def revoke_token(person_id: int, pk: int) -> bool:
    """End a token of this person; False when there is none of that id."""
    held = Token.objects.filter(person_id=person_id, pk=pk, revoked_at__isnull=True)
    with transaction.atomic():
        found = bool(held.update(revoked_at=clock.now()))
        if found:
            stamps.bump(TOKENS)
    return found


def revoke_tokens(person_id: int) -> None:
    """End all tokens of somebody who left."""
    with transaction.atomic():
        if Token.objects.filter(person_id=person_id, revoked_at__isnull=True).update(revoked_at=clock.now()):
            stamps.bump(TOKENS)


def log_in_of(person_id: int) -> User | None:
    """How a person signs in; None for people without a username."""
    return User.objects.select_related("person").filter(person_id=person_id).first()


def last_seen(people: Sequence[int]) -> dict[int, datetime]:
    """When these people last signed in; those who never did are left out."""
    rows = User.objects.filter(person_id__in=people).values_list("person_id", "last_login")
    return {person: at for person, at in rows if at is not None}
