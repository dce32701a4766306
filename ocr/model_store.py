"""Brings model files into the models folder (lấy mô hình): from the package index, or from a folder.

Packages are named by version and SHA-256 and fetched by pip from whatever index it is configured for; only
model and licence files are taken out of the wheels, each checked again. Nothing of a package is run.
"""

import hashlib
import importlib.util
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from ocr.errors import ModelDamaged, ModelMissing, ModelRefused, ModelsUnreachable
from ocr.models import PACKAGES, PinnedFile, PinnedPackage, check_bytes, read_pinned

_DOWNLOAD_SECONDS = 1800
_PROBE_SECONDS = 30
_HASH_COMPLAINT = "DO NOT MATCH THE HASHES"

Report = Callable[[str], None]
"""Called with a package's name and version before it is fetched or copied."""


def find_unfit(folder: Path) -> tuple[PinnedFile, ...]:
    """Files that are missing or not the pinned ones, every byte looked at."""
    return tuple(file for package in PACKAGES for file in package.files if not _is_fit(folder, file))


def fetch_models(folder: Path, report: Report) -> tuple[PinnedFile, ...]:
    """Download the packages whose files are not all there and take these out; gives what was written.

    Raises ModelsUnreachable, ModelRefused, ModelDamaged.
    """
    unfit = find_unfit(folder)
    for package in _packages_of(unfit):
        report(f"{package.name} {package.version}")
        with tempfile.TemporaryDirectory(prefix="sohoa-models-") as scratch:
            _download(package, Path(scratch))
            for file in _own(package, unfit):
                _write(folder, file, _read_from_wheel(_get_wheel(package, Path(scratch)), file))
    return unfit


def copy_models(source: Path, folder: Path, report: Report) -> tuple[PinnedFile, ...]:
    """Take what is missing from another models folder, or from wheels in it; gives what was written.

    Raises ModelMissing, ModelRefused, ModelDamaged; then nothing of the package at fault is written.
    """
    unfit = find_unfit(folder)
    for package in _packages_of(unfit):
        report(f"{package.name} {package.version}")
        found = [(file, _read_from_folder(package, source, file)) for file in _own(package, unfit)]
        for file, data in found:
            _write(folder, file, data)
    return unfit


def _packages_of(files: Sequence[PinnedFile]) -> list[PinnedPackage]:
    """The packages that carry these files."""
    return [package for package in PACKAGES if _own(package, files)]


def _own(package: PinnedPackage, files: Sequence[PinnedFile]) -> list[PinnedFile]:
    """Those of the files that a package carries."""
    return [file for file in files if file in package.files]


def _is_fit(folder: Path, file: PinnedFile) -> bool:
    """Whether the folder has the file as pinned."""
    try:
        read_pinned(folder, file)
    except (ModelMissing, ModelDamaged):
        return False
    return True


def _download(package: PinnedPackage, scratch: Path) -> None:
    """Let pip fetch the one wheel that has the pinned hash."""
    wanted = scratch / "wanted.txt"
    wanted.write_text(f"{package.name}=={package.version} --hash=sha256:{package.sha256}\n")
    command = [
        *_find_pip(), "download", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps",
        "--only-binary", ":all:", "--require-hashes", "--requirement", str(wanted), "--dest", str(scratch),
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_DOWNLOAD_SECONDS, check=False, errors="replace"
        )
    except (OSError, subprocess.SubprocessError) as exc:
        raise ModelsUnreachable(package=package.name) from exc
    if _HASH_COMPLAINT in done.stderr:
        raise ModelRefused(package=package.name)
    if done.returncode:
        raise ModelsUnreachable(package=package.name)


def _find_pip() -> list[str]:
    """How pip is called here: our own environment needs none, the one that made it has one."""
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    for python in (Path(sys.prefix).parent / ".uv" / "bin" / "python", shutil.which("python3")):
        if python is not None and _has_pip(str(python)):
            return [str(python), "-m", "pip"]
    raise ModelsUnreachable("Không tìm thấy pip; hãy chạy `make setup`.")


def _has_pip(python: str) -> bool:
    """Whether a Python can run pip."""
    try:
        done = subprocess.run(
            [python, "-m", "pip", "--version"], capture_output=True, timeout=_PROBE_SECONDS, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def _find_wheel(package: PinnedPackage, folder: Path) -> Path | None:
    """The package's wheel in a folder; raises ModelRefused when it is another file than the pinned one."""
    wheels = (path for path in folder.glob(f"{package.name}-{package.version}-*.whl") if path.is_file())
    for path in sorted(wheels):
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != package.sha256:
                raise ModelRefused(package=package.name)
        return path
    return None


def _get_wheel(package: PinnedPackage, folder: Path) -> Path:
    """The wheel pip put there; raises ModelsUnreachable when it put none."""
    wheel = _find_wheel(package, folder)
    if wheel is None:
        raise ModelsUnreachable(package=package.name)
    return wheel


def _read_from_wheel(wheel: Path, file: PinnedFile) -> bytes:
    """One file of a wheel, checked; raises ModelDamaged."""
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(file.member) as member:
            data = member.read(file.size + 1)
    except (OSError, KeyError, zipfile.BadZipFile) as exc:
        raise ModelDamaged(file=file.name) from exc
    check_bytes(file, data)
    return data


def _read_from_folder(package: PinnedPackage, source: Path, file: PinnedFile) -> bytes:
    """One file of a copied models folder or of a wheel that lies there, checked."""
    path = source / file.name
    if not path.is_file():
        wheel = _find_wheel(package, source)
        if wheel is None:
            raise ModelMissing(f"Thư mục đã cho không có {file.name}.", file=file.name)
        return _read_from_wheel(wheel, file)
    return read_pinned(source, file)


def _write(folder: Path, file: PinnedFile, data: bytes) -> None:
    """Write a file whole or not at all, whoever reads the folder meanwhile."""
    target = Path(folder, file.name)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".", delete=False) as scratch:
            try:
                scratch.write(data)
                scratch.close()
                Path(scratch.name).chmod(0o644)
                Path(scratch.name).replace(target)
            except OSError:
                Path(scratch.name).unlink(missing_ok=True)
                raise
    except OSError as exc:
        raise ModelMissing(f"Không ghi được vào {folder}.", file=file.name) from exc
