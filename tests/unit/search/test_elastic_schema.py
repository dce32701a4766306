"""What an index on Elasticsearch is made with."""

from search.elastic_schema import build_index_body


def test_refresh_does_not_stop_when_nobody_searches() -> None:
    """Word counts are read without a search, so the index names its refresh interval."""
    settings = build_index_body(1)["settings"]
    assert settings["refresh_interval"] == "1s"
