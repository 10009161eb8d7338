"""The rules of the house, checked over the syntax tree and the import graph."""
