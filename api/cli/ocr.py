"""`sohoa ocr`: reads files without a running service, so that anyone can judge the reading (nhận dạng)."""

EXIT_REFUSED, EXIT_USAGE, EXIT_MISSING = 1, 2, 3
