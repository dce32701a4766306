"""The readers' model files (tệp mô hình): which there are, where they lie, each checked by its SHA-256.

They are taken out of published packages pinned by hash (`ocr.model_store`); the packages are never imported.
"""

import hashlib
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ocr.errors import ModelDamaged, ModelMissing

DEFAULT_FOLDER = Path(sys.prefix, "share", "sohoa", "models")
"""Beside the installed program, so that every command finds it, wherever it is called."""


LINE_READER = Path(__file__).parent / "data" / "line-reader.onnx"
"""TrueOCR's line recogniser, trained further by us for official papers; it comes with the program."""


class Model(StrEnum):
    """A model of ours; the value is its file's place in the models folder (mô hình)."""

    LINE_DETECTOR = "trueocr-0.1.1/det.onnx"
    LINE_READER_FACTS = "trueocr-0.1.1/meta.json"
    ORIENTATION = "trueocr-0.1.1/orient.onnx"
    STRONG_READER = "asterocr-1.0.2/asternet.onnx"


LINE_MODELS = (Model.LINE_DETECTOR, Model.LINE_READER_FACTS)
"""What finding and reading lines fast needs."""


@dataclass(frozen=True, slots=True)
class PinnedFile:
    """A file of a package: its place there and in the models folder, size in bytes, SHA-256 (tệp đã ghim)."""

    member: str
    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class PinnedPackage:
    """A published package that carries models: name, version, licence, SHA-256 of its wheel (gói đã ghim)."""

    name: str
    version: str
    licence: str
    sha256: str
    files: tuple[PinnedFile, ...]


PACKAGES = (
    PinnedPackage(
        "trueocr",
        "0.1.1",
        "Apache-2.0",
        "8a7e4141d5f06f602684ea5dbafd775d11787d7319d39baaabf5e41158597374",
        (
            PinnedFile(
                "trueocr/models/det.onnx",
                Model.LINE_DETECTOR,
                389948,
                "f2bd4cba23e9c328cf7ec824634e423e191a2c6aacbbf35c62bd79dd70f62f59",
            ),
            PinnedFile(
                "trueocr/models/meta.json",
                Model.LINE_READER_FACTS,
                1905,
                "934c619f2b8579aa0fa0ead0ec20afc79fd92966be0255ebaf821142fe8740cd",
            ),
            PinnedFile(
                "trueocr/models/orient.onnx",
                Model.ORIENTATION,
                371802,
                "20eaf670f55a7cf9facfe1bdd6c7b8e40be75bbf4d48a3df43f66aa3bbd874fd",
            ),
            PinnedFile(
                "trueocr-0.1.1.dist-info/licenses/LICENSE",
                "trueocr-0.1.1/LICENSE",
                11358,
                "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30",
            ),
        ),
    ),
    PinnedPackage(
        "asterocr",
        "1.0.2",
        "MIT",
        "e9ac8bfdc4eaa5a7e78404f365a2c491d60186751c94f0ab473c7e42d68257c3",
        (
            PinnedFile(
                "asterocr/assets/asternet.onnx",
                Model.STRONG_READER,
                42742163,
                "10c96b533e1f64031d73edfddafd7d4b13595544f11891f0531bcd72cb29be80",
            ),
            # The package has no licence file; its metadata names the author and the licence (MIT).
            PinnedFile(
                "asterocr-1.0.2.dist-info/METADATA",
                "asterocr-1.0.2/METADATA",
                9966,
                "8288350e66205574843b0b42bb3eaeaea0fc4f6c458b62876211cdf911b9cccd",
            ),
        ),
    ),
)
_PINNED = {file.name: file for package in PACKAGES for file in package.files}
_folder = DEFAULT_FOLDER


def models_folder() -> Path:
    """Where this process looks for models."""
    return _folder


def use_folder(folder: Path) -> None:
    """Look for models elsewhere from now on; a process does this once, before it makes a reader."""
    global _folder
    _folder = folder


def read_model(folder: Path, model: Model) -> bytes:
    """A model's bytes; raises ModelMissing when there is none, ModelDamaged when it is not the pinned one."""
    return read_pinned(folder, _PINNED[model])


def read_pinned(folder: Path, pinned: PinnedFile) -> bytes:
    """A file's bytes as pinned, one byte too many at most; raises as `read_model` does."""
    path = Path(folder, pinned.name)
    # A pipe or a device that lies there would keep the reader waiting.
    if not path.is_file():
        raise ModelMissing(file=pinned.name)
    try:
        with path.open("rb") as file:
            data = file.read(pinned.size + 1)
    except OSError as exc:
        raise ModelMissing(file=pinned.name) from exc
    check_bytes(pinned, data)
    return data


def check_bytes(pinned: PinnedFile, data: bytes) -> None:
    """Raise ModelDamaged unless the bytes are the pinned file's."""
    if hashlib.sha256(data).hexdigest() != pinned.sha256:
        raise ModelDamaged(file=pinned.name)
