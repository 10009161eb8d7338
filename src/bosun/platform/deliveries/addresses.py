"""Where a person is reached through a channel."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from bosun.platform.deliveries.channels import CHANNELS
from bosun.platform.deliveries.models import DeadAddress
from bosun.platform.org.models import Person
from bosun.platform.push import browsers

Finder = Callable[[Sequence[Any]], dict[int, str]]
"""The address of each of some people, by id; whoever has none is left out."""


def _emails(people: Sequence[Any]) -> dict[int, str]:
    return {each.pk: each.email for each in people if each.email}


def _phones(people: Sequence[Any]) -> dict[int, str]:
    return {each.pk: each.phones[0] for each in people if each.phones}


def _anybody(people: Sequence[Any]) -> dict[int, str]:
    """Those without a number are told in the group all the same, unnamed."""
    return {each.pk: (each.phones or [""])[0] for each in people}


def _browsers(people: Sequence[Any]) -> dict[int, str]:
    """A person with a browser that takes notices is known to that channel by the id."""
    return {pk: str(pk) for pk in browsers.held_by([each.pk for each in people])}


FINDERS: dict[str, Finder] = {
    "email": _emails, "phone": _phones, "push": _browsers, "hook": _anybody, "none": _anybody,
}  # fmt: skip
"""By the kind of address; a channel with addresses of its own kind adds its finder."""


def of(channel: str, people: Sequence[Any]) -> dict[int, str]:
    """Where these people are reached through a channel."""
    finder = FINDERS.get(CHANNELS[channel].address_kind)
    return finder(people) if finder is not None else {}


def now(channel: str, people: Collection[int]) -> dict[int, str]:
    """The same for people by id, as they stand at present."""
    return of(channel, list(Person.objects.filter(pk__in=people)))


def dead(people: Sequence[int]) -> dict[tuple[int, str], str]:
    """The addresses of people that take nothing any more, by person and channel."""
    rows = DeadAddress.objects.filter(person_id__in=people)
    return {
        (person, channel): address for person, channel, address in rows.values_list("person_id", "channel", "address")
    }


def of_person(person: int) -> list[DeadAddress]:
    """What is dead of one person and still stands with that person."""
    held = list(DeadAddress.objects.filter(person_id=person))
    who = list(Person.objects.filter(pk=person))
    return [row for row in held if row.channel in CHANNELS and of(row.channel, who).get(person) == row.address]


def mark_dead(person: int, channel: str, address: str, said: str) -> None:
    """Nothing more is sent there."""
    DeadAddress.objects.update_or_create(
        person_id=person, channel=channel, defaults={"address": address, "said": said[:1000]}
    )


def revive(person: int, channel: str) -> None:
    """Somebody says that it works again."""
    DeadAddress.objects.filter(person_id=person, channel=channel).delete()
