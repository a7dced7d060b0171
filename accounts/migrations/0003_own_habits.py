"""Which colours a user's pages have, and whether single letters act as keys."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Both have a default that changes nothing."""

    dependencies = [("accounts", "0002_audit_guard")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="single_keys",
            field=models.BooleanField(default=True, verbose_name="single letters act as keys"),
        ),
        migrations.AddField(
            model_name="user",
            name="theme",
            field=models.CharField(
                choices=[("system", "As the system"), ("light", "Light"), ("dark", "Dark")],
                default="system",
                max_length=6,
                verbose_name="theme",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("theme__in", ["system", "light", "dark"])), name="theme_is_known"
            ),
        ),
    ]
