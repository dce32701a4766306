"""The `sohoa` command (dòng lệnh)."""
