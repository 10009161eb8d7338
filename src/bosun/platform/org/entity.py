"""People, departments, positions, roles and the company, as declared."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from bosun.kernel import stamps
from bosun.kernel.actor import Act
from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity, Preset, Section
from bosun.kernel.env import Env
from bosun.lib import dates, money
from bosun.platform.org import ladder, tree
from bosun.platform.org.actors import STAMP
from bosun.platform.org.models import Company, Department, Person, Position, Rate, Role


def known_zone(draft: Draft, env: Env) -> None:
    """A time zone must be one that the tz database knows."""
    zone = draft.values.get("zone")
    if zone is not None and zone not in dates.zones():
        draft.refuse("zone", _("This time zone is not known. Choose one such as Europe/Madrid."))


def known_currency(draft: Draft, env: Env) -> None:
    """A currency must be one of ISO 4217."""
    currency = draft.values.get("currency")
    if currency is not None and currency not in money.currencies():
        draft.refuse("currency", _("This currency is not known. Use its three letters, as in USD."))


def worth_something(draft: Draft, env: Env) -> None:
    """A rate is above nothing: at nothing every amount of its currency would count for nothing."""
    if draft.values.get("rate") == 0:
        draft.refuse("rate", _("This number is too large or too small."))


def accent_is_colour(draft: Draft, env: Env) -> None:
    """An accent is #rrggbb."""
    accent = draft.values.get("accent")
    if accent is not None and not re.fullmatch(r"#[0-9a-fA-F]{6}", accent):
        draft.refuse("accent", _("Write a colour as #2a55c5."))


def plain_username(draft: Draft, env: Env) -> None:
    """A username is short, lower case, and has no spaces."""
    username = draft.values.get("username")
    if username is not None and not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,58}", username):
        draft.refuse("username", _("Use lower-case letters, digits, dots and dashes."))


def raise_access(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    """Whatever changes here may change who may see what."""
    stamps.bump(STAMP)


COMPANY = Entity(
    Company,
    key="company",
    icon="building",
    columns="name currency zone language",
    menu="",
    owned=False,
    stamp="company",
    form=[Section(_lazy("Company"), "name country currency | language zone accent")],
    rules=[known_zone, known_currency, accent_is_colour],
    effects=[raise_access],
    open_to_all=True,
    timeline=False,
)

RATE = Entity(
    Rate,
    key="rates",
    icon="cash",
    columns="currency day rate",
    menu="settings",
    owned=False,
    stamp="rates",
    rules=[known_currency, worth_something],
    sort="currency -day",
    timeline=False,
    open_to_all=True,
)

DEPARTMENT = Entity(
    Department,
    key="departments",
    icon="sitemap",
    columns="name parent head",
    menu="settings",
    owned=False,
    form=[Section("", "name | parent head")],
    search="name",
    sort="name",
    stamp="departments",
    open_to_all=True,
    rules=[tree.no_circle],
    effects=[tree.keep_paths, raise_access],
)

POSITION = Entity(
    Position,
    key="positions",
    icon="id",
    columns="name",
    menu="settings",
    owned=False,
    search="name",
    sort="name",
    open_to_all=True,
)

ROLE = Entity(
    Role,
    key="roles",
    icon="shield",
    columns="name administrator",
    menu="settings",
    owned=False,
    sort="name",
    form=[Section("", "name | administrator"), Section(_lazy("Rights"), "grants | field_rights")],
    rules=[ladder.roles_within],
    effects=[raise_access],
    timeline=False,
)

PERSON = Entity(
    Person,
    key="users",
    icon="users",
    columns="name username department position roles active",
    menu="settings",
    owned=False,
    search="name username email",
    sort="name",
    natural="username",
    stamp="people",
    open_to_all=True,
    open_fields="name username email phones department position active",
    form=[
        Section(_lazy("Person"), "name username email phones | department position active"),
        Section(_lazy("Rights"), "roles | extra_grants withdrawn_grants"),
        Section(_lazy("Preferences"), "language sound | zone theme"),
    ],
    lists=[Preset("active", _lazy("Active"), {"field": "active", "op": "is", "value": True}, sort="name")],
    rules=[known_zone, plain_username, ladder.people_within],
    effects=[raise_access],
)
