"""What is installed. A new business module takes its line in MODULES, and its floor in pyproject's import contracts."""

PLATFORM = (
    "bosun.kernel",
    "bosun.platform.org",
    "bosun.platform.accounts",
    "bosun.platform.options",
    "bosun.platform.places",
)

MODULES = (
    "bosun.modules.customers",
    "bosun.modules.activities",
)
