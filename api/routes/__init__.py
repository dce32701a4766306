"""One router a noun under `/api/v1` (giao diện lập trình)."""
