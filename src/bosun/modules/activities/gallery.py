"""Ready-made rules about follow-ups."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from bosun.kernel import kinds
from bosun.modules.activities.rules import RESULTS
from bosun.platform.automation.gallery import Param, Template, offer

CUSTOMER = "Customer of a test of rules"
ABOUT = {"entity": "customers", "name": CUSTOMER}

offer(
    Template(
        "result_tag",
        _("The result of a follow-up tags the customer"),
        _("A follow-up with one result puts a tag on its customer."),
        "follow_ups.saved",
        when={
            "all": [
                {"field": "result", "op": "changed_to", "value": {"$": "result"}},
                {"field": "customer", "op": "filled"},
            ]
        },
        do=[{"action": "tag", "record": "customer", "add": [{"$": "tag"}]}],
        params=(
            Param("result", _("Result"), kinds.Choice("", RESULTS), "positive"),
            Param("tag", _("Tag"), kinds.Text(60)),
        ),
        order=5,
        tests=(
            {
                "related": [{"entity": "customers", "values": {"name": CUSTOMER}}],
                "given": {"about": ABOUT, "result": {"$": "result"}},
                "expect": {"runs": True, "sets": {"customer.tags": [{"$": "tag"}]}},
            },
            {
                "related": [{"entity": "customers", "values": {"name": CUSTOMER}}],
                "given": {"about": ABOUT},
                "expect": {"runs": False, "sets": {"customer.tags": None}},
            },
        ),
    ),
)
