"""What the door may answer instead of doing as it was told. Every message is translated and says what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class FieldError:
    """One field that was refused; an empty field name speaks of the whole record."""

    field: str
    message: str


class DoorError(Exception):
    """Base of all refusals; `status` is the HTTP status that fits."""

    status = 400

    @property
    def title(self) -> str:
        """One sentence for a person."""
        return _("That could not be read.")


class Unreadable(DoorError):
    """The request itself cannot be understood (HTTP 400)."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message

    @property
    def title(self) -> str:
        return self.message or _("That could not be read.")


class Invalid(DoorError):
    """Values were refused (HTTP 422)."""

    status = 422

    def __init__(self, errors: Sequence[FieldError] | str) -> None:
        self.errors: list[FieldError] = [FieldError("", errors)] if isinstance(errors, str) else list(errors)
        super().__init__("; ".join(f"{e.field}: {e.message}" for e in self.errors))

    @property
    def title(self) -> str:
        return self.errors[0].message if len(self.errors) == 1 else _("Some fields need another look.")

    def by_field(self) -> dict[str, list[str]]:
        """Messages keyed by field name, for a form."""
        found: dict[str, list[str]] = {}
        for error in self.errors:
            found.setdefault(error.field, []).append(error.message)
        return found


class Denied(DoorError):
    """The actor lacks the right (HTTP 403)."""

    status = 403

    @property
    def title(self) -> str:
        return _("You do not have the right to do this. Ask an administrator.")


class NotFound(DoorError):
    """There is no such record for this actor; the same answer whether it is hidden or absent (HTTP 404)."""

    status = 404

    @property
    def title(self) -> str:
        return _("This record does not exist, or is not open to you.")


@dataclass(frozen=True)
class Clash:
    """A field that somebody else changed since the writer looked."""

    field: str
    theirs: Any
    yours: Any


class Conflict(DoorError):
    """Somebody changed the same fields meanwhile (HTTP 409); carries both values.

    `kept` names fields that others changed and the writer sent as he had seen them: a form that is drawn again with
    the new version must show what stands there now, or it would put them back.
    """

    status = 409

    def __init__(self, clashes: Sequence[Clash], version: int, by: str = "", kept: Sequence[str] = ()) -> None:
        super().__init__(", ".join(clash.field for clash in clashes))
        self.clashes = list(clashes)
        self.version = version
        self.by = by
        self.kept = frozenset(kept)

    @property
    def title(self) -> str:
        return _("Somebody changed the same field while you were editing. Choose which value stays.")


@dataclass(frozen=True)
class Objection:
    """What a guard has to say: `confirm` is the key that lets the act go on, empty when it blocks."""

    rule: str
    reason: str
    confirm: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


class Objected(DoorError):
    """Guards block, or ask to be confirmed (HTTP 409)."""

    status = 409

    def __init__(self, objections: Sequence[Objection]) -> None:
        super().__init__("; ".join(objection.rule for objection in objections))
        self.objections = list(objections)

    @property
    def title(self) -> str:
        return " ".join(objection.reason for objection in self.objections)
