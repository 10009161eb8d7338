"""Tests over the whole product; what belongs to one business module lies in that module."""
