"""What a file names that is not there yet: options and records that are made on the way, or refused, as chosen."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel import records, registry
from bosun.kernel.actor import Act
from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.kernel.errors import DoorError, Invalid
from bosun.kernel.kinds import Choice
from bosun.lib import text as texts
from bosun.platform.imports.cells import Row
from bosun.platform.imports.mapping import Step, Target
from bosun.platform.imports.reading import Scan

OPTIONS = "options"


def settle_choices(step: Step, rows: Sequence[Row], act: Act) -> None:
    """Add, empty or refuse options that are not on their list."""
    for target in step.targets:
        if isinstance(target.kind, Choice):
            _settle_choice(target, target.kind, [row for row in rows if row.open], act)


def _settle_choice(target: Target, kind: Choice, rows: Sequence[Row], act: Act) -> None:
    name = target.spec.name
    wanted: dict[str, None] = {}
    for row in rows:
        for part in _parts(kind, row.raw.get(name)):
            if kind.find(part) is None:
                wanted[part] = None
    if not wanted:
        return
    failed: Mapping[str, str] = {}
    if target.unknown == "add":
        failed = add_options(kind, list(wanted), act)
    for row in rows:
        parts = _parts(kind, row.raw.get(name))
        bad = [part for part in parts if part in wanted and (target.unknown != "add" or part in failed)]
        if not bad:
            continue
        if target.unknown == "empty":
            left = [part for part in parts if part not in bad]
            row.raw[name] = ", ".join(left) or None
            row.note(name, _("“%(value)s” is not on the list and was left out.") % {"value": ", ".join(bad)[:60]})
        else:
            said = failed.get(bad[0]) or _("“%(value)s” is not on the list.") % {"value": bad[0][:60]}
            row.refuse(name, said)


def _parts(kind: Choice, raw: Any) -> list[str]:
    if raw in (None, "") or not isinstance(raw, str):
        return []
    if not kind.multiple:
        return [raw.strip()]
    return [part.strip() for part in raw.replace(";", ",").split(",") if part.strip()]


def add_options(kind: Choice, labels: Sequence[str], act: Act) -> dict[str, str]:
    """Put new options at the end of a list, through the door; answers those that were refused, and why."""
    taken = set(kind.options())
    drafts = []
    for place, label in enumerate(labels, len(taken) + 1):
        key = option_key(label, taken)
        taken.add(key)
        values = {"list_key": kind.list_key, "key": key, "label": label, "position": place * 10}
        drafts.append(Draft(registry.get(OPTIONS), values, verb="created"))
    records.save(drafts, act)
    return {
        label: draft.failure.title for label, draft in zip(labels, drafts, strict=True) if draft.failure is not None
    }


def option_key(label: str, taken: set[str]) -> str:
    """A short key in Latin letters that the list does not have yet."""
    folded = texts.fold(label)
    plain = folded if folded.isascii() else texts.pinyin(label)[0] or folded
    base = re.sub(r"[^a-z0-9]+", "_", plain.encode("ascii", "ignore").decode()).strip("_")[:40] or "option"
    key, number = base, 1
    while key in taken:
        number += 1
        key = f"{base}_{number}"
    return key


class Linker:
    """Resolves what rows refer to: among what is there, what the rows above made, and what further rows will make."""

    def __init__(self, step: Step, seen: Scan, env: Env, act: Act) -> None:
        self.step = step
        self.seen = seen
        self.env = env
        self.act = act
        self.targets = [target for target in step.targets if target.refers_to is not None and not target.kind.multiple]

    def settle(self, rows: Sequence[Row]) -> None:
        """Make, put off, empty or refuse references to what is not there."""
        for target in self.targets:
            self._settle(target, [row for row in rows if row.open and row.raw.get(target.spec.name)])

    def _settle(self, target: Target, rows: Sequence[Row]) -> None:
        entity, name = target.refers_to, target.spec.name
        if entity is None or not rows:
            return
        refs = self.env.refs
        refs.expect(entity.model, [_bare(row.raw[name]) for row in rows])
        absent: dict[str, list[Row]] = {}
        for row in rows:
            try:
                if not refs.find(entity.model, _bare(row.raw[name])):
                    absent.setdefault(_said(row.raw[name]), []).append(row)
            except Invalid as error:
                row.refuse(name, error.title)
        if entity is self.step.entity:
            for said in [said for said in absent if self.seen.brings(self.step, said)]:
                self._put_off(name, absent.pop(said))
        if absent and target.missing == "create":
            absent = self._make(target, absent)
        for said, left in absent.items():
            self._leave(target, said, left)

    def _put_off(self, name: str, rows: Sequence[Row]) -> None:
        """A row further down brings the record; the reference is set when all rows are in."""
        for row in rows:
            row.links[name] = row.raw.pop(name)

    def _make(self, target: Target, absent: dict[str, list[Row]]) -> dict[str, list[Row]]:
        """Make records that are only named; answers what could not be made."""
        entity = target.refers_to
        title = entity.title_spec if entity else None
        if entity is None or title is None:
            return absent
        place = target.by if target.by in ("external_id", "username") else title.name
        drafts = [Draft(entity, {title.name: said, place: said, **target.new}, verb="created") for said in absent]
        records.save(drafts, self.act)
        self.env.refs.forget_misses(entity.model)
        for draft, (said, rows) in zip(drafts, list(absent.items()), strict=True):
            if draft.failure is None:
                del absent[said]
                continue
            for row in rows:
                row.refuse(target.spec.name, _reason(draft.failure))
        return {said: [row for row in rows if row.open] for said, rows in absent.items()}

    def _leave(self, target: Target, said: str, rows: Sequence[Row]) -> None:
        message = _("“%(name)s” was not found, or is not open to you.") % {"name": said[:60]}
        for row in rows:
            if target.missing == "empty":
                row.raw[target.spec.name] = None
                row.note(target.spec.name, message)
            else:
                row.refuse(target.spec.name, message)


def _bare(raw: Any) -> Any:
    """What names the record, without the entity of a reference to any record."""
    return {name: value for name, value in raw.items() if name != "entity"} if isinstance(raw, Mapping) else raw


def _said(raw: Any) -> str:
    if isinstance(raw, Mapping):
        return str(raw.get("name") or raw.get("external_id") or raw.get("username") or raw.get("id") or "")
    return str(raw)


def _reason(failure: DoorError) -> str:
    return failure.errors[0].message if isinstance(failure, Invalid) and failure.errors else failure.title
