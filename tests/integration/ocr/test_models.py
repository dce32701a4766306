"""`sohoa models`, and what happens where a model is missing or not the pinned one."""

import json
import os
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.main import app
from ocr import models
from ocr.errors import ModelDamaged, ModelMissing, ModelRefused, ModelsUnreachable
from ocr.model_store import copy_models, fetch_models, find_unfit
from ocr.models import DEFAULT_FOLDER, PACKAGES, Model, read_model, use_folder
from ocr.profiles import FAST, TESSERACT, build_engine, find_engines, find_fault

NAMES = [file.name for package in PACKAGES for file in package.files]


def ignore(_name: str) -> None:
    """Take a report of progress."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty models folder."""
    return tmp_path / "models"


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A folder with the fast profile's models alone, in use for this test."""
    made = tmp_path / "small"
    shutil.copytree(DEFAULT_FOLDER / "trueocr-0.1.1", made / "trueocr-0.1.1")
    before = models.models_folder()
    use_folder(made)
    yield made
    use_folder(before)


def test_copying_gives_every_file_and_a_second_time_nothing(folder: Path) -> None:
    """A copied folder has what the pinned packages have; then there is nothing left to do."""
    assert [file.name for file in copy_models(DEFAULT_FOLDER, folder, ignore)] == NAMES
    copied = [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()]
    assert sorted(copied) == sorted(NAMES)
    assert find_unfit(folder) == ()
    assert copy_models(folder.parent / "gone", folder, ignore) == ()


def test_only_what_is_missing_or_damaged_is_written_again(folder: Path) -> None:
    """One bad byte is found, and that file alone replaced."""
    copy_models(DEFAULT_FOLDER, folder, ignore)
    spoil(folder / Model.ORIENTATION)
    assert [file.name for file in find_unfit(folder)] == [Model.ORIENTATION]
    assert [file.name for file in copy_models(DEFAULT_FOLDER, folder, ignore)] == [Model.ORIENTATION]
    assert find_unfit(folder) == ()


def test_source_without_the_models_names_what_it_lacks(folder: Path, tmp_path: Path) -> None:
    """An empty USB folder is an error that names the file; nothing is written."""
    (tmp_path / "usb").mkdir()
    with pytest.raises(ModelMissing) as caught:
        copy_models(tmp_path / "usb", folder, ignore)
    assert NAMES[0] in caught.value.text_vi
    assert not folder.exists()


def test_damaged_source_is_refused(small: Path, folder: Path) -> None:
    """A truncated file on the USB folder does not get in."""
    cut(small / Model.LINE_DETECTOR)
    with pytest.raises(ModelDamaged):
        copy_models(small, folder, ignore)
    assert not (folder / Model.LINE_DETECTOR).exists()


def test_wheel_with_another_hash_is_refused(folder: Path, tmp_path: Path) -> None:
    """A package of the right name and version whose bytes are others gives nothing, whatever is inside."""
    usb = tmp_path / "usb"
    usb.mkdir()
    with zipfile.ZipFile(usb / "trueocr-0.1.1-py3-none-any.whl", "w") as wheel:
        for file in PACKAGES[0].files:
            wheel.write(DEFAULT_FOLDER / file.name, file.member)
    with pytest.raises(ModelRefused):
        copy_models(usb, folder, ignore)
    assert not folder.exists()


def test_index_with_another_wheel_is_refused(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pip finds a wheel of that name whose hash is not the pinned one: refused, and said so."""
    with zipfile.ZipFile(tmp_path / "trueocr-0.1.1-py3-none-any.whl", "w") as wheel:
        wheel.writestr(
            "trueocr-0.1.1.dist-info/METADATA", "Metadata-Version: 2.1\nName: trueocr\nVersion: 0.1.1\n"
        )
        wheel.writestr("trueocr-0.1.1.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr("trueocr-0.1.1.dist-info/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(ModelRefused):
        fetch_models(folder, ignore)
    assert not folder.exists()


def test_without_a_network_the_command_says_what_to_do(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An index that does not answer: status 3, and the way without a network is named."""
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("SOHOA_OCR__MODELS", str(folder))
    with pytest.raises(ModelsUnreachable) as caught:
        CliRunner().invoke(app, ["models"], catch_exceptions=False)
    assert "--from" in caught.value.text_vi
    assert caught.value.kind.value == "unavailable"
    assert not folder.exists()


def test_command_copies_and_lists_what_is_new(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--from` takes a copied folder; `--json` names every file and whether it was written now."""
    monkeypatch.setenv("SOHOA_OCR__MODELS", str(folder))
    for is_new in (True, False):
        result = CliRunner().invoke(app, ["models", "--from", str(DEFAULT_FOLDER), "--json"])
        assert result.exit_code == 0, result.output
        printed = json.loads(result.stdout)
        assert printed["folder"] == str(folder)
        assert [(row["name"], row["new"]) for row in printed["files"]] == [(name, is_new) for name in NAMES]


def test_missing_model_leaves_tesseract_and_a_named_fault(small: Path) -> None:
    """Without a model of its own the profile reads with Tesseract, which then stands as the reader."""
    assert find_fault(FAST) is None
    assert [engine.name for engine in find_engines(FAST)] == ["trueocr"]
    (small / Model.LINE_DETECTOR).unlink()
    fault = find_fault(FAST)
    assert isinstance(fault, ModelMissing)
    assert [engine.name for engine in find_engines(FAST)] == ["tesseract"]
    assert build_engine(FAST).version.name == "tesseract"
    assert find_fault(TESSERACT) is None


@pytest.mark.parametrize("harm", ["spoil", "cut", "grow"])
def test_changed_model_is_never_loaded(small: Path, harm: str) -> None:
    """Another byte, a missing end and bytes at the end all show before anything is run."""
    path = small / Model.LINE_DETECTOR
    {"spoil": spoil, "cut": cut, "grow": grow}[harm](path)
    with pytest.raises(ModelDamaged):
        read_model(small, Model.LINE_DETECTOR)
    assert isinstance(find_fault(FAST), ModelDamaged)
    assert build_engine(FAST).version.name == "tesseract"


def spoil(path: Path) -> None:
    """Change one byte in the middle."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def cut(path: Path) -> None:
    """Lose the last quarter."""
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 3 // 4])


def grow(path: Path) -> None:
    """Gain a byte, as an appended protobuf field would."""
    path.write_bytes(path.read_bytes() + b"\0")


def test_what_is_no_file_counts_as_missing_and_leaves_no_scraps(folder: Path) -> None:
    """A pipe in a model's place keeps nobody waiting; a folder there stays, and no scraps beside it."""
    copy_models(DEFAULT_FOLDER, folder, ignore)
    detector = folder / Model.LINE_DETECTOR
    detector.unlink()
    os.mkfifo(detector)
    assert isinstance(find_fault("fast", folder), ModelMissing)
    assert [file.name for file in copy_models(DEFAULT_FOLDER, folder, ignore)] == [Model.LINE_DETECTOR]
    detector.unlink()
    detector.mkdir()
    with pytest.raises(ModelMissing):
        copy_models(DEFAULT_FOLDER, folder, ignore)
    assert not list(folder.rglob(".*"))
