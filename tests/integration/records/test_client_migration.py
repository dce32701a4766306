"""What machine clients had before a migration they have after it: keys their agreements, uses their rows."""

from dataclasses import replace

from alembic import command
from sqlalchemy import insert, text

from records.actions.keys import build_key_principal
from records.agreements import AgreementState
from records.sql.engine import make_engine
from records.sql.migrate import build_config, migrate
from records.sql.rows import build_row
from records.sql.schema import results
from records.sql.schema_reuse import evidence_uses
from records.sql.unit_of_work import SqlStore
from records.uses import EvidenceUse
from tests.factories import NOW, build_result, build_right
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


def test_old_uses_stay_and_another_caller_gets_its_own(empty_url: str) -> None:
    """A dossier whose result one client used takes a second client's use, and the same one's no more."""
    engine, result = make_engine(empty_url), build_result()
    use = EvidenceUse("u1", result.id, "H15-1", "1.1", "", "key-1", "machine", None, NOW, 1, None, None)
    with engine.begin() as connection:
        command.upgrade(build_config(connection), "0008")
        connection.execute(insert(results).values(**build_row(result)))
        connection.execute(insert(evidence_uses).values(**build_row(use)))
    migrate(engine)
    theirs = replace(use, id="u2", actor="key-2")
    with SqlStore(engine, clock=FixedClock()).write() as work:
        assert work.uses.in_dossier("H15-1", result.id) == [use]
        assert (work.uses.add(theirs), work.uses.add(replace(use, id="u3"))) == (True, False)
    engine.dispose()
