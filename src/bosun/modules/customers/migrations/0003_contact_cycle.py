from django.db import migrations, models
from django.db.models.functions import Coalesce

import bosun.kernel.columns


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0002_initial"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="contactcycle",
            name="customers_contactcycle_grade",
        ),
        migrations.AddField(
            model_name="contactcycle",
            name="maturity",
            field=bosun.kernel.columns.TextColumn(max_length=60, null=True),
        ),
        migrations.AddField(
            model_name="contactcycle",
            name="remind_before",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name="contactcycle",
            name="name",
            field=bosun.kernel.columns.TextColumn(max_length=120),
        ),
        migrations.AddField(
            model_name="customer",
            name="own_interval",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="customer",
            name="pause_reason",
            field=bosun.kernel.columns.TextColumn(max_length=200, null=True),
        ),
        migrations.AddField(
            model_name="customer",
            name="paused_until",
            field=models.DateField(null=True),
        ),
        migrations.AddConstraint(
            model_name="contactcycle",
            constraint=models.UniqueConstraint(
                models.F("grade"),
                Coalesce("maturity", models.Value("")),
                condition=models.Q(("deleted_at__isnull", True)),
                name="contact_cycle_once",
            ),
        ),
    ]
