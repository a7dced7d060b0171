"""The audit trail becomes append-only in the database itself.

A later migration that rebuilds the table (SQLite does so for most alterations) must install the guard again.
"""

from django.db import migrations

from accounts.migrations import _audit_guard


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunPython(_audit_guard.install, _audit_guard.remove, elidable=False)]
