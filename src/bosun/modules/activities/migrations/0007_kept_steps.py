from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("activities", "0006_undated_steps")]

    operations = [
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(
                condition=models.Q(("deleted_at__isnull", True), ("step_done_at__isnull", False)),
                fields=["person", "step_done_at"],
                name="followup_kept",
            ),
        ),
    ]
