"""Build hook: front-end parts, data of places and translations go into the wheel."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Parts(BuildHookInterface):  # type: ignore[type-arg]
    """Makes what the repository does not hold."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fetch and compile; an editable install leaves that to `make`, which does it only when needed."""
        if version == "editable":
            return
        tool("frontend").main()
        tool("messages").compile_all()


def tool(name: str) -> ModuleType:
    """A module of the tools folder, which is not a package that could be imported by name."""
    path = Path(__file__).resolve().parent / "tools" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(str(path))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
