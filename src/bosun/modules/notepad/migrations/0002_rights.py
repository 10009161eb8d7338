"""Roles from before there was a notepad, whose people have reminders, have notes and memos too."""

from django.db import migrations

OWN = {"read": "own", "create": "own", "change": "own", "remove": "own", "export": "own", "import": "own"}


def give(apps, schema_editor):
    """Once: who takes the right away later keeps it so."""
    Role = apps.get_model("org", "Role")
    for role in Role.objects.all():
        missing = {key: OWN for key in ("notepad_notes", "memos") if key not in (role.grants or {})}
        if missing and "reminders" in (role.grants or {}):
            role.grants = {**role.grants, **missing}
            role.save(update_fields=["grants"])


class Migration(migrations.Migration):
    dependencies = [
        ("notepad", "0001_initial"),
        ("reminders", "0005_what_was_told"),
        ("org", "0002_person_sound"),
    ]

    operations = [migrations.RunPython(give, migrations.RunPython.noop, elidable=True)]
