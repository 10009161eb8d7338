"""Pipelines: the stages through which records of an entity go, edited by people."""
