from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("activities", "0005_task_series")]

    operations = [
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(
                condition=models.Q(
                    ("deleted_at__isnull", True),
                    ("next_step__isnull", False),
                    ("next_step_on__isnull", True),
                    ("step_done_at__isnull", True),
                ),
                fields=["person", "at"],
                name="followup_undated",
            ),
        ),
    ]
