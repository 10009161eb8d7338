"""What was told and is still open becomes an occurrence."""

from django.db import migrations

OWN = {"read": "own", "change": "own", "export": "own"}


def keep_what_was_told(apps, schema_editor):
    """What was told and is still open has its occurrence; roles that have reminders have occurrences."""
    Reminder = apps.get_model("reminders", "Reminder")
    Occurrence = apps.get_model("reminders", "Occurrence")
    Notice = apps.get_model("reminders", "Notice")
    for row in Reminder.objects.filter(state="open", nags__gt=0, owner__isnull=False).iterator(500):
        made = Occurrence.objects.create(
            text=row.text, text_sort=row.text_sort, reminder=row, owner_id=row.owner_id,
            department_id=row.department_id, due_at=row.due, state="open", snoozed_until=row.snoozed_until,
            created_at=row.updated_at, updated_at=row.updated_at, deleted_at=row.deleted_at, removal_id=row.removal_id,
            next_nag_at=row.next_at,
        )  # fmt: skip
        Notice.objects.filter(reminder=row).update(occurrence=made)
        Reminder.objects.filter(pk=row.pk).update(next_at=None)
    Role = apps.get_model("org", "Role")
    for role in Role.objects.all():
        if "reminders" in (role.grants or {}) and "occurrences" not in role.grants:
            role.grants = {**role.grants, "occurrences": OWN}
            role.save(update_fields=["grants"])


class Migration(migrations.Migration):
    dependencies = [
        ("reminders", "0004_occurrences"),
        ("org", "0002_person_sound"),
    ]

    operations = [migrations.RunPython(keep_what_was_told, migrations.RunPython.noop, elidable=True)]
