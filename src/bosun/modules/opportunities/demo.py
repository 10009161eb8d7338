"""Opportunities of the demo: forty over the stages, with what is to be done next for most of them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from bosun.kernel import loading, registry
from bosun.kernel.kinds.reference import AnyValue
from bosun.lib.money import Money
from bosun.modules.customers.demo import Plan
from bosun.platform.pipelines import stages, stays
from bosun.platform.pipelines.stages import StageInfo

GOODS = {
    "en": (
        "Line 3, four pumps", "Bronze impellers", "Service contract", "Dosing station", "Spare seals", "Sludge tank",
        "Cold store", "Fire main", "Pilot plant", "Pump station",
    ),
    "es": (
        "Línea 3, cuatro bombas", "Rodetes de bronce", "Contrato de servicio", "Dosificación química",
        "Sellos de recambio", "Depósito de lodos", "Cámara fría", "Red contra incendios", "Planta piloto",
        "Estación de bombeo",
    ),
    "zh": ("三号线四台泵", "青铜叶轮", "年度维保", "加药站", "备用密封", "污泥池", "冷库", "消防管网", "中试装置",
        "泵站",
    ),
}  # fmt: skip
STEPS = {
    "en": ("Call", "Send the offer", "Visit the site", "Agree on terms", "Demo"),
    "es": ("Llamar", "Enviar la oferta", "Visitar la planta", "Acordar condiciones", "Demo"),
    "zh": ("电话", "发报价", "拜访现场", "谈条件", "演示"),
}
CURRENCY = {"GB": "GBP", "CN": "CNY"}
SPREAD = (("Prospecting", 9), ("Engaging", 9), ("Proposal", 7), ("Negotiation", 6), ("Won", 5), ("Lost", 4))
FIRST = ("ann", "cyd", "lucia", "ann", "ann")
"""Whose customers come first: who looks at the demo finds work."""
DUE = (-6, -2, 0, 0, 1, 2, 4, 6, 9, 12)
REASONS = ("price", "delivery", "no_decision", "product")


def build(found: Sequence[Plan], rng: random.Random, today: date, first: Sequence[int]) -> None:
    """Store them, and the tasks that come next."""
    known = {stage.name: stage for stage in stages.all_stages().values()}
    customers = _customers(found, rng, first)
    rows: list[dict[str, Any]] = []
    steps: list[tuple[str, date] | None] = []
    for name, count in SPREAD:
        for _number in range(count):
            plan = customers[len(rows)]
            step = None
            if known[name].outcome == "open" and len(rows) % 8 != 7:
                step = (rng.choice(STEPS[plan.language]), today + timedelta(days=DUE[len(rows) * 3 % len(DUE)]))
            rows.append(_row(plan, known[name], len(rows), rng, today, step))
            steps.append(step)
    made = loading.load(registry.get("opportunities"), rows)
    stays.tell(registry.get("opportunities"), {record.pk: _way(record, list(known.values())) for record in made})
    tasks = [
        {
            "subject": step[0], "about": AnyValue("opportunities", record.pk), "customer": record.customer_id,
            "due": datetime.combine(step[1], time(9), UTC), "priority": "normal", "owner": record.owner_id,
        }
        for record, step in zip(made, steps, strict=True)
        if step is not None
    ]  # fmt: skip
    loading.load(registry.get("tasks"), tasks)


def _way(record: Any, held: Sequence[StageInfo]) -> list[tuple[int, date]]:
    """The stages that one went through, at an even pace."""
    here = next(stage for stage in held if stage.id == record.stage_id)
    passed = [stage for stage in held if stage.outcome == "open" and stage.position < here.position]
    passed = passed[: 2 if here.outcome == "lost" else None]
    pace = (record.stage_since - record.opened) / max(1, len(passed))
    return [
        *((stage.id, record.opened + number * pace) for number, stage in enumerate(passed)),
        (here.id, record.stage_since),
    ]


def _customers(found: Sequence[Plan], rng: random.Random, first: Sequence[int]) -> list[Plan]:
    """A customer for each, those of `first` in turn before the others."""
    held = [plan for plan in found if plan.seller.person is not None]
    wanted = {person: [plan for plan in held if plan.seller.person == person] for person in first}
    chosen = []
    for number in range(sum(count for _name, count in SPREAD)):
        person = first[number % len(first)] if number % 2 == 0 else None
        pool = wanted[person] if person is not None else held
        chosen.append(pool[rng.randrange(len(pool))])
    return chosen


def _row(
    plan: Plan, stage: Any, number: int, rng: random.Random, today: date, step: tuple[str, date] | None
) -> dict[str, Any]:
    """One opportunity."""
    age = rng.randrange(20, 140)
    opened = today - timedelta(days=age)
    ended = stage.outcome != "open"
    first = stage.id == stages.of_pipeline(stage.pipeline)[0].id
    closed = today - timedelta(days=rng.randrange(1, min(age, 40))) if ended else None
    currency = CURRENCY.get(plan.country, "EUR")
    amount = rng.randrange(70, 2500) * 100 * (8 if currency == "CNY" else 1)
    goods = GOODS[plan.language]
    row: dict[str, Any] = {
        "name": goods[number % len(goods)], "customer": plan.pk, "owner": plan.seller.person,
        "pipeline": stage.pipeline, "stage": stage.id, "amount": Money(amount * 100, currency),
        "cost_price": Money(amount * rng.randrange(55, 80), currency), "opened": opened, "closed": closed,
        "closes": closed or today + timedelta(days=rng.randrange(3, 90)), "department": plan.seller.department,
        "stage_since": closed or (opened if first else today - timedelta(days=rng.randrange(1, 20))),
        "next_step": step[0] if step else None, "next_step_on": step[1] if step else None,
    }  # fmt: skip
    if stage.outcome == "lost":
        row |= {"lost_reason": REASONS[number % len(REASONS)], "lost_to": ("unknown", "in_house")[number % 2]}
    return row
