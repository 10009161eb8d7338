from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("reminders", "0006_remove_reminder_nags"),
    ]

    operations = [migrations.RenameField(model_name="reminder", old_name="due", new_name="due_at")]
