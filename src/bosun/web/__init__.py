"""Generic pages over everything that is declared."""
