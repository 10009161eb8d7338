"""Settings of the tests of this folder."""

from __future__ import annotations

from hypothesis import settings

# A busy machine is no fault of the code under test.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
