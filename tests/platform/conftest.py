"""The same small company as for the kernel's tests."""

from tests.kernel.conftest import nothing_remembered, world

__all__ = ["nothing_remembered", "world"]
