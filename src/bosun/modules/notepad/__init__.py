"""One's own notepad, and memos: dated, with a reminder."""
