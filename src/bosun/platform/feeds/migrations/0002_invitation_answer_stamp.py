from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("feeds", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="invitation",
            name="answer_stamp",
            field=models.DateTimeField(null=True),
        ),
    ]
