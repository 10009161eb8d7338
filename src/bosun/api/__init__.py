"""The REST API over every entity, made from the declarations; see docs/decisions for why no schema library is used."""
