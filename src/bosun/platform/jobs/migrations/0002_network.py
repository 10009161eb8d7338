"""Jobs that wait on the network stand in a line of their own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial")]

    operations = [
        migrations.AddField("job", "network", models.BooleanField(default=False)),
        migrations.AddIndex(
            "job", models.Index(fields=["state", "network", "priority", "run_after", "id"], name="job_line")
        ),
        migrations.RemoveIndex("job", "job_next"),
    ]
