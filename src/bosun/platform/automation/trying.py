"""Tests inside a rule: given this record, when that is done to it, this is to follow. They run and leave nothing.

    tests:
      - name: IT from Beijing goes to Ann
        related: [{entity: contacts, values: {name: Li, customer: record}}]
        given: {region: Beijing, industry: it, owner: ben}
        change: {grade: A}
        as: ben
        expect: {runs: true, sets: {owner: ann}, notifies: [ben], creates: [tasks]}

`given` is the record before; without `change` or `verb` making it is the act. What is `related` is made before it, or
after it where one of its values is `record`. Everything happens in a transaction that is rolled back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from bosun.kernel import access, conditions, records, registry, stamps
from bosun.kernel.actor import Act, Actor, system_actor
from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.kernel.errors import DoorError, FieldError, Invalid, Objected
from bosun.platform.automation import happenings, matching, rulebook, running, services
from bosun.platform.automation.models import FAILED, Run
from bosun.platform.automation.rulebook import Compiled
from bosun.platform.automation.subject import Seen, Subject
from bosun.platform.org import actors

Json = dict[str, Any]
KEYS = frozenset(("name", "given", "related", "change", "verb", "values", "as", "door", "expect"))
EXPECT = frozenset(("runs", "fails", "sets", "notifies", "creates", "waits", "blocks", "asks"))
MOST = 50
RECORD = "record"
WAIT = "wait"
"""The action that goes on later."""


@dataclass
class Tried:
    """One test and what was otherwise than it says; nothing of that where it passed."""

    rule: str
    name: str
    differs: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """True when all was as expected."""
        return not self.differs


@dataclass
class _Scene:
    """One test at work."""

    rule: Compiled
    test: Mapping[str, Any]
    actor: Actor
    setting: Act
    record: Any = None
    objected: Objected | None = None
    runs: list[Run] = field(default_factory=list)


def check(tests: Any) -> Iterator[str]:
    """What is wrong with tests as they are written, in words."""
    if not isinstance(tests, Sequence) or isinstance(tests, str) or len(tests) > MOST:
        yield _("Tests are a list, at most %(max)s.") % {"max": MOST}
        return
    for number, test in enumerate(tests, 1):
        for said in _wrong(test):
            yield _("%(number)s. %(error)s") % {"number": number, "error": said}


def _wrong(test: Any) -> Iterator[str]:
    if not isinstance(test, Mapping) or not isinstance(test.get("expect"), Mapping) or not test["expect"]:
        yield _("A test says what is given, and what to expect.")
        return
    for name in [*(set(test) - KEYS), *(set(test["expect"]) - EXPECT)]:
        yield _("“%(name)s” is not known here.") % {"name": str(name)[:60]}
    yield from _wrong_fields(test, ("given", "change", "values"))
    yield from _wrong_fields(test["expect"], ("sets",))
    whole = (
        all(isinstance(test.get(part, ""), str) for part in ("verb", "door"))
        and isinstance(test.get("name"), str | int | None)
        and isinstance(test.get("as"), str | int | Mapping | None)
        and _are_related(test.get("related", []))
        and _can_be_expected(test["expect"])
    )
    if not whole or {"change", "verb"} <= set(test):
        yield _("This test cannot be read.")


def _wrong_fields(part: Mapping[str, Any], names: Sequence[str]) -> Iterator[str]:
    for name in names:
        if name in part and not (isinstance(part[name], Mapping) and all(isinstance(each, str) for each in part[name])):
            yield _("“%(name)s” holds fields and their values.") % {"name": name}


def _are_related(related: Any) -> bool:
    return isinstance(related, list) and all(
        isinstance(each, Mapping)
        and isinstance(each.get("entity"), str)
        and set(each) <= {"entity", "values"}
        and isinstance(each.get("values", {}), Mapping)
        for each in related
    )


def _can_be_expected(expect: Mapping[str, Any]) -> bool:
    plain = all(isinstance(expect.get(name, True), bool) for name in ("runs", "fails", "waits"))
    words = all(isinstance(expect.get(name, True), bool | str) for name in ("blocks", "asks"))
    lists = [expect.get(name, []) for name in ("notifies", "creates")]
    return (
        plain
        and words
        and all(isinstance(each, list) and all(isinstance(name, str) for name in each) for each in lists)
    )


def run(row: Any, runner: Actor) -> list[Tried]:
    """The tests of one rule, whether it is on or off; nothing stays of what they did."""
    rule = rulebook.compile_rule(row)
    name = str(row.name)
    if rule.broken:
        return [Tried(name, "", [_("The rule cannot be used any more: what it speaks of is gone.")])]
    wrong = list(check(row.tests or []))
    if wrong:
        return [Tried(name, "", wrong)]
    try:
        return [_alone(rule, test, number, runner) for number, test in enumerate(row.tests or [], 1)]
    finally:
        stamps.forget()
        stamps.refresh()


def _alone(rule: Compiled, test: Mapping[str, Any], number: int, runner: Actor) -> Tried:
    tried = Tried(str(rule.row.name), str(test.get("name") or _("Test %(n)s") % {"n": number})[:200])
    try:
        with transaction.atomic():
            scene = _Scene(rule, test, *_people(rule, test, runner))
            _play(scene)
            tried.differs = list(_compare(scene))
            transaction.set_rollback(True)
    except Invalid as error:
        tried.differs = [f"{part.field}: {part.message}" if part.field else part.message for part in error.errors]
    except DoorError as error:
        tried.differs = [error.title]
    return tried


def _people(rule: Compiled, test: Mapping[str, Any], runner: Actor) -> tuple[Actor, Act]:
    """Who acts, and who sets the scene. Only an administrator lets somebody else act."""
    who: Any = test.get("as")
    acting = rulebook.identity(rule.row)
    if who is not None:
        acting = actors.load(records.environment(runner).refs.resolve(registry.get("users").model, who))
    if acting is None or (acting.id != runner.id and not runner.is_admin):
        raise Invalid(_("Only an administrator tests a rule as somebody else."))
    return acting, Act(system_actor() if runner.is_admin else runner, "system")


def _play(scene: _Scene) -> None:
    entity, test = scene.rule.entity, scene.test
    word = str(scene.rule.row.event).rpartition(".")[2]
    act = Act(scene.actor, str(test.get("door") or "form"))
    later = [each for each in test.get("related", []) if RECORD in (each.get("values") or {}).values()]
    making = word in ("created", "saved") and not {"change", "verb"} & set(test)
    with rulebook.alone(None):
        for each in test.get("related", []):
            if each not in later:
                _make(scene.setting, each, None)
        if not making:
            scene.record = _insist(lambda how: records.create(entity, _given(scene), how), scene.setting)
            for each in later:
                _make(scene.setting, each, scene.record.pk)
        if word == "restored":
            removal = records.remove_one(entity, scene.record.pk, scene.setting)
    with rulebook.alone(scene.rule):
        try:
            if making:
                scene.record = _insist(lambda how: records.create(entity, _given(scene), how), act)
            elif word == "restored":
                records.restore(removal.pk, act)
            else:
                _do(scene, word, act)
        except Objected as error:
            scene.objected = error
    if scene.record is not None:
        scene.runs = list(Run.objects.filter(rule_id=scene.rule.id, record_id=scene.record.pk).order_by("pk"))


def _do(scene: _Scene, word: str, act: Act) -> None:
    entity, test, pk = scene.rule.entity, scene.test, scene.record.pk
    verb = test.get("verb") or next((each.key for each in entity.verbs.values() if each.past == word), "")
    if word == "deleted":
        records.remove_one(entity, pk, act)
    elif word == happenings.TIME:
        _at_its_time(scene, act)
    elif verb and "change" not in test:
        (draft,) = records.run_verb(entity, [pk], verb, test.get("values") or {}, act)
        if draft.failure is not None:
            raise draft.failure
    else:
        _insist(lambda how: records.change(entity, pk, test.get("change") or {}, how), act)


def _at_its_time(scene: _Scene, act: Act) -> None:
    rule = scene.rule
    row = records.get(rule.entity, scene.record.pk, system_actor())
    subject = Subject(Draft(rule.entity, {}, record=row, pk=row.pk, verb=happenings.TIME), row, act, Seen())
    if matching.among(rule.condition, [subject], rule.env):
        running.run(rule, [subject])


def _given(scene: _Scene) -> Json:
    """The record as the test gives it; a name of its own and an owner where it does not say."""
    entity, given = scene.rule.entity, dict(scene.test.get("given") or {})
    title = entity.title_spec
    if title is not None and title.required:
        given.setdefault(title.name, str(scene.rule.row.name)[:60])
    if entity.owned and scene.setting.actor.is_admin:
        given.setdefault("owner", {"id": scene.actor.id})
    return given


def _make(act: Act, raw: Mapping[str, Any], pk: int | None) -> None:
    entity = registry.find(str(raw["entity"]))
    if entity is None:
        raise Invalid([FieldError("related", _("There is no such record, or it is not open to you."))])
    values = {name: pk if value == RECORD else value for name, value in (raw.get("values") or {}).items()}
    _insist(lambda how: records.create(entity, values, how), act)


def _insist(do: Callable[[Act], Any], act: Act) -> Any:
    """Do it, and answer every question but that of a rule with yes: a likely duplicate is meant."""
    try:
        return do(act)
    except Objected as error:
        asked = {each.confirm for each in error.objections}
        if not all(asked) or any(each.startswith("rule-") for each in asked):
            raise
        return do(replace(act, confirm=act.confirm | asked))


# what is compared ------------------------------------------------------------------------------------------------


def _compare(scene: _Scene) -> Iterator[str]:
    """What is otherwise than expected, as far as whoever runs the test may see it."""
    yield from _how_it_went(scene)
    yield from _what_followed(scene)
    env = records.environment(scene.setting.actor)
    for name, wanted in (scene.test["expect"].get("sets") or {}).items():
        yield from _value(scene, str(name), wanted, env)


def _how_it_went(scene: _Scene) -> Iterator[str]:
    expect = scene.test["expect"]
    failed = [each for each in scene.runs if each.state == FAILED]
    ran = len(scene.runs) > len(failed) or scene.objected is not None
    if "fails" in expect and bool(failed) != bool(expect["fails"]):
        yield _said(_("fails"), expect["fails"], bool(failed))
    elif failed and not expect.get("fails"):
        yield _("It failed: %(error)s") % {"error": failed[0].error}
    if "runs" in expect and ran != bool(expect["runs"]):
        yield _said(_("runs"), expect["runs"], ran) + _unmet(scene)
    for word, ask in (("blocks", False), ("asks", True)):
        if word in expect:
            yield from _objections(scene.objected, word, ask, expect[word])
    if scene.objected is not None and not {"blocks", "asks", "runs"} & set(expect):
        yield scene.objected.title


def _what_followed(scene: _Scene) -> Iterator[str]:
    expect = scene.test["expect"]
    results = [each for row in scene.runs for each in row.results if "error" not in each]
    told = {_username(pk) for each in results for pk in each.get("people", ())}
    made = [each["entity"] for each in results if each.get("action") == "create" and "entity" in each]
    for word, label, found in (("notifies", _("notifies"), told), ("creates", _("creates"), made)):
        wanted = sorted(str(each) for each in expect.get(word) or [])
        if word in expect and wanted != sorted(found):
            yield _said(label, ", ".join(wanted), ", ".join(sorted(found)))
    if "waits" in expect:
        waits = any(each.get("action") == WAIT and "skipped" not in each for each in results)
        if waits != bool(expect["waits"]):
            yield _said(_("waits"), expect["waits"], waits)


def _objections(objected: Objected | None, word: str, asks: bool, wanted: Any) -> Iterator[str]:
    said = [each.reason for each in (objected.objections if objected else ()) if bool(each.confirm) == asks]
    if isinstance(wanted, str):
        if wanted not in said:
            yield _said(word, wanted, "; ".join(said))
    elif bool(said) != bool(wanted):
        yield _said(word, wanted, bool(said))


def _value(scene: _Scene, name: str, wanted: Any, env: Env) -> Iterator[str]:
    path, entities = conditions.walk(scene.rule.entity, name, env)
    pk = scene.record.pk if scene.record is not None else None
    held: Any = None
    for spec, entity in zip(path, entities, strict=True):
        row = access.visible(entity, env.actor).filter(pk=pk).first() if pk else None
        held = pk = spec.get(row) if row is not None else None
    kind = path[-1].kind
    parsed = kind.parse(wanted, env)
    if not kind.same(held, parsed):
        for value in (held, parsed):
            for model, each in kind.refers(value):
                env.refs.load(model, [each])
        yield _said(str(path[-1].label), kind.text(parsed, env), kind.text(held, env))


def _unmet(scene: _Scene) -> str:
    """The comparisons that did not hold, with what they saw."""
    if scene.record is None or scene.runs:
        return ""
    env = records.environment(scene.setting.actor)
    found = services.why(scene.rule.entity, scene.record.pk, scene.rule.id, env)["clauses"]
    unmet = [f"{each['says']} ({each['saw'] or '—'})" for each in _leaves(found or {}) if each["holds"] is False]
    return f" · {'; '.join(unmet)}" if unmet else ""


def _leaves(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if "items" in node:
        for item in node["items"]:
            yield from _leaves(item)
    elif node:
        yield node


def _said(what: str, wanted: Any, found: Any) -> str:
    words = {True: _("yes"), False: _("no")}
    told = [words[each] if isinstance(each, bool) else str(each or "—") for each in (wanted, found)]
    return _("%(what)s: %(wanted)s expected, %(found)s found") % {"what": what, "wanted": told[0], "found": told[1]}


def _username(pk: int) -> str:
    row = registry.get("users").model._default_manager.filter(pk=pk).first()
    return str(getattr(row, "username", None) or pk)
