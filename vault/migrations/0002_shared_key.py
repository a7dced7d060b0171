"""The installation's own key exists from the start: two processes that made it at once would hash differently."""

from typing import Any

from django.db import migrations

from vault.models import DataKeys


def make(apps: Any, schema_editor: Any) -> None:
    keys = DataKeys()
    keys.model = apps.get_model("vault", "DataKey")
    keys._db = schema_editor.connection.alias
    keys.shared()


class Migration(migrations.Migration):
    dependencies = [("vault", "0001_initial")]

    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
