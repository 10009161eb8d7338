"""Fields and objects that users invent: their tables, and the specs made from them."""
