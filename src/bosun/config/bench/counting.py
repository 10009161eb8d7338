"""How many queries each scene puts to the database; run as a program of its own, it prints them."""

from __future__ import annotations

import json
import random
import sys
from itertools import islice
from pathlib import Path

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bosun.config.bench.scenes import scenes

ROUNDS = 6


def main(path: str) -> None:
    """The median of a few rounds, after one that fills what is kept in memory."""
    world = json.loads(Path(path).read_text(encoding="utf-8"))
    client = Client(SERVER_NAME="127.0.0.1")
    found = {}
    for scene in scenes(world):
        counts = []
        for call in islice(scene.calls(random.Random(99)), ROUNDS):
            headers = {name: value for name, value in call.headers.items() if name != "Content-Type"}
            with CaptureQueriesContext(connection) as queries:
                client.generic(call.method, call.path, call.body, call.headers["Content-Type"], headers=headers)
            counts.append(len(queries))
        found[f"{scene.name}/{scene.form}"] = sorted(counts[1:])[len(counts) // 2]
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])
