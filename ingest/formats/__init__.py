"""One file per source format, each with `match()` and `read()`."""
