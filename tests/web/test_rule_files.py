"""Versions, tests and files of rules, in the pages of the settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from bosun.kernel import records
from bosun.platform.automation.models import Rule, RuleTemplate
from tests.kernel.world import SYSTEM, World
from tests.web.conftest import Seat
from tests.web.test_automation_console import BASE, form, make, text

Sit = Callable[[str], Seat]


def said(answer: Any) -> str:
    """What an answer says, without its markup."""
    return text(answer.content.decode())


def test_versions_and_the_way_back(world: World, sit: Sit) -> None:
    ada = sit("ada")
    rule = make(ada)
    ada.send(f"{BASE}/{rule.pk}", 204, **form(version=str(rule.version), do_0_value_grade="B", name="IT is theirs"))
    page = text(ada.fragment(f"{BASE}/{rule.pk}/versions"))
    assert "Version 2 Ada" in page
    assert page.count("Go back to it") == 1, "one does not go back to where one is"
    assert "name: IT is ours → IT is theirs no longer: set Grade to A now also: set Grade to B Version 1" in page
    ada.send(f"{BASE}/{rule.pk}/versions/1", 204)
    rule.refresh_from_db()
    assert (rule.name, rule.do[0]["value"], rule.enabled, rule.version) == ("IT is ours", "A", True, 3)
    ada.send(f"{BASE}/{rule.pk}/versions/9", 404)
    sit("ann").send(f"{BASE}/{rule.pk}/versions/2", 403)
    rule.refresh_from_db()
    assert rule.version == 3


def test_tests_are_written_run_and_saved(world: World, sit: Sit) -> None:
    ada = sit("ada")
    rule = make(ada)
    at = f"{BASE}/{rule.pk}/tests"
    assert "There is no test yet" in said(ada.send(at, 422, tests="", run="1"))
    typed = "- given: {industry: it}\n  expect: {runs: true, sets: {grade: A}}\n- expect: {runs: true}\n"
    # A dialog closes on a 2xx and is drawn anew on a 422.
    answer = said(ada.send(at, 422, tests=typed, run="1"))
    assert "- given: {industry: it} expect: {runs: true, sets: {grade: A}} - expect: {runs: true}" in answer, "typed"
    assert "One test failed Test 1 Test 2 runs: yes expected, no found · Industry is IT (—)" in answer
    assert Rule.objects.get().tests is None, "they were only run"
    ada.send(at, 204, tests=typed, version=str(rule.version))
    rule.refresh_from_db()
    assert [each["expect"] for each in rule.tests] == [{"runs": True, "sets": {"grade": "A"}}, {"runs": True}]
    assert "- given: {industry: it} expect: runs: true sets: {grade: A} - expect: {runs: true}" in text(
        ada.fragment(at)
    )
    assert "Line 2: “a” stands here twice." in said(ada.send(at, 422, tests="- a: 1\n  a: 2", run="1"))
    assert "1. “then” is not known here." in said(ada.send(at, 422, tests="- {expect: {runs: true}, then: 1}"))
    sit("ann").send(at, 403, tests="", run="1")


def test_a_file_goes_out_and_comes_in(world: World, sit: Sit) -> None:
    ada = sit("ada")
    rule = make(ada)
    answer = ada.client.get(f"{BASE}/file")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="rules.yaml"'
    whole = answer.content.decode()
    assert ada.client.get(f"{BASE}/{rule.pk}/file").content.decode() == whole

    def upload(content: str, status: int = 422) -> Any:
        return ada.send(f"{BASE}/upload", status, file=SimpleUploadedFile("r.yaml", content.encode()))

    same = said(upload(whole))
    assert "Same IT is ours" in same
    assert "Nothing to bring in: all rules are the same." in same
    assert "They are off until" not in same, "there is nothing to go on with"
    ada.send(f"{BASE}/upload", 204, text=whole)
    assert "Nothing to bring in: all rules are the same." in said(ada.client.get(BASE))
    assert Rule.objects.get().version == rule.version
    other = whole.replace("value: A", "value: B")
    told = said(upload(other))
    assert "Changed IT is ours switched off no longer: set Grade to A now also: set Grade to B" in told
    assert Rule.objects.get().version == rule.version, "it was only looked at"
    ada.send(f"{BASE}/upload", 204, text=other)
    now = records.get("rules", rule.pk, SYSTEM.actor)
    assert (now.enabled, now.do) == (False, [{"action": "set", "field": "grade", "value": "B"}])
    wrong = said(upload(whole.replace("customers.saved", "customers.sung")))
    assert "Not brought in IT is ours event: There is no such event." in wrong
    assert Rule.objects.count() == 1


def test_a_rule_is_kept_as_ready_made(world: World, sit: Sit) -> None:
    ada = sit("ada")
    rule = make(ada)
    at = f"{BASE}/{rule.pk}/template"
    assert "Industry: IT" in text(ada.fragment(at))
    assert "Fill in" in said(ada.send(at, 422, name="", part="whole"))
    ada.send(at, 204, name="One sector", part="whole", label_0="Which sector")
    key = f"own-{RuleTemplate.objects.get().pk}"
    assert "One sector" in text(ada.get(f"{BASE}/gallery"))
    assert "Which sector" in text(ada.fragment(f"{BASE}/gallery/{key}"))
    ada.send(f"{BASE}/gallery/{key}", 204, p1="food")
    made = Rule.objects.latest("pk")
    assert (made.name, made.enabled, made.when["all"][0]["value"]) == ("One sector", False, "food")
    ada.send(f"{BASE}/gallery/{key}/edit", 204, name="A sector", says="")
    assert "A sector" in text(ada.get(f"{BASE}/gallery"))
    ada.send(f"{BASE}/gallery/{key}/remove", 204)
    assert f"gallery/{key}" not in ada.get(f"{BASE}/gallery")
    assert Rule.objects.filter(pk=made.pk, deleted_at__isnull=True).exists()
    sit("ann").get(at, 403)
