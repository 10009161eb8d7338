"""The capabilities over any entity, under test."""  # noqa: A005
