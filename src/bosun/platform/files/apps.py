"""Attached files as a Django app; they go when their record goes for good."""

from bosun.kernel.apps import BosunApp


class FilesConfig(BosunApp):
    """Files attached to records."""

    name = "bosun.platform.files"

    def ready(self) -> None:
        super().ready()
        from bosun.kernel import drafts, removal
        from bosun.platform.files import keeping, services, soundness
        from bosun.platform.integrity import checks, hashing

        removal.purgers.append(services.forget)
        drafts.projections.append(keeping.remember)
        checks.offer("files", soundness.check)
        hashing.further["file"] = soundness.lines
