"""Ready-made rules about customers."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from bosun.kernel import kinds
from bosun.platform.automation.gallery import Param, Template, offer

PERSON = settings.BOSUN_PERSON_MODEL
VAST, CROWD = 999_999_999, 1_000_000
"""More than anybody asks for."""

offer(
    Template(
        "region_industry",
        _("Region and industry go to a rep"),
        _("Customers of one region and industry are assigned to one person."),
        "customers.saved",
        when={
            "all": [
                {"field": "region", "op": "within", "value": {"$": "region"}},
                {"field": "industry", "op": "is", "value": {"$": "industry"}},
            ]
        },
        do=[{"action": "assign", "to": {"$": "rep"}}],
        params=(
            Param("region", _("Region"), kinds.Reference("places.Place")),
            Param("industry", _("Industry"), kinds.Choice("industry"), "it"),
            Param("rep", _("Assign to"), kinds.Reference(PERSON)),
        ),
        order=1,
        tests=(
            {
                "given": {"region": {"$": "region"}, "industry": {"$": "industry"}},
                "expect": {"runs": True, "sets": {"owner": {"$": "rep"}}},
            },
            {"given": {"industry": {"$": "industry"}}, "expect": {"runs": False}},
            {
                "given": {"region": {"$": "region"}},
                "change": {"industry": {"$": "industry"}},
                "expect": {"runs": True, "sets": {"owner": {"$": "rep"}}},
            },
        ),
    ),
    Template(
        "capital_staff_source",
        _("Large customers from one source get a grade"),
        _("Registered capital, staff and source decide the grade."),
        "customers.saved",
        when={
            "all": [
                {"field": "registered_capital", "op": "gt", "value": {"$": "capital"}},
                {"field": "staff", "op": "gt", "value": {"$": "staff"}},
                {"field": "source", "op": "is", "value": {"$": "source"}},
            ]
        },
        do=[{"action": "set", "field": "grade", "value": {"$": "grade"}}],
        params=(
            Param("capital", _("Registered capital more than"), kinds.Number(), 50_000_000),
            Param("staff", _("Staff more than"), kinds.Number(), 100),
            Param("source", _("Source"), kinds.Choice("source"), "social_media"),
            Param("grade", _("Grade"), kinds.Choice("grade"), "A"),
        ),
        order=2,
        tests=(
            {
                "given": {"registered_capital": VAST, "staff": CROWD, "source": {"$": "source"}},
                "expect": {"runs": True, "sets": {"grade": {"$": "grade"}}},
            },
            {"given": {"registered_capital": VAST, "staff": CROWD}, "expect": {"runs": False, "sets": {"grade": None}}},
            {"given": {"staff": CROWD, "source": {"$": "source"}}, "expect": {"runs": False, "sets": {"grade": None}}},
        ),
    ),
    Template(
        "province_in_turn",
        _("A province is shared out in turn"),
        _("New customers of a province go to the reps of its department, one after the other."),
        "customers.created",
        when={"field": "region", "op": "within", "value": {"$": "region"}},
        do=[{"action": "assign", "among": [{"$": "people"}], "how": "turn"}],
        params=(
            Param("region", _("Region"), kinds.Reference("places.Place")),
            Param("people", _("Share out among"), kinds.References(PERSON)),
        ),
        order=3,
        tests=(
            {"given": {"region": {"$": "region"}}, "expect": {"runs": True}},
            {"given": {}, "expect": {"runs": False}},
            {"given": {}, "change": {"region": {"$": "region"}}, "expect": {"runs": False}},
        ),
    ),
    Template(
        "new_class",
        _("A new class A customer is reported"),
        _("The owner's manager is told, with the details, when a customer becomes class A."),
        "customers.saved",
        when={"field": "grade", "op": "changed_to", "value": {"$": "grade"}},
        do=[
            {
                "action": "notify",
                "to": ["manager"],
                "text": "{{name}}: {{grade}} · {{industry}} · {{region}} · {{staff}} · {{owner}}",
            }
        ],
        params=(Param("grade", _("Grade"), kinds.Choice("grade"), "A"),),
        order=4,
        tests=(
            {"given": {"grade": {"$": "grade"}}, "expect": {"runs": True}},
            {"given": {}, "change": {"grade": {"$": "grade"}}, "expect": {"runs": True}},
            {"given": {"grade": {"$": "grade"}}, "change": {"staff": 7}, "expect": {"runs": False}},
        ),
    ),
)
