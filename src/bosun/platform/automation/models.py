"""A rule is a record; a run is one row for each record on which a rule acted, with all that explains it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bosun.kernel import fields
from bosun.kernel.columns import TextColumn
from bosun.kernel.models import Record
from bosun.lib import clock

BLOCK, ASK = "block", "ask"
GUARDS = {BLOCK: _("Block it"), ASK: _("Ask whether to go on")}
DONE, FAILED, STOPPED, UNDONE, REPLAYED = "done", "failed", "stopped", "undone", "replayed"
ENDED, HELD, ANSWERED = "ended", "held", "answered"
STATES = {
    DONE: _("Done"), FAILED: _("Failed"), STOPPED: _("Stopped"), UNDONE: _("Undone"), REPLAYED: _("Tried again"),
    ENDED: _("Did not go on"), HELD: _("Held back"), ANSWERED: _("Answered"),
}  # fmt: skip


class Rule(Record):
    """An instruction: when this happens, if this holds, do that. Its owner answers for it and hears when it fails."""

    name = fields.Text(_("Rule"), 120, title=True)
    event = fields.Text(_("When"), 120)
    trigger = fields.Settings(_("At what time"))
    when = fields.Settings(_("If"))
    do = fields.Settings(_("Do"))
    throttle = fields.Settings(_("At most"))
    enabled = fields.Flag(_("On"))
    guard = fields.Choice(GUARDS, _("Before it happens"), optional=True)
    reason = fields.Text(_("What people are told"), 300, optional=True)
    needs_text = fields.Flag(_("Going on takes a text"))
    position = fields.Number(pgettext_lazy("rule", "Position"), low=0, high=1_000_000, initial=1000)
    identity = fields.Ref(
        "org.Person", _("Acts with the rights of"), optional=True, help=_("Whoever wrote the rule, unless you say.")
    )
    tests = fields.Settings(_("Tests"))

    class Meta(Record.Meta):
        verbose_name = _("Rule")
        verbose_name_plural = _("Rules")


KEPT = tuple(
    name
    for name in ("trigger", "when", "do", "throttle", "guard", "reason", "needs_text", "tests")
    if hasattr(Rule, name)
)
"""What a rule says, besides its name, event and identity: what files and versions hold."""


class RuleTemplate(Record):
    """A rule, or one action of it, that people saved to be used again: some of its values are left open.

    `body` holds what a rule holds, `{"$": "rep"}` in the place of each value that is asked for; `params` says how.
    """

    name = fields.Text(_("Ready-made rule"), 120, title=True)
    says = fields.Text(_("What it does"), 300, optional=True)
    event = fields.Text(_("When"), 120)
    one_action = fields.Flag(_("One action only"))
    body = fields.Settings(_("Rule"))
    params = fields.Settings(_("What is asked for"))

    class Meta(Record.Meta):
        verbose_name = _("Ready-made rule")
        verbose_name_plural = _("Ready-made rules")


class Run(models.Model):
    """One rule on one record: what it saw, what it did, and what had led to it. Never altered but for its state, where
    it is undone or done after all.

    `clauses` holds the condition as a tree, each comparison with the value it saw and whether it held; `results` one
    entry for each action; `chain` the rules that led here, the first one first, as [rule, name, entity]. `step` is the
    action with which it began: of what is done after waiting, the one after the wait.
    """

    id = models.BigAutoField(primary_key=True)
    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="+", db_index=False)
    rule_version = models.PositiveIntegerField(default=0)
    step = models.PositiveSmallIntegerField(default=0)
    event = TextColumn(max_length=120)
    entity = TextColumn(max_length=60)
    record_id = models.BigIntegerField()
    title = TextColumn(max_length=250, default="")
    change_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(default=clock.now)
    ms = models.PositiveIntegerField(default=0)
    state = TextColumn(max_length=10, default=DONE)
    clauses = models.JSONField(default=dict)
    results = models.JSONField(default=list)
    chain = models.JSONField(default=list)
    error = models.TextField(default="")
    batch = TextColumn(max_length=32, default="")
    actor_id = models.BigIntegerField(null=True)
    actor_name = TextColumn(max_length=200, default="")

    class Meta:
        indexes = (
            models.Index(fields=["rule", "at"], name="run_rule"),
            models.Index(fields=["entity", "record_id", "id"], name="run_record"),
            models.Index(fields=["change_id"], name="run_change"),
            models.Index(fields=["id"], name="run_failed", condition=models.Q(state=FAILED)),
        )

    def __str__(self) -> str:
        return f"rule {self.rule_id} on {self.entity} {self.record_id}"


RUN_COLUMNS = (
    "rule_id", "rule_version", "step", "event", "entity", "record_id", "title", "change_id", "at", "ms", "state",
    "clauses", "results", "chain", "error", "batch", "actor_id", "actor_name",
)  # fmt: skip


class Clock(models.Model):
    """How far a rule that acts by time has come: everything due up to `at` is done.

    While a stretch of time is being worked through, `until` is its end and `last_pk` the last record looked at.
    """

    rule = models.OneToOneField(Rule, on_delete=models.CASCADE, primary_key=True, related_name="+")
    at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    last_pk = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"rule {self.rule_id} at {self.at}"


class Waiting(models.Model):
    """A rule that waits before it goes on with a record. What it does next and its going are one transaction.

    `held` is the rule as it was when it began: event, when, do, and whose rights; `step` the action to go on with and
    `spec` the wait itself. `told` is what the clauses about the act said then. `next_at` is when it is looked at next,
    `until` when waiting for a condition ends. `ending` says why it shall end without going on.
    """

    id = models.BigAutoField(primary_key=True)
    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="+", db_index=False)
    rule_version = models.PositiveIntegerField()
    held = models.JSONField()
    step = models.PositiveSmallIntegerField()
    spec = models.JSONField()
    entity = TextColumn(max_length=60)
    record_id = models.BigIntegerField()
    title = TextColumn(max_length=250, default="")
    since = models.DateTimeField()
    next_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    told = models.JSONField(default=list)
    chain = models.JSONField(default=list)
    depth = models.PositiveSmallIntegerField(default=0)
    change_id = models.BigIntegerField(null=True)
    door = TextColumn(max_length=20, default="")
    actor_id = models.BigIntegerField(null=True)
    actor_name = TextColumn(max_length=200, default="")
    ending = TextColumn(max_length=20, default="")

    class Meta:
        indexes = (
            models.Index(fields=["next_at"], name="waiting_next"),
            models.Index(fields=["entity", "record_id"], name="waiting_record"),
        )
        constraints = (models.UniqueConstraint(fields=["rule", "record_id", "entity"], name="waiting_once"),)

    def __str__(self) -> str:
        return f"rule {self.rule_id} waits on {self.entity} {self.record_id}"


class Turn(models.Model):
    """Whose turn it is where a rule shares out; raised in the transaction that hands out."""

    key = TextColumn(max_length=60, primary_key=True)
    value = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.key} {self.value}"

    @classmethod
    def take(cls, key: str, count: int) -> int:
        """The next `count` places; answers the first. Whoever comes meanwhile waits for the transaction to end."""
        Turn.objects.bulk_create([Turn(key=key)], ignore_conflicts=True)
        held = Turn.objects.select_for_update().get(pk=key)
        Turn.objects.filter(pk=key).update(value=models.F("value") + count)
        return int(held.value)


def any_run(**only: Any) -> Any:
    """Runs, the latest first."""
    return Run.objects.filter(**only).order_by("-id")
