"""Signed links: what an address carries, so that whoever holds it may do one thing without signing in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core import signing

LONGEST = 500


class Expired(Exception):
    """The link is too old."""


@dataclass(frozen=True)
class Purpose:
    """What links are for; one that was signed for another purpose opens nothing.

    `lives` is how many seconds they hold; without it for ever, and then they are the same text each time.
    """

    name: str
    lives: int | None = None

    def write(self, *parts: str | int) -> str:
        """The text that stands in the link."""
        if self.lives is None:
            return signing.Signer(salt=self.name).sign_object(list(parts))
        return signing.dumps(list(parts), salt=self.name)

    def read(self, text: str) -> list[Any] | None:
        """What a link carries; None for what was not signed here for this, Expired for what is too old."""
        if len(text) > LONGEST:
            return None
        try:
            if self.lives is None:
                found = signing.Signer(salt=self.name).unsign_object(text)
            else:
                found = signing.loads(text, salt=self.name, max_age=self.lives)
        except signing.SignatureExpired:
            raise Expired from None
        except (signing.BadSignature, ValueError, TypeError):
            return None
        return found if isinstance(found, list) else None
