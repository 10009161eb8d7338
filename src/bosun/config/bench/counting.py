"""How many queries each page puts to the database; run as a program of its own, it prints them."""

from __future__ import annotations

import json
import random
import sys
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bosun.config.bench.scenes import Call, scenes
from bosun.lib import clock
from bosun.platform.org import actors
from bosun.platform.org.models import Person
from bosun.platform.workday import days

ROUNDS = 6


def counted(world: dict[str, Any]) -> dict[str, int]:
    """The most of a few rounds, after one that fills what is kept in memory. BEGIN and SAVEPOINT count as well."""
    client = Client(SERVER_NAME="127.0.0.1")
    for person in Person.objects.filter(username__in=("ann", "admin")):
        actor = actors.load(person.pk)
        if actor is not None:
            days.opened(actor, clock.now())  # the first page of a day says more than others
    found = {}
    for scene in scenes(world):
        counts = []
        for page in islice(scene.pages(random.Random()), ROUNDS):
            with CaptureQueriesContext(connection) as queries:
                for call in page:
                    answer(client, call)
            counts.append(len(queries))
        found[f"{scene.name}/{scene.form}"] = max(counts[1:])
    return found


def answer(client: Client, call: Call) -> None:
    """Put a call to the application without a server between."""
    headers = {name: value for name, value in call.headers.items() if name != "Content-Type"}
    said = client.generic(call.method, call.path, call.body, call.headers["Content-Type"], headers=headers)
    if said.status_code != call.status:
        raise SystemExit(f"{call.method} {call.path} answered {said.status_code}, not {call.status}")


if __name__ == "__main__":
    print(json.dumps(counted(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))))
