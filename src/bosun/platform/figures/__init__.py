"""Figures of any list: counts and sums by the values of fields, also behind references and by month."""
