"""The private PostgreSQL server of the tests."""

import psycopg
import pytest

from tests.services.postgres import PostgresServer


@pytest.mark.postgres
def test_each_database_is_empty_and_gone_afterwards(postgres_server: PostgresServer) -> None:
    """A fresh database has no tables, keeps Vietnamese text, and is dropped though somebody is connected."""
    with postgres_server.fresh_database() as url:
        connection = psycopg.connect(url, autocommit=True)
        tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
        assert tables == (0,)
        assert connection.execute("SELECT 'Đất đai'").fetchone() == ("Đất đai",)
    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url)


@pytest.mark.postgres
def test_url_fixture_gives_a_usable_address(postgres_url: str) -> None:
    """The address works as it is and takes a table."""
    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE TABLE thing (id int)")
        assert connection.execute("SELECT count(*) FROM thing").fetchone() == (0,)
