"""Roles from before there were subscriptions, whose people have reminders, may subscribe too."""

from django.db import migrations

OWN = {"read": "own", "create": "own", "change": "own", "remove": "own"}


def give(apps, schema_editor):
    """Once: who takes the right away later keeps it so."""
    Role = apps.get_model("org", "Role")
    for role in Role.objects.all():
        if "reminders" in (role.grants or {}) and "subscriptions" not in role.grants:
            role.grants = {**role.grants, "subscriptions": OWN}
            role.save(update_fields=["grants"])


class Migration(migrations.Migration):
    dependencies = [
        ("subscriptions", "0001_initial"),
        ("reminders", "0005_what_was_told"),
        ("org", "0002_person_sound"),
    ]

    operations = [migrations.RunPython(give, migrations.RunPython.noop, elidable=True)]
