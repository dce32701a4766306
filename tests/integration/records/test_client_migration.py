"""Keys made before there were agreements keep what they could ask for."""

from alembic import command
from sqlalchemy import text

from records.actions.keys import build_key_principal
from records.agreements import AgreementState
from records.sql.engine import make_engine
from records.sql.migrate import build_config, migrate
from records.sql.unit_of_work import SqlStore
from tests.factories import build_right
from tests.fakes import FixedClock

KEYS = [
    ("a", '["lookup"]', '["KQ.G15.000031"]'),
    ("b", '["lookup", "search"]', None),
    ("c", '["search"]', None),
]


def test_old_keys_become_agreements(empty_url: str) -> None:
    """The types a key named, all types where it named none, nothing for a key that may not look up."""
    engine = make_engine(empty_url)
    with engine.begin() as connection:
        command.upgrade(build_config(connection), "0007")
        for name, scopes, types in KEYS:
            values = {"id": name, "scopes": scopes, "types": types}
            connection.execute(
                text(
                    "INSERT INTO api_keys "
                    "(id, prefix, secret_sha256, label, scopes, result_types, created_at) "
                    "VALUES (:id, :id, '', 'X', :scopes, :types, '2026-01-01 08:00:00')"
                ),
                values,
            )
    migrate(engine)
    with SqlStore(engine, clock=FixedClock()).read() as work:
        rights = {key.id: build_key_principal(work, key).rights for key in work.keys.all()}
        assert {row.state for row in work.clients.agreements.all()} == {AgreementState.ACTIVE}
    engine.dispose()
    assert rights == {"a": (build_right("KQ.G15.000031"),), "b": (build_right(),), "c": ()}
