"""What is installed. A new business module takes its line in MODULES, and its floor in pyproject's import contracts."""

PLATFORM = (
    "bosun.kernel",
    "bosun.platform.org",
    "bosun.platform.accounts",
    "bosun.platform.options",
    "bosun.platform.places",
    "bosun.platform.views",
    "bosun.platform.search",
    "bosun.platform.dedupe",
    "bosun.platform.imports",
    "bosun.platform.files",
    "bosun.platform.jobs",
    "bosun.platform.customize",
    "bosun.platform.health",
    "bosun.web",
    "bosun.api",
)

MODULES = (
    "bosun.modules.customers",
    "bosun.modules.activities",
)
