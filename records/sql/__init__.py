"""Schema, one store file per aggregate, outbox, audit rows and migrations."""
