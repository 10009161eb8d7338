"""Option lists that the company edits."""
