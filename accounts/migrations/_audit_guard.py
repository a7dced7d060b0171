"""The database's own refusal to change the audit trail, for each database that Halfpast runs on.

Entries may be deleted once they are older than 13 months, their retention.
"""

from typing import Any

INSTALL = {
    "sqlite": [
        """
        CREATE TRIGGER accounts_audit_no_update BEFORE UPDATE ON accounts_auditentry
        BEGIN SELECT RAISE(ABORT, 'The audit trail is append-only.'); END
        """,
        """
        CREATE TRIGGER accounts_audit_no_delete BEFORE DELETE ON accounts_auditentry
        WHEN OLD.at > datetime('now', '-13 months')
        BEGIN SELECT RAISE(ABORT, 'The audit trail is append-only.'); END
        """,
    ],
    "postgresql": [
        """
        CREATE FUNCTION accounts_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' THEN
                IF OLD.at <= now() - interval '13 months' THEN RETURN OLD; END IF;
            END IF;
            RAISE EXCEPTION 'The audit trail is append-only.';
        END $$
        """,
        """
        CREATE TRIGGER accounts_audit_no_update BEFORE UPDATE ON accounts_auditentry
        FOR EACH ROW EXECUTE FUNCTION accounts_audit_refuse()
        """,
        """
        CREATE TRIGGER accounts_audit_no_delete BEFORE DELETE ON accounts_auditentry
        FOR EACH ROW EXECUTE FUNCTION accounts_audit_refuse()
        """,
        """
        CREATE TRIGGER accounts_audit_no_truncate BEFORE TRUNCATE ON accounts_auditentry
        FOR EACH STATEMENT EXECUTE FUNCTION accounts_audit_refuse()
        """,
    ],
}
REMOVE = {
    "sqlite": [
        "DROP TRIGGER IF EXISTS accounts_audit_no_update",
        "DROP TRIGGER IF EXISTS accounts_audit_no_delete",
    ],
    "postgresql": [
        "DROP TRIGGER IF EXISTS accounts_audit_no_update ON accounts_auditentry",
        "DROP TRIGGER IF EXISTS accounts_audit_no_delete ON accounts_auditentry",
        "DROP TRIGGER IF EXISTS accounts_audit_no_truncate ON accounts_auditentry",
        "DROP FUNCTION IF EXISTS accounts_audit_refuse()",
    ],
}


def install(apps: Any, schema_editor: Any) -> None:
    _execute(INSTALL, schema_editor.connection)


def remove(apps: Any, schema_editor: Any) -> None:
    _execute(REMOVE, schema_editor.connection)


def _execute(statements: dict[str, list[str]], connection: Any) -> None:
    with connection.cursor() as cursor:
        for statement in statements[connection.vendor]:
            cursor.execute(statement)
