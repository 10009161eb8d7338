"""Trees kept as materialised paths (`/4/17/`): departments, places. No record is its own ancestor."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.db.models import Model, OuterRef, Subquery, TextField, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from bosun.kernel.actor import Act
from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env


def no_circle_by(name: str) -> Callable[[Draft, Env], None]:
    """A rule that refuses, in the field that says who stands above, the record itself and what lies below it."""

    def rule(draft: Draft, env: Env) -> None:
        above = draft.values.get(name)
        if above is None or draft.new:
            return
        rows = draft.entity.model._default_manager
        seen: set[int] = set()
        while above is not None and above not in seen:
            if above == draft.pk:
                draft.refuse(name, _("A record cannot be above itself. Choose another one."))
                return
            seen.add(above)
            above = rows.filter(pk=above).values_list(f"{name}_id", flat=True).first()

    return rule


no_circle = no_circle_by("parent")


def keep_paths(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    """Set the path of new and moved records, and of all below the moved ones."""
    model = drafts[0].entity.model
    for draft in drafts:
        if draft.verb != "created" and "parent" not in draft.diff:
            continue
        parent = draft.record.parent_id
        above = model._default_manager.filter(pk=parent).values_list("path", flat=True).first() if parent else None
        old, new = draft.record.path, f"{above or '/'}{draft.pk}/"
        model._default_manager.filter(pk=draft.pk).update(path=new)
        draft.record.path = new
        if draft.verb == "created":
            continue
        for pk, path in (
            model._default_manager.filter(path__startswith=old).exclude(pk=draft.pk).values_list("pk", "path")
        ):
            model._default_manager.filter(pk=pk).update(path=new + path[len(old) :])


def fill_paths(model: type[Model]) -> None:
    """Give rows that were loaded without the door the path that their parents say, layer by layer."""
    rows = model._default_manager
    tail = Concat(Cast("pk", TextField()), Value("/"), output_field=TextField())
    rows.filter(path="/", parent__isnull=True).update(path=Concat(Value("/"), tail, output_field=TextField()))
    done = 1
    while done:
        above = rows.filter(pk=OuterRef("parent_id")).values("path")[:1]
        ready = rows.filter(path="/", parent__in=rows.exclude(path="/").values("pk"))
        done = ready.update(path=Concat(Subquery(above), tail, output_field=TextField()))
