"""Turning what people and programs write for a reference into records that are open to them, many at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Model
from django.utils.translation import gettext as _

from bosun.kernel import access, registry, stamps
from bosun.kernel.actor import Actor
from bosun.kernel.errors import Invalid
from bosun.kernel.kinds.base import refuse
from bosun.kernel.ledger import Member
from bosun.lib import text as texts

CHUNK = 400
ID_LIMIT = 2**63


def is_id(raw: object) -> bool:
    """True for a whole number that can be an id."""
    return isinstance(raw, int) and not isinstance(raw, bool) and 0 < raw < ID_LIMIT


class Refs:
    """The references of one actor: looked up in bulk, then answered from memory."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self._cards: dict[type[Model], dict[int, Mapping[str, Any] | None]] = {}
        self._found: dict[type[Model], dict[tuple[str, Any], list[int]]] = {}

    # names to ids --------------------------------------------------------------------------------------------

    def _key(self, model: type[Model], raw: object) -> tuple[str, Any]:
        if isinstance(raw, Mapping):
            if raw.get("id") not in (None, ""):
                raw = raw["id"]
                raw = int(raw) if isinstance(raw, str) and raw.isascii() and raw.isdigit() and len(raw) < 20 else raw
                if is_id(raw):
                    return "id", raw
                raise refuse(_("There is no such record, or it is not open to you."))
            if raw.get("external_id") not in (None, ""):
                return "external_id", str(raw["external_id"])
            raw = raw.get("username") or raw.get("name")
        if is_id(raw):
            return "id", raw
        if isinstance(raw, str) and raw.strip():
            if raw == "me" and model is apps.get_model(settings.BOSUN_PERSON_MODEL) and self.actor.id:
                return "id", self.actor.id
            return "name", raw.strip()
        raise refuse(_("There is no such record, or it is not open to you."))

    def expect(self, model: type[Model], raws: Iterable[object]) -> None:
        """Look up many at once."""
        known = self._found.setdefault(model, {})
        wanted: dict[str, set[Any]] = {}
        for raw in raws:
            if raw in (None, ""):
                continue
            try:
                how, what = self._key(model, raw)
            except Invalid:
                continue  # reported when it is resolved
            if (how, what) not in known:
                wanted.setdefault(how, set()).add(what)
        for how, values in wanted.items():
            ordered = sorted(values)
            for start in range(0, len(ordered), CHUNK):
                self._look_up(model, how, ordered[start : start + CHUNK], known)

    def _look_up(
        self, model: type[Model], how: str, values: list[Any], known: dict[tuple[str, Any], list[int]]
    ) -> None:
        for value in values:
            known[how, value] = []
        entity = registry.of(model)
        live = access.visible(entity, self.actor, few=True)
        if how != "name":
            column = "pk" if how == "id" else how
            for pk, value in live.filter(**{f"{column}__in": values}).values_list("pk", column):
                known[how, value].append(pk)
            return
        for step in (self._by_natural, self._by_title):
            missing = [value for value in values if not known["name", value]]
            if missing:
                step(entity, live, missing, known)

    def _by_natural(self, entity: Any, live: Any, values: list[Any], known: dict[tuple[str, Any], list[int]]) -> None:
        specs = access.specs(entity, self.actor)
        for name in (*entity.natural, "external_id"):
            if name not in specs:
                continue
            missing = [value for value in values if not known["name", value]]
            if specs[name].kind.multiple:
                held = Member.objects.filter(field=f"{entity.key}.{name}", value__in=missing)
                pairs = list(held.values_list("record_id", "value"))
                open_ = set(live.filter(pk__in={pk for pk, _value in pairs}).values_list("pk", flat=True))
                hits = [(pk, value) for pk, value in pairs if pk in open_]
            else:
                hits = list(live.filter(**{f"{name}__in": missing}).values_list("pk", name))
            for pk, value in hits:
                known["name", value].append(pk)

    def _by_title(self, entity: Any, live: Any, values: list[Any], known: dict[tuple[str, Any], list[int]]) -> None:
        if not self._is_titled(entity):
            return
        title = entity.title_spec
        keys: dict[str, list[str]] = {}
        for value in values:
            keys.setdefault(texts.sort_key(value)[:200], []).append(value)
        for pk, key in live.filter(**{f"{title.name}_sort__in": list(keys)}).values_list("pk", f"{title.name}_sort"):
            for value in keys.get(key, ()):
                known["name", value].append(pk)

    def _is_titled(self, entity: Any) -> bool:
        return entity.title_spec is not None and entity.title_spec.name in access.specs(entity, self.actor)

    def find(self, model: type[Model], raw: object) -> list[int]:
        """Every id that `raw` may mean to the actor: none, one, or several of one name."""
        how, what = self._key(model, raw)
        if (how, what) not in self._found.setdefault(model, {}):
            self.expect(model, [raw])
        hits = self._found[model].get((how, what), [])
        if len(hits) > 1:
            hits = self._found[model][how, what] = self._nearest_root(model, hits)
        return hits

    def resolve(self, model: type[Model], raw: object) -> int:
        """An id that is open to the actor, or Invalid."""
        how, what = self._key(model, raw)
        hits = self.find(model, raw)
        if not hits and isinstance(raw, str) and how == "name" and what.isascii() and what.isdigit() and len(what) < 19:
            return self.resolve(model, int(what))
        if len(hits) > 1:
            raise refuse(_("Several are called “%(name)s”. Give the external ID.") % {"name": str(what)[:60]})
        if not hits:
            if how == "name":
                raise refuse(_("“%(name)s” was not found, or is not open to you.") % {"name": what[:60]})
            raise refuse(_("There is no such record, or it is not open to you."))
        return hits[0]

    def _nearest_root(self, model: type[Model], hits: list[int]) -> list[int]:
        """Of places with one name the highest: Beijing the province before any district of that name."""
        if not any(field.name == "path" for field in model._meta.fields):
            return hits
        depths = [
            (path.count("/"), pk) for pk, path in model._default_manager.filter(pk__in=hits).values_list("pk", "path")
        ]
        top = min(depth for depth, _pk in depths)
        return [pk for depth, pk in depths if depth == top]

    def forget_misses(self, model: type[Model]) -> None:
        """Look again for what was not found; it may have been made meanwhile."""
        self._found[model] = {key: hits for key, hits in self._found.get(model, {}).items() if hits}

    def learn(self, model: type[Model], name: str, pk: int) -> None:
        """Remember a record made a moment ago under the name that later rows will use."""
        self._found.setdefault(model, {})["name", name] = [pk]

    # ids to names --------------------------------------------------------------------------------------------

    def _shelf(self, model: type[Model]) -> dict[int, Mapping[str, Any] | None]:
        """The cards of one model; those that look the same to everybody are kept until one of the records changes."""
        if model not in self._cards:
            entity = registry.of(model)
            part = f"cards/{entity.key}/{self.actor.language}/{self._is_titled(entity)}"
            self._cards[model] = stamps.cached(entity.stamp, part, dict) if entity.stamp and entity.open_to_all else {}
        return self._cards[model]

    def load(self, model: type[Model], ids: Iterable[int]) -> None:
        """Fetch the cards of many ids at once."""
        held, entity = self._shelf(model), registry.of(model)
        missing = sorted({pk for pk in ids if is_id(pk) and pk not in held})
        title, titled, labels = entity.title_spec, self._is_titled(entity), entity.extras.get("card_name")
        extra = [name for name in entity.natural if name == "username"]
        columns = ["pk", *([title.name] if title else []), *extra, *entity.extras.get("card", ())]
        for start in range(0, len(missing), CHUNK):
            # Others read the same shelf: a card is put there when it is ready.
            fresh: dict[int, Mapping[str, Any] | None] = dict.fromkeys(missing[start : start + CHUNK])
            for row in access.visible(entity, self.actor, few=True).filter(pk__in=list(fresh)).values(*columns):
                name = (titled and title and row[title.name]) or f"{entity.label} {row['pk']}"
                name = (labels and labels(row, self.actor.language)) or name
                fresh[row["pk"]] = {"id": row["pk"], "name": name, **{column: row[column] for column in extra}}
            held.update(fresh)

    def card(self, model: type[Model], pk: int) -> Mapping[str, Any] | None:
        """What may be shown of one id."""
        held = self._shelf(model)
        if pk not in held:
            self.load(model, [pk])
        return held.get(pk)
