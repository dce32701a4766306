"""The demonstration's batch is what it says: files, faults and truth."""

from pathlib import Path

import pikepdf
import pypdf
import pytest
from PIL import Image
from sample_batch import Expected, Role, SampleFile, make_sample_batch


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> list[SampleFile]:
    """The batch, drawn once."""
    return make_sample_batch(tmp_path_factory.mktemp("batch"))


def find(batch: list[SampleFile], expected: Expected) -> list[SampleFile]:
    """The files of which this is expected."""
    return [sample for sample in batch if sample.expected is expected]


@pytest.mark.slow
def test_every_kind_of_file_is_there(batch: list[SampleFile]) -> None:
    """At least twelve files to take in, each fault once, and a paper for each state a lookup needs."""
    assert len(batch) - len(find(batch, Expected.SIGN_BASE)) >= 12
    assert {sample.expected for sample in batch} == set(Expected)
    assert {sample.role for sample in batch} == set(Role)
    assert {sample.path.suffix for sample in batch} == {".pdf", ".tif", ".jpg"}


@pytest.mark.slow
def test_faulty_files_have_their_faults(batch: list[SampleFile]) -> None:
    """The locked file needs a password, the cut one has no end, the doubled one has the same bytes."""
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(find(batch, Expected.ENCRYPTED)[0].path)
    assert b"%%EOF" not in find(batch, Expected.UNREADABLE)[0].path.read_bytes()[-1024:]
    twice = find(batch, Expected.DUPLICATE)[0]
    assert twice.path.read_bytes() == (twice.path.parent / twice.duplicate_of).read_bytes()


@pytest.mark.slow
def test_page_counts_and_truth_belong_to_the_files(batch: list[SampleFile]) -> None:
    """Declared page counts are those of the files; owners differ, so that each lookup meets one paper."""
    for sample in find(batch, Expected.RECORD):
        assert sample.pages == count_pages(sample.path)
    known = [sample for sample in batch if sample.truth]
    assert len({sample.truth["owner_id"] for sample in known}) == len(known)


def count_pages(path: Path) -> int:
    """Pages of a PDF, TIFF or JPEG."""
    if path.suffix == ".pdf":
        return len(pypdf.PdfReader(path).pages)
    with Image.open(path) as image:
        return getattr(image, "n_frames", 1)


@pytest.mark.slow
def test_born_digital_papers_hold_their_text(batch: list[SampleFile]) -> None:
    """The text of the papers to be signed can be taken out as printed, Vietnamese letters and all."""
    for sample in find(batch, Expected.SIGN_BASE):
        text = " ".join(pypdf.PdfReader(sample.path).pages[0].extract_text().split())
        for name in ("so_ky_hieu", "loai_van_ban", "nguoi_ky", "owner_id", "owner_name"):
            assert sample.truth[name] in text


@pytest.mark.slow
def test_the_batch_is_the_same_every_time(batch: list[SampleFile], tmp_path: Path) -> None:
    """Drawing again gives the same bytes, so that a second demonstration takes nothing in anew."""
    again = {sample.path.name: sample.path.read_bytes() for sample in make_sample_batch(tmp_path)}
    same = [sample for sample in batch if sample.expected is not Expected.ENCRYPTED]
    assert all(sample.path.read_bytes() == again[sample.path.name] for sample in same)
