"""What is installed. A new business module takes its line in MODULES, and its floor in pyproject's import contracts."""

PLATFORM = (
    "bosun.kernel",
    # Before all that seeds records, so that these are indexed once.
    "bosun.platform.search",
    "bosun.platform.dedupe",
    "bosun.platform.org",
    "bosun.platform.accounts",
    "bosun.platform.options",
    "bosun.platform.places",
    "bosun.platform.views",
    "bosun.platform.files",
    "bosun.platform.customize",
    "bosun.platform.jobs",
    "bosun.platform.imports",
    "bosun.platform.exports",
    "bosun.platform.health",
    "bosun.platform.reminders",
    "bosun.platform.workday",
    "bosun.platform.pipelines",
    "bosun.platform.outbound",
    "bosun.platform.webhooks",
    "bosun.platform.followers",
    "bosun.platform.automation",
    "bosun.platform.push",
    "bosun.platform.deliveries",
    "bosun.platform.away",
    "bosun.platform.feeds",
    "bosun.platform.subscriptions",
)

MODULES = (
    "bosun.modules.customers",
    "bosun.modules.activities",
    "bosun.modules.opportunities",
    "bosun.modules.notepad",
)
