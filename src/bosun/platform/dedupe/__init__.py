"""Likely duplicates: found while one types, asked about before a second record of the same company is made."""
