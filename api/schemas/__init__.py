"""Request and answer shapes of the API, one file a noun."""
