"""List pages: the page itself, further rows, and the totals that load after it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from bosun.kernel import access, conditions
from bosun.kernel.conditions import Condition, Group, Leaf
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Invalid
from bosun.kernel.query import COUNT_TO
from bosun.platform import wording
from bosun.web import bulk, selection, subscribing, views
from bosun.web.liststate import ListState, from_params
from bosun.web.present import short
from bosun.web.table import table
from bosun.web.viewmenu import view_menu
from bosun.web.visit import Visit, page

VIEW_COUNT_TO = 999


def state_of(visit: Visit, key: str) -> ListState:
    """The list that the address describes."""
    return from_params(visit.entity(key), visit.env, visit.request.GET)


@page("GET")
def list_page(visit: Visit, key: str) -> HttpResponseBase:
    """A list of records."""
    state = state_of(visit, key)
    entity = state.entity
    drawn = table(state)
    context = {
        "title": entity.plural,
        "page_title": entity.plural,
        "state": state,
        **above(state),
        "columns_dialog": state.address("/columns", cursor=""),
        "table": drawn,
        "totals_url": state.address("/totals", cursor="") if drawn["rows"] else "",
        "bulk": bulk.bar(visit, state) if drawn["rows"] else None,
    }
    if not drawn["rows"]:
        context["empty"] = empty(visit, state)
    return visit.draw("web/pages/list.html", context)


def above(state: ListState) -> dict[str, Any]:
    """What stands above a list however one looks at it: views, filters, order, search, and the other ways."""
    return {
        "views": tabs(state),
        **tab_menu(state),
        "counts_url": state.address("/counts", cursor=""),
        "filters": chips(state),
        "filter_dialog": state.address("/filter", cursor=""),
        "sorts": sorts(state),
        "sort_dialog": state.address("/sort", cursor=""),
        "clear_url": state.address(filter={}, words="", cursor=""),
        "search": {"action": state.home, "words": state.words, "keep": state.keep("q")},
        "modes": modes(state),
    }


def modes(state: ListState) -> list[dict[str, Any]]:
    """The ways of looking at a list: as a table, as a chart, and on a board with a forecast where it has stages."""
    ways = [("", _("List"), "layout-list"), ("chart", _("Chart"), "chart-bar")]
    if state.entity.board in state.specs:
        ways[1:1] = [("board", _("Board"), "layout-kanban"), ("forecast", _("Forecast"), "trending-up")]
    return [
        {
            "label": label,
            "icon": icon,
            "current": mode == state.mode,
            "url": state.address(mode=mode, cursor="", extra=state.extra if mode == state.mode else ()),
        }
        for mode, label, icon in ways
    ]


@page("GET")
def rows(visit: Visit, key: str) -> HttpResponseBase:
    """The next rows of a list."""
    return visit.draw("web/parts/list/rows.html", {"table": table(state_of(visit, key))})


@page("GET")
def counts(visit: Visit, key: str) -> HttpResponseBase:
    """How many records each view holds; loaded after the page."""
    state = state_of(visit, key)
    drawn = tabs(state)
    for tab, view in zip(drawn, state.all_views, strict=True):
        try:
            count, exact = ListState(state.entity, visit.env, view).query().count(VIEW_COUNT_TO)
        except Invalid:
            continue
        tab["count"] = spell(count, visit.env, exact)
    return visit.draw("web/parts/list/counts.html", {"views": drawn})


def tab_menu(state: ListState) -> dict[str, Any]:
    """What stands beside the tabs."""
    return {
        "save_view_dialog": state.address("/view/save", cursor=""),
        "view_menu": [*views.menu(state, state.env), *subscribing.menu(state), *view_menu(state)],
    }


@page("GET")
def totals(visit: Visit, key: str) -> HttpResponseBase:
    """Count and sums of a list; exact up to ten thousand unless `exact` asks for all."""
    state = state_of(visit, key)
    query = state.query()
    whole = "exact" in visit.request.GET
    count, exact = query.count(0 if whole else COUNT_TO)
    summed = [spec for spec in state.shown_columns if "sum" in spec.kind.aggregates] if exact else []
    sums = query.sums([spec.name for spec in summed]) if summed and count else {}
    address = state.address("/totals", cursor="")
    mark = "&" if "?" in address else "?"
    context = {
        "count": spell(count, visit.env, exact),
        "noun": (state.entity.plural if count != 1 else state.entity.label).lower(),
        "sums": [
            {"label": str(spec.label), "text": short(spec.kind, sums[spec.name], visit.env)} for spec in summed if sums
        ],
        "exact_url": "" if exact else f"{address}{mark}exact=1",
        "totals_url": f"{address}{mark}exact=1" if whole else address,
        "reloaded": True,
    }
    return visit.draw("web/pages/list_foot.html", context)


def spell(count: int, env: Env, exact: bool = True) -> str:
    """A count in the reader's figures, with a plus where it goes on."""
    return selection.spell(count, env) + ("" if exact else "+")


# parts of the page -----------------------------------------------------------------------------------------------


def tabs(state: ListState) -> list[dict[str, Any]]:
    """The views, each a tab."""
    return [
        {
            "label": view.label,
            "url": f"{state.home}?view={view.key}" if view.key else state.home,
            "current": view.key == state.view.key,
            "shared": view.level in ("shared", "role"),
        }
        for view in state.all_views
    ]


def sorts(state: ListState) -> list[dict[str, Any]]:
    """The levels of the order."""
    known = state.specs
    return [
        {"label": str(known[name.lstrip("-")].label), "down": name.startswith("-")}
        for name in state.order
        if name.lstrip("-") in known
    ]


def chips(state: ListState) -> list[dict[str, Any]]:
    """The filter in words: a chip for each condition that can be taken away by itself."""
    tree = state.tree
    parts = tree["all"] if isinstance(tree, dict) and set(tree) == {"all"} else [tree] if tree else []
    found = []
    for number, part in enumerate(parts):
        rest = [other for place, other in enumerate(parts) if place != number]
        label, words = chip_words(conditions.parse(part, state.entity, state.env), state.env)
        off = state.address(filter={"all": rest} if rest else {}, cursor="")
        found.append({"label": label, "words": words, "off_url": off})
    return found


def chip_words(condition: Condition, env: Env) -> tuple[str, str]:
    """Label and words of one chip."""
    if isinstance(condition, Group):
        return "", wording.words(condition, env)
    label = " ".join(str(spec.label) for spec in condition.path)
    if condition.op in ("is", "in", "within") and not is_me(condition):
        return label, condition.spec.kind.operand_text(condition.op, condition.operand, env)
    if is_me(condition):
        return label, _("me")
    whole = wording.leaf_words(condition, env)
    return (label, whole.removeprefix(label).strip()) if whole.startswith(label) else ("", whole)


def is_me(leaf: Leaf) -> bool:
    """True for “is me”."""
    return leaf.op == "is" and leaf.raw == "me"


def empty(visit: Visit, state: ListState) -> dict[str, Any]:
    """What an empty list says: what belongs here, or that a filter hides everything."""
    entity = state.entity
    if state.tree or state.words:
        return {
            "icon": "filter-off",
            "title": _("Nothing matches"),
            "text": _("Try other words, or take a filter away."),
            "clear_url": state.address(filter={}, words="", cursor=""),
        }
    may_create = access.may(visit.actor, entity, "create")
    return {
        "icon": entity.icon,
        "title": _("Nothing here yet"),
        "text": _("Enter the first one, or bring what you have in a file.")
        if may_create
        else _("Nothing is open to you."),
        "action_url": f"/{entity.key}/new" if may_create else "",
        "action_label": entity.label,
        "import_url": import_url(visit, entity),
    }


def import_url(visit: Visit, entity: Entity) -> str:
    """Where a file of these records is brought in, for those who may."""
    if not access.may(visit.actor, entity, "import"):
        return ""
    return f"/{entity.key}/import"
