"""What the database itself refuses: to change or remove what is posted, to mix currencies or to post across books.

Triggers, because a constraint cannot see the row as it was. The migration installs them. They also hold against
a shell, a script or a bug that goes around the models.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

_FROZEN = ("ledger_account", "ledger_transfer", "ledger_entry")

_MIXED = """(SELECT currency FROM ledger_account WHERE id = NEW.debit_id)
    <> (SELECT currency FROM ledger_account WHERE id = NEW.credit_id)"""
_OTHER_BOOKS = """EXISTS (SELECT 1 FROM ledger_account WHERE id IN (NEW.debit_id, NEW.credit_id)
    AND workspace_id <> (SELECT workspace_id FROM ledger_transfer WHERE id = NEW.transfer_id))"""
_TOO_MANY = "NEW.position >= (SELECT entry_count FROM ledger_transfer WHERE id = NEW.transfer_id)"


def install(connection: BaseDatabaseWrapper) -> None:
    """Create the triggers. They may not exist yet."""
    _run(connection, _POSTGRESQL if connection.vendor == "postgresql" else _sqlite())


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop the triggers: for undoing the migration, and for emptying a test database."""
    if connection.vendor == "postgresql":
        statements = [f"DROP TRIGGER IF EXISTS ledger_frozen ON {table}" for table in _FROZEN]
        statements += [f"DROP TRIGGER IF EXISTS ledger_kept ON {table}" for table in _FROZEN]
        statements += ["DROP TRIGGER IF EXISTS ledger_entry_sound ON ledger_entry"]
    else:
        statements = [f"DROP TRIGGER IF EXISTS {name}" for name in _sqlite_names()]
    _run(connection, statements)


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _sqlite_names() -> list[str]:
    return [f"{t}_no_{verb}" for t in _FROZEN for verb in ("update", "delete")] + [
        "ledger_entry_one_currency",
        "ledger_entry_one_workspace",
        "ledger_entry_complete",
    ]


def _sqlite() -> list[str]:
    frozen = [
        f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
        for table in _FROZEN
        for verb in ("update", "delete")
    ]
    return [
        *frozen,
        f"CREATE TRIGGER ledger_entry_one_currency BEFORE INSERT ON ledger_entry WHEN {_MIXED} "
        "BEGIN SELECT RAISE(ABORT, 'an entry has one currency'); END",
        f"CREATE TRIGGER ledger_entry_one_workspace BEFORE INSERT ON ledger_entry WHEN {_OTHER_BOOKS} "
        "BEGIN SELECT RAISE(ABORT, 'no posting crosses books'); END",
        f"CREATE TRIGGER ledger_entry_complete BEFORE INSERT ON ledger_entry WHEN {_TOO_MANY} "
        "BEGIN SELECT RAISE(ABORT, 'this transfer is posted already'); END",
    ]


_POSTGRESQL = [
    """CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    f"""CREATE OR REPLACE FUNCTION ledger_sound() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF {_MIXED} THEN
            RAISE EXCEPTION 'an entry has one currency' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF {_OTHER_BOOKS} THEN
            RAISE EXCEPTION 'no posting crosses books' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF {_TOO_MANY} THEN
            RAISE EXCEPTION 'this transfer is posted already' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$""",
    *(
        f"CREATE TRIGGER ledger_frozen BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION ledger_refuse()"
        for table in _FROZEN
    ),
    *(
        f"CREATE TRIGGER ledger_kept BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()"
        for table in _FROZEN
    ),
    "CREATE TRIGGER ledger_entry_sound BEFORE INSERT ON ledger_entry "
    "FOR EACH ROW EXECUTE FUNCTION ledger_sound()",
]
