from django.db import migrations, models
from django.db.models import F

import bosun.kernel.columns


def left(apps, schema_editor):
    apps.get_model("feeds", "Invitation").objects.update(heard=F("sequence"))


class Migration(migrations.Migration):
    dependencies = [
        ("feeds", "0002_invitation_answer_stamp"),
    ]

    operations = [
        migrations.AddField(
            model_name="invitation",
            name="base",
            field=bosun.kernel.columns.TextColumn(default="", max_length=300),
        ),
        migrations.AddField(
            model_name="invitation",
            name="told",
            field=models.TextField(default=""),
        ),
        migrations.AddField(
            model_name="invitation",
            name="heard",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="invitation",
            name="came_from",
            field=models.BigIntegerField(null=True),
        ),
        migrations.RunPython(left, migrations.RunPython.noop),
    ]
