"""`sohoa ocr` as a person runs it."""

import hashlib
import io
import json
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pikepdf
import pytest
import typer
from typer.testing import CliRunner

from api.cli.ocr import ocr_command
from ocr.models import DEFAULT_FOLDER
from tests.integration.ocr import bornpdf
from tests.integration.ocr.pages import decision_lines, draw_page, jpeg_bytes

pytestmark = pytest.mark.tesseract

app = typer.Typer()
app.command("ocr")(ocr_command)
TESSERACT = ["--profile", "tesseract"]


def test_each_file_gives_text_pdf_and_data(tmp_path: Path) -> None:
    """An image gives NAME.txt, NAME.pdf and NAME.json with the published keys; status 0."""
    scan = tmp_path / "giay.phep.jpg"
    scan.write_bytes(jpeg_bytes(draw_page(decision_lines())))
    result = CliRunner().invoke(app, [str(scan), "--out", str(tmp_path / "ra"), "--jobs", "1", *TESSERACT])
    assert result.exit_code == 0, result.output
    body = json.loads((tmp_path / "ra" / "giay.phep.json").read_text("utf-8"))
    assert body["file"] == str(scan)
    assert body["sha256"] == hashlib.sha256(scan.read_bytes()).hexdigest()
    assert body["profile"] == "tesseract"
    assert body["engines"][0]["name"] == "tesseract"
    assert body["cpu_seconds"] > 0.1
    assert body["pdfa"] == {"level": "2b", "valid": True, "findings": [], "images": ["own_bytes"]}
    assert body["fields"]["so_ky_hieu"]["value"] == "1234/QĐ-UBND"
    assert set(body["pages"][0]["words"][0]) == {
        "text", "raw", "confidence", "box", "line", "zone", "handwritten",
    }  # fmt: skip
    assert "QUYẾT ĐỊNH" in (tmp_path / "ra" / "giay.phep.txt").read_text("utf-8").splitlines()
    assert (tmp_path / "ra" / "giay.phep.pdf").read_bytes().startswith(b"%PDF-")


def test_asked_for_exports_are_written_beside_the_results(tmp_path: Path) -> None:
    """--hocr, --alto and --reading-copy give the same words in other formats and a smaller, marked PDF."""
    scan = tmp_path / "giay.phep.jpg"
    scan.write_bytes(jpeg_bytes(draw_page(decision_lines()), quality=97))
    options = ["--jobs", "1", "--hocr", "--alto", "--reading-copy"]
    result = CliRunner().invoke(app, [str(scan), "--out", str(tmp_path / "ra"), *options])
    assert result.exit_code == 0, result.output
    words = (tmp_path / "ra" / "giay.phep.txt").read_text("utf-8").split()
    hocr = ElementTree.parse(tmp_path / "ra" / "giay.phep.hocr")
    assert [span.text for span in hocr.iter() if span.get("class") == "ocrx_word"] == words
    alto = ElementTree.parse(tmp_path / "ra" / "giay.phep.alto.xml")
    assert [part.get("CONTENT") for part in alto.iter() if part.tag.endswith("}String")] == words
    small = tmp_path / "ra" / "giay.phep.ban-doc.pdf"
    body = json.loads((tmp_path / "ra" / "giay.phep.json").read_text("utf-8"))
    assert body["reading_copy"]["bytes"] == small.stat().st_size < 0.5 * scan.stat().st_size
    with pikepdf.open(small) as pdf, pdf.open_metadata() as metadata:
        assert str(metadata["dc:title"]).startswith("Bản đọc")
        assert metadata["dc:source"] == f"urn:sha256:{body['sha256']}"


def test_reading_copy_that_would_overwrite_a_result_is_wrong_use(tmp_path: Path) -> None:
    """An input whose PDF has the name of another's reading copy is refused before work starts."""
    names = ["a.jpg", "a.ban-doc.jpg"]
    result = CliRunner().invoke(app, [*names, "--out", str(tmp_path / "ra"), "--reading-copy"])
    assert result.exit_code == 2
    assert not (tmp_path / "ra").exists()


def test_refused_input_is_named_and_the_others_are_done(tmp_path: Path) -> None:
    """A damaged file gives status 1 and its reason; a good one beside it is still read."""
    (tmp_path / "tot.jpg").write_bytes(jpeg_bytes(draw_page([])))
    (tmp_path / "hong.pdf").write_bytes(b"%PDF-1.7 and no more")
    files = [str(tmp_path / "hong.pdf"), str(tmp_path / "tot.jpg"), str(tmp_path / "khong-co.jpg")]
    result = CliRunner().invoke(app, [*files, "--out", str(tmp_path / "ra"), "--jobs", "1", "--json"])
    assert result.exit_code == 1
    printed = json.loads(result.stdout)
    assert [(row["file"], row["error"] is None) for row in printed] == list(
        zip(files, (False, True, False), strict=True)
    )
    error = json.loads((tmp_path / "ra" / "hong.json").read_text("utf-8"))["error"]
    assert error["code"] == "UNREADABLE_IMAGE"
    body = json.loads((tmp_path / "ra" / "tot.json").read_text("utf-8"))
    assert body["pages"][0]["quality"]["verdict"] == "blank"
    assert body["fields"] == {}


def test_unknown_profile_is_wrong_use(tmp_path: Path) -> None:
    """A profile that this version does not have is status 2 and says which there are."""
    (tmp_path / "a.jpg").write_bytes(b"")
    result = CliRunner().invoke(app, [str(tmp_path / "a.jpg"), "--out", str(tmp_path), "--profile", "khac"])
    assert result.exit_code == 2
    assert "tesseract" in result.output


@pytest.mark.parametrize("extra", [[], ["--reading-copy"]])
def test_input_that_a_result_would_overwrite_is_wrong_use(tmp_path: Path, extra: list[str]) -> None:
    """A PDF lying in the results folder is never replaced by its own result, by whatever path it is given."""
    original = tmp_path / "giay.pdf"
    original.write_bytes(b"%PDF-1.7")
    (tmp_path / "loi-tat.pdf").symlink_to(original)
    for given in (original, tmp_path / "x" / ".." / "giay.pdf", tmp_path / "loi-tat.pdf"):
        result = CliRunner().invoke(app, [str(given), "--out", str(tmp_path), *extra])
        assert result.exit_code == 2
        assert "ghi đè" in result.output
    assert original.read_bytes() == b"%PDF-1.7"


def test_results_folder_that_cannot_be_made_is_wrong_use(tmp_path: Path) -> None:
    """A file where the folder should be is told in plain words: status 2."""
    (tmp_path / "ra").write_bytes(b"")
    result = CliRunner().invoke(app, [str(tmp_path / "a.jpg"), "--out", str(tmp_path / "ra")])
    assert result.exit_code == 2
    assert "--out" in result.output


def test_two_files_of_one_name_are_wrong_use(tmp_path: Path) -> None:
    """Inputs whose results would overwrite each other are refused before work starts: status 2."""
    result = CliRunner().invoke(app, ["x/a.jpg", "y/a.pdf", "--out", str(tmp_path / "ra")])
    assert result.exit_code == 2
    assert not (tmp_path / "ra").exists()


def test_one_bad_page_leaves_the_others(tmp_path: Path) -> None:
    """A page that cannot be read keeps its place and says why; the pages beside it are there, status 1."""
    data = bornpdf.draw_text(("Trang đầu của tệp thử nghiệm",))
    other = bornpdf.draw_text(("Trang cuối của tệp thử nghiệm",))
    huge = bornpdf.change(data, {"/MediaBox": pikepdf.Array([0, 0, 14400, 14400])})
    (tmp_path / "ba.pdf").write_bytes(bornpdf.join(data, huge, other))
    out = tmp_path / "ra"
    options = ["--jobs", "2", "--reading-copy"]
    result = CliRunner().invoke(app, [str(tmp_path / "ba.pdf"), "--out", str(out), *options])
    assert result.exit_code == 1
    assert "Trang 2:" in result.output
    body = json.loads((out / "ba.json").read_text("utf-8"))
    assert [page.get("error", {}).get("code") for page in body["pages"]] == [None, "IMAGE_TOO_LARGE", None]
    assert body["pages"][1]["quality"] == {"verdict": "rescan", "reasons": ["image_too_large"]}
    pages = (out / "ba.txt").read_text("utf-8").split("\f")
    assert [page.strip() for page in pages] == [
        "Trang đầu của tệp thử nghiệm", "", "Trang cuối của tệp thử nghiệm",
    ]  # fmt: skip
    assert body["pdfa"]["valid"] is True
    for name in ("ba.pdf", "ba.ban-doc.pdf"):
        with pikepdf.open(out / name) as pdf:
            assert len(pdf.pages) == 3


def test_page_that_takes_its_reader_down_leaves_the_others(tmp_path: Path) -> None:
    """A page that nobody can draw within its time becomes an empty sheet to be scanned again."""
    good = bornpdf.draw_text(("Trang đầu của tệp thử nghiệm",))
    with pikepdf.open(io.BytesIO(good)) as pdf, pikepdf.open(io.BytesIO(good)) as other:
        form = pdf.make_stream(b"0 g 1 1 500 700 re f " * 50)
        shown = pikepdf.Dictionary()
        for _depth in range(8):
            form.Type, form.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
            form.BBox = [0, 0, 600, 800]
            shown = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=form))
            form = pdf.make_stream(b"/X Do " * 20)
            form.Resources = shown
        pdf.pages[0].Contents = pdf.make_stream(b"/X Do")
        pdf.pages[0].Resources = shown
        pdf.pages.append(other.pages[0])
        pdf.save(tmp_path / "hai.pdf")
    out = tmp_path / "ra"
    options = ["--jobs", "1", "--page-seconds", "3", "--reading-copy"]
    result = CliRunner().invoke(app, [str(tmp_path / "hai.pdf"), "--out", str(out), *options])
    assert result.exit_code == 1
    assert "Trang 1:" in result.output
    body = json.loads((out / "hai.json").read_text("utf-8"))
    assert body["pages"][0]["quality"]["verdict"] == "rescan"
    assert body["pages"][0]["error"]["code"] in {"ENGINE_CRASHED", "ENGINE_TIMED_OUT", "OUT_OF_MEMORY"}
    assert (out / "hai.txt").read_text("utf-8").split("\f")[1].strip() == "Trang đầu của tệp thử nghiệm"
    assert body["pdfa"]["valid"] is True
    assert (out / "hai.ban-doc.pdf").exists()


def test_reader_that_takes_the_place_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where only the strong reader's model is missing, the fast one reads, and that is what is said."""
    shutil.copytree(DEFAULT_FOLDER / "trueocr-0.1.1", tmp_path / "models" / "trueocr-0.1.1")
    monkeypatch.setenv("SOHOA_OCR__MODELS", str(tmp_path / "models"))
    monkeypatch.setattr("ocr.models._folder", DEFAULT_FOLDER)  # the command sets it; put back afterwards
    (tmp_path / "trang.jpg").write_bytes(jpeg_bytes(draw_page([])))
    options = ["--jobs", "1", "--profile", "accurate"]
    call = [str(tmp_path / "trang.jpg"), "--out", str(tmp_path / "ra"), *options]
    result = CliRunner().invoke(app, call)
    assert result.exit_code == 0
    assert "bằng trueocr thay cho “accurate”" in " ".join(result.output.split())
