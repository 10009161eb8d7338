"""Every operation that the API describes, called with what its description allows: nothing answers with a fault.

`BOSUN_FUZZ=200` tries so many calls of each operation.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.result import Ok

from tests.api.conftest import Api
from tests.kernel.world import World

EXAMPLES = int(os.environ.get("BOSUN_FUZZ", "2"))
PARTS = 4


def call(api: Api, case: Any) -> Any:
    """Send a made-up call; about a record that there is, where its number is even."""
    if int((case.path_parameters or {}).get("id", 1)) % 2 == 0:
        case.path_parameters["id"] = 1
    made = case.as_transport_kwargs(base_url="http://testserver")
    address = made["url"].replace("http://testserver", "/api/v1", 1)
    headers = {name: value for name, value in (made.get("headers") or {}).items() if name.lower() != "authorization"}
    return api.client.generic(
        case.method,
        address,
        data=json.dumps(made["json"]) if "json" in made else made.get("data") or b"",
        content_type="application/json",
        query_params=made.get("params"),
        headers={**headers, "Authorization": f"Bearer {api.token}"},
    )


@pytest.mark.parametrize("part", range(PARTS))
def test_no_call_that_the_description_allows_meets_a_fault(part: int, world: World, api: Callable[..., Api]) -> None:
    world.customer("ann", name="Harbour")
    ada = api("ada")
    described = schemathesis.openapi.from_dict(ada.get("openapi.json"))
    operations = [found.ok() for found in described.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) > 100
    answers: Counter[int] = Counter()
    faults: list[tuple[str, str, int]] = []

    for operation in operations[part::PARTS]:

        @settings(
            max_examples=EXAMPLES, database=None, derandomize=True, deadline=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def each(case: Any) -> None:
            answer = call(ada, case)
            answers[answer.status_code] += 1
            if answer.status_code >= 500:
                faults.append((case.method, str(case.path), answer.status_code))

        # What one does to its caller, the next one is not to meet.
        with transaction.atomic():
            each()
            transaction.set_rollback(True)
    assert faults == []
    assert answers[200] > 10
    # 401: what put an end to the caller himself.
    assert set(answers) <= {200, 201, 204, 400, 401, 403, 404, 409, 422}
