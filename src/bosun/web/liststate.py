"""The state of a list, kept in its address: view, filter, order, columns, words. Read once, written into every link."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from bosun.kernel import access, conditions, records
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Invalid
from bosun.kernel.query import Query
from bosun.kernel.specs import FieldSpec
from bosun.platform.views import services
from bosun.platform.views.services import View

PAGE = 50
MODES = {"board": ("pipeline",), "chart": ("by", "sum", "kind"), "forecast": ()}
"""Other ways to look at a list, each with the parameters of its own."""


@dataclass(frozen=True)
class ListState:
    """What a list shows. None means: as the view has it."""

    entity: Entity
    env: Env
    view: View
    filter: Any = None
    sort: tuple[str, ...] | None = None
    columns: tuple[str, ...] | None = None
    words: str = ""
    cursor: str = ""
    mode: str = ""
    extra: tuple[tuple[str, str], ...] = ()
    all_views: tuple[View, ...] = field(default=(), compare=False)

    # what is meant -------------------------------------------------------------------------------------------

    @property
    def specs(self) -> dict[str, FieldSpec]:
        """The fields that exist for the reader."""
        return access.specs(self.entity, self.env.actor)

    @property
    def tree(self) -> Any:
        """The filter in force."""
        return self.view.filter if self.filter is None else self.filter

    @property
    def order(self) -> list[str]:
        """The order in force, without fields that are hidden from the reader where a view names them."""
        if self.sort is not None:
            return list(self.sort)
        wanted = self.view.sort or self.entity.sort
        known = self.specs
        return [name for name in wanted if name.lstrip("-") in known]

    @property
    def shown_columns(self) -> list[FieldSpec]:
        """The columns besides the title."""
        wanted = self.columns or self.view.columns or self.entity.columns
        title = self.entity.title_spec
        known = self.specs
        return [known[name] for name in wanted if name in known and not (title and name == title.name)]

    def query(self, action: str = "read") -> Query:
        """The records that this list holds; Invalid where the filter or the order cannot be used."""
        if not self.view.usable and self.filter is None:
            raise Invalid(_("This view speaks of a field that is not open to you."))
        found = records.query(self.entity, self.env.actor, self.env, action)
        if self.entity.extras.get("private"):
            found = found.where(owner_id=self.env.actor.id)  # in nobody's list but one's own, whatever rights one has
        if self.tree:
            found = found.filter(self.tree)
        if self.words:
            found = found.search(self.words)
        return found.sort(self.order)

    def condition(self) -> conditions.Condition:
        """The filter, parsed."""
        return conditions.parse(self.tree, self.entity, self.env)

    # addresses -----------------------------------------------------------------------------------------------

    def params(self) -> dict[str, str]:
        """The state as it stands in an address."""
        found: dict[str, str] = {}
        if self.view.key:
            found["view"] = self.view.key
        if self.filter is not None:
            found["filter"] = json.dumps(self.filter, ensure_ascii=False, separators=(",", ":")) if self.filter else ""
        if self.sort is not None:
            found["sort"] = ",".join(self.sort)
        if self.columns is not None:
            found["columns"] = ",".join(self.columns)
        if self.words:
            found["q"] = self.words
        return {**found, **dict(self.extra)}

    @property
    def home(self) -> str:
        """The page of this list without what is chosen on it, as a table or as it is looked at now."""
        return f"/{self.entity.key}/{self.mode}" if self.mode else f"/{self.entity.key}"

    def address(self, path: str = "", **changes: Any) -> str:
        """The address of this list, or of a part of it, with changes."""
        state = replace(self, **changes) if changes else self
        params = state.params()
        if state.cursor:
            params["cursor"] = state.cursor
        if path and state.mode:
            params["mode"] = state.mode
        query = urlencode(params)
        base = f"/{self.entity.key}{path}" if path else state.home
        return f"{base}?{query}" if query else base

    def keep(self, *without: str) -> list[tuple[str, str]]:
        """Hidden inputs of a form that changes one part of the state."""
        return [(name, value) for name, value in self.params().items() if name not in without]

    @property
    def is_changed(self) -> bool:
        """True when the list is not as its view has it."""
        return self.filter is not None or self.sort is not None or self.columns is not None


def names(text: str | None) -> tuple[str, ...] | None:
    """A list of field names in an address; None when it is not there."""
    return None if text is None else tuple(part.strip() for part in text.split(",") if part.strip())[:40]


def parse_filter(text: str | None) -> Any:
    """A filter in an address: None when it is not there, {} when it is empty."""
    if text is None:
        return None
    if not text.strip():
        return {}
    try:
        found = json.loads(text)
        # JSON can spell NUL and halves of characters, which neither an address nor a database takes.
        said = json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        said = b"\\u0000"
    if b"\\u0000" in said:
        raise Invalid(_("This filter cannot be read."))
    return found


def from_params(entity: Entity, env: Env, params: Any, mode: str = "") -> ListState:
    """The state that an address describes; `mode` is the way of looking at it that the address stands for."""
    known = [View("", _("All")), *services.of(entity, env)]
    key = params.get("view", "")
    view = next((each for each in known if each.key == key), known[0])
    mode = mode or (params.get("mode", "") if params.get("mode", "") in MODES else "")
    return ListState(
        entity,
        env,
        view,
        filter=parse_filter(params.get("filter")),
        sort=names(params.get("sort")),
        columns=names(params.get("columns")) or None,
        words=params.get("q", "").strip()[:200],
        cursor=params.get("cursor", ""),
        mode=mode,
        extra=tuple((name, params[name][:80]) for name in MODES.get(mode, ()) if params.get(name)),
        all_views=tuple(known),
    )
