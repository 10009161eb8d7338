"""Notes and memos as a Django app."""

from bosun.kernel.apps import BosunApp


class NotepadConfig(BosunApp):
    """The notepad, and memos."""

    name = "bosun.modules.notepad"
