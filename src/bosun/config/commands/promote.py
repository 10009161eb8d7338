"""Write the module of an invented object that has grown up: `bosun promote x_vehicles`."""

import argparse
from pathlib import Path

from bosun.config import promoting

MODULES = Path(__file__).resolve().parents[2] / "modules"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which object, and what the module is called."""
    parser.add_argument("object", help="the key of an invented object, as in x_vehicles")
    parser.add_argument("--module", default="", help="the name of the module; else the key without x_")


def run(options: argparse.Namespace) -> int:
    """Write it, and say which two lines to add."""
    made = promoting.prepare(options.object, options.module)
    for path in promoting.write(made, MODULES / made.module):
        print(path.relative_to(MODULES.parent))
    print("\nAdd to MODULES in bosun/config/modules.py, at the end:")
    print(f'    "bosun.modules.{made.module}",')
    print("Add to the layers of “Modules: each on its floor” in pyproject.toml, at the front:")
    print(f'    "{made.module}",')
    print("Then run bosun migrate: the records move, with their ids, rights and history.")
    return 0
