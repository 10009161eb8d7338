from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("reminders", "0005_what_was_told"),
    ]

    operations = [migrations.RemoveField(model_name="reminder", name="nags")]
