"""The reading copy with confirmed text (bản đọc đã hiệu đính): asked for by the act that confirms."""

from records.ports import Job, Priority

MAKE_READING_COPY = "make_reading_copy"


def build_reading_job(record_id: str, version: int) -> Job:
    """Make the record's reading copy after its confirmation as of that version."""
    return Job(MAKE_READING_COPY, f"{record_id}:reading:{version}", record_id, Priority.BATCH)
