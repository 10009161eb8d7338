"""Waiting events are found by an index on SQLite too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kernel", "0004_custom_records_apart")]

    operations = [
        migrations.RemoveIndex(model_name="outbox", name="outbox_due"),
        migrations.AddIndex(
            model_name="outbox",
            index=models.Index(fields=["due_at", "id"], name="outbox_due", condition=models.Q(parked=False)),
        ),
    ]
