"""The jobs of the line (công việc nền của dây chuyền): their names, arguments and keys."""

import json
from dataclasses import asdict, dataclass

from records.ports import Job, Priority

PROCESS_FILE = "process_file"
SIGN_WAITING = "sign_waiting"
COMPARE_PAGES = "compare_pages"


@dataclass(frozen=True, slots=True)
class FileJob:
    """What a file's job is given (đầu vào): the file, the sidecar of its texts, restricted or not."""

    file_id: str
    text_sha256: str
    is_restricted: bool = False

    def to_json(self) -> str:
        """As the job's argument."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "FileJob":
        """From the job's argument."""
        return cls(**json.loads(text))


def build_process_job(file_job: FileJob) -> Job:
    """Take a file from the kept original to a record; once for each file."""
    return Job(PROCESS_FILE, file_job.file_id, file_job.to_json(), Priority.BATCH)


def build_resume_job(file_job: FileJob, occasion: str) -> Job:
    """The same again after an outage; once for each `occasion`."""
    return Job(PROCESS_FILE, f"{file_job.file_id}:{occasion}", file_job.to_json(), Priority.RERUN)


def build_sign_job(record_id: str, occasion: str) -> Job:
    """Sign a record that waits for the digitiser's key; once for each `occasion` it is tried on."""
    return Job(SIGN_WAITING, f"{record_id}:{occasion}", record_id, Priority.RERUN)


@dataclass(frozen=True, slots=True)
class CompareJob:
    """What a comparison is given (đầu vào): the record, and the report that waits for its pages."""

    record_id: str
    report_sha256: str

    @classmethod
    def from_json(cls, text: str) -> "CompareJob":
        """From the job's argument."""
        return cls(**json.loads(text))


def build_compare_job(record_id: str, report_sha256: str) -> Job:
    """Compare the pages of a long file that the verdict of that report waits for; once for each report."""
    argument = json.dumps(asdict(CompareJob(record_id, report_sha256)))
    return Job(COMPARE_PAGES, f"{record_id}:{report_sha256[:40]}", argument, Priority.RERUN)
