"""Programs for developers and for the build; none of them is part of the product."""
