"""Values, records and fields in the shapes that the templates of cells and headers draw."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.utils.translation import gettext as _

from bosun.kernel import access, ports, records, registry
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.kinds import Kind
from bosun.kernel.specs import FieldSpec
from bosun.lib import money
from bosun.lib import text as texts
from bosun.platform import doubts
from bosun.platform.away import periods

NO_CENTS = re.compile(r"[.,]0+(?=\D*$)")
MEANINGS = frozenset(("good", "soon", "due", "overdue"))


def list_url(entity: Entity) -> str:
    """The address of an entity's list."""
    return f"/{entity.key}"


def record_url(entity: Entity, pk: int) -> str:
    """The address of a record's page."""
    return f"/{entity.key}/{pk}"


def is_person(model: type[Any]) -> bool:
    """True for records that are drawn as a person: initials in a circle."""
    if model is apps.get_model(settings.BOSUN_PERSON_MODEL):
        return True
    return registry.has(model) and bool(registry.of(model).extras.get("person"))


def name_of(entity: Entity, record: Any, env: Env) -> str:
    """What a record is called, for this reader; no sign in it turns the words around it."""
    title = entity.title_spec
    if title is None or title.name not in access.specs(entity, env.actor):
        return f"{entity.label} {record.pk}"
    return texts.bidi_safe(title.kind.text(title.get(record), env)) or f"{entity.label} {record.pk}"


def head(entity: Entity, record: Any, env: Env) -> dict[str, Any]:
    """A record as templates name it."""
    return {
        "id": record.pk,
        "key": f"{entity.key}/{record.pk}",
        "name": name_of(entity, record, env),
        "url": record_url(entity, record.pk),
        "person": is_person(entity.model),
    }


def look(spec: FieldSpec) -> dict[str, Any]:
    """A field as templates know it: name, label, and the cell that draws it."""
    return {"name": spec.name, "label": str(spec.label), "kind": spec.kind.cell, "help": str(spec.help or "")}


def title_look(entity: Entity, spec: FieldSpec) -> dict[str, Any]:
    """The first column of a list."""
    return {**look(spec), "kind": "title", **mark_of(entity)}


def mark_of(entity: Entity) -> dict[str, bool]:
    """What stands before a name in a list: initials in a circle, in a square, or nothing."""
    person = is_person(entity.model)
    return {"person": person, "plain": not person and not entity.extras.get("logo")}


def shown(spec: FieldSpec, record: Any, env: Env) -> Any:
    """The value of a field in the shape that its cell template draws."""
    return shape(spec.kind, spec.get(record), env, record)


def shape(kind: Kind, value: Any, env: Env, record: Any = None) -> Any:
    """A value in the shape of its cell; text for cells that ask for nothing more."""
    ring = kind.mark(value, record, env)
    if ring is not None:
        return dict(ring)
    if value is None:
        return None
    return _shaper(kind)(kind, value, env)


def _shaper(kind: Kind) -> Callable[[Any, Any, Env], Any]:
    return SHAPES.get(kind.cell, _text)


def _text(kind: Kind, value: Any, env: Env) -> Any:
    return kind.text(value, env)


def _as_it_is(kind: Kind, value: Any, env: Env) -> Any:
    return value


def _figure(kind: Kind, value: Any, env: Env) -> Any:
    return {"text": kind.text(value, env), "zero": not kind.to_db(value) if kind.cell == "number" else not value.minor}


def _choice(kind: Kind, value: Any, env: Env) -> Any:
    options: Mapping[str, ports.OptionInfo] = getattr(kind, "options", dict)()
    colour = options[value].colour if value in options else ""
    return {"key": value, "label": kind.text(value, env), "tone": colour if colour in MEANINGS else ""}


def _phones(kind: Kind, value: Any, env: Env) -> Any:
    return [{"text": kind.text((number,), env), "href": f"tel:{number}"} for number in value]


def _url(kind: Kind, value: Any, env: Env) -> Any:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https"):
        return {"text": value}
    text = (parts.netloc + parts.path).removeprefix("www.").rstrip("/")
    return {"text": text, "href": value, "doubt": doubts.forged(kind, value)}


def _email(kind: Kind, value: Any, env: Env) -> Any:
    return {"text": value, "doubt": doubts.forged(kind, value)}


def _reference(kind: Any, value: Any, env: Env) -> Any:
    card = env.refs.card(kind.model, value)
    if card is None:
        return kind.text(value, env)
    drawn = {**card, "url": record_url(registry.of(kind.model), value), "person": is_person(kind.model)}
    if kind.model is apps.get_model(settings.BOSUN_PERSON_MODEL) and periods.absence_of(value, env.now):
        drawn["away"] = True
    return drawn


def _any_reference(kind: Kind, value: Any, env: Env) -> Any:
    entity = registry.find(value.entity)
    card = env.refs.card(entity.model, value.id) if entity else None
    if entity is None or card is None:
        return kind.text(value, env)
    return {**card, "url": record_url(entity, value.id), "icon": entity.icon, "entity": entity.label}


def _file(kind: Any, value: Any, env: Env) -> Any:
    return {"name": value.name, "size": value.size, "url": kind.link(value)}


SHAPES: dict[str, Callable[[Any, Any, Env], Any]] = {
    "number": _figure,
    "money": _figure,
    "date": _as_it_is,
    "datetime": _as_it_is,
    "checkbox": _as_it_is,
    "tags": _as_it_is,
    "checklist": _as_it_is,
    "choice": _choice,
    "phones": _phones,
    "url": _url,
    "email": _email,
    "ref": _reference,
    "anyref": _any_reference,
    "file": _file,
}
"""What the cell templates ask for besides text, by the name of the cell."""


def state_of(entity: Entity, record: Any, env: Env) -> dict[str, Any] | None:
    """The ring of a record, for entities that name a state."""
    spec = access.specs(entity, env.actor).get(entity.state) if entity.state else None
    found = spec.kind.mark(spec.get(record), record, env) if spec else None
    return dict(found) if found else None


def owner_of(entity: Entity, record: Any, env: Env) -> dict[str, Any] | None:
    """Who looks after a record."""
    spec = access.specs(entity, env.actor).get("owner") if entity.owned else None
    found = shown(spec, record, env) if spec else None
    return found if isinstance(found, dict) else None


def concerning(entity: Entity) -> list[str]:
    """The fields that say whose a record is: what it is about, and the customer, by name."""
    about = [name for name, spec in entity.specs().items() if spec.kind.cell == "anyref"]
    return [*about, *filter(None, [entity.customer_path.partition(".")[0]])]


def whose(entity: Entity, record: Any, env: Env) -> list[str]:
    """What a record is about and its customer, each named once, as far as they are open to the reader.

    `concerning` says what to preload for it.
    """
    specs = access.specs(entity, env.actor)
    cards = [shown(specs[name], record, env) for name in concerning(entity) if name in specs]
    return list(dict.fromkeys(card["name"] for card in cards if isinstance(card, dict)))


def subtitle(entity: Entity, record: Any, env: Env) -> list[str]:
    """The few facts beside the name, the owner left out."""
    specs = access.specs(entity, env.actor)
    parts = []
    for name in entity.highlight:
        spec = specs.get(name)
        if spec is None or name == "owner" or spec.get(record) is None:
            continue
        text = spec.kind.text(spec.get(record), env)
        parts.append(f"{spec.label} {text}" if len(text) <= 2 else text)
    return parts


def titled(entity: Entity, record: Any, env: Env) -> str:
    """The name of a record and whose it is: names alone are the same too often."""
    records.preload(entity, [record], env, concerning(entity))
    return " · ".join(dict.fromkeys([name_of(entity, record, env), *whose(entity, record, env)]))


def numbers(entity: Entity, record: Any, env: Env, ended: bool = False) -> list[dict[str, Any]]:
    """The two or three figures that matter; `ended`: those of a record whose pipeline is behind it."""
    specs = access.specs(entity, env.actor)
    wanted = entity.extras.get("ended_numbers", ()) if ended else entity.key_numbers
    held = [specs[name] for name in wanted if name in specs]
    return [
        {"label": str(spec.label), "text": short(spec.kind, spec.get(record), env)}
        for spec in held
        if spec.get(record) is not None
    ]


def short(kind: Kind, value: Any, env: Env) -> str:
    """A value in words; an amount without cents where it has none."""
    text = kind.text(value, env)
    if kind.cell == "money" and not value.minor % 10 ** money.digits(value.currency):
        return NO_CENTS.sub("", text)
    return text


def brief(spec: FieldSpec, record: Any, env: Env) -> Any:
    """The value of a fact: as in a list, but an amount without cents where it has none."""
    found = shown(spec, record, env)
    if spec.kind.cell == "money" and isinstance(found, dict):
        return {**found, "text": short(spec.kind, spec.get(record), env)}
    return found


def a_new(label: str) -> str:
    """What is made anew, as a title and a command: New customer."""
    return _("New %(entity)s") % {"entity": lowered(label)}


def lowered(label: str) -> str:
    """A label inside a sentence; abbreviations stay as they are."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def options_of(kind: Kind, env: Env, held: Iterable[Any] = ()) -> list[dict[str, Any]]:
    """The entries of a closed list, those that are not offered any more but held here included."""
    found = [{"key": key, "label": label} for key, label in kind.choices(env) or ()]
    known = {each["key"] for each in found}
    gone = [value for value in held if value not in (None, "") and value not in known]
    return found + [{"key": value, "label": kind.text(value, env), "off": True} for value in gone]


def currencies(env: Env, held: str = "") -> list[str]:
    """The currencies that a form offers, the company's first."""
    common = ("EUR", "USD", "CNY", "GBP", "JPY", "MXN", "CHF", "HKD")
    wanted = [env.company.currency, held, *common]
    return [code for code in dict.fromkeys(wanted) if code and (code in wanted[:2] or _rated(code, env))]


def _rated(code: str, env: Env) -> bool:
    return ports.rate(code, env.today) is not None
