"""Whether the parts of a running service answer (tình trạng các phần)."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from api.errors import NotReady
from api.wiring import Service
from ingest.memory import is_memory_backed
from ocr.profiles import find_fault
from records.errors import ServiceError

OK = "ok"
WORKER_SILENCE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Part:
    """One part and how it is (một phần): `state` is `ok` or a stable code; `text_vi` says more.

    Without an optional part the service works on, with less.
    """

    name: str
    state: str
    text_vi: str
    is_optional: bool = False

    @property
    def is_ok(self) -> bool:
        """Whether the part answers, or the service works without it."""
        return self.is_optional or self.state == OK


def check_parts(service: Service) -> list[Part]:
    """Database, index, memory folder, worker and reader, each tried; nothing is raised."""
    checks = {
        "database": lambda: service.store.check(),
        "index": lambda: f"{service.index.count()} tài liệu",
        "memory": lambda: _check_memory(service),
        "worker": lambda: _check_worker(service),
    }
    return [*(_try(name, check) for name, check in checks.items()), _check_reader(service)]


def _check_reader(service: Service) -> Part:
    """Whether the profile set has its models; without them pages are read by Tesseract alone."""
    ocr = service.settings.ocr
    try:
        fault = find_fault(ocr.profile, ocr.models.absolute())
    except ServiceError as error:
        return Part("reader", error.code, error.text_vi)
    if fault is None:
        return Part("reader", OK, ocr.profile)
    text = f"{fault.text_vi} Trong khi chờ, trang được đọc bằng Tesseract."
    return Part("reader", fault.code, text, is_optional=True)


def count_workers(service: Service) -> int:
    """Workers whose heart beat within the last half minute."""
    with service.store.read() as work:
        silent = work.slots.silent(service.clock.now() - WORKER_SILENCE)
        return len(set(work.slots.held()) - set(silent))


def build_metrics(service: Service) -> str:
    """Outbox lag, audit rows without a place and workers, as Prometheus reads them."""
    with service.store.read() as work:
        lag, unsequenced = work.outbox.lag(), work.audit.unsequenced()
    values = {
        "sohoa_outbox_waiting": lag.waiting,
        "sohoa_outbox_failing": lag.failing,
        "sohoa_outbox_lag_seconds": round(lag.seconds(service.clock.now()), 3),
        "sohoa_audit_unsequenced": unsequenced,
        "sohoa_workers": count_workers(service),
    }
    return "".join(f"# TYPE {name} gauge\n{name} {value}\n" for name, value in values.items())


def _try(name: str, check: Callable[[], str]) -> Part:
    try:
        return Part(name, OK, check())
    except ServiceError as error:
        return Part(name, error.code, error.text_vi)


def _check_memory(service: Service) -> str:
    folder = service.settings.intake.memory_folder.absolute()
    # A process makes it when it first takes something in; until then its nearest parent tells.
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    if not os.access(existing, os.W_OK):
        raise NotReady(f"Không ghi được vào {folder}.")
    return str(folder) if is_memory_backed(existing) else f"{folder} (không nằm trong bộ nhớ)"


def _check_worker(service: Service) -> str:
    workers = count_workers(service)
    if not workers:
        raise NotReady("Không có tiến trình xử lý nào đang chạy; chạy `sohoa worker`.")
    return f"{workers} tiến trình"
