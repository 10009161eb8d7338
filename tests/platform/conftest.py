"""The same small company as for the kernel's tests."""

from tests.kernel.conftest import world

__all__ = ["world"]
