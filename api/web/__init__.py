"""Server-rendered Vietnamese pages (trang web)."""
