"""What the service says of the parts it works with."""

from pathlib import Path

from api.health import check_parts
from api.settings import OcrSettings, Settings
from api.wiring import build_service


def test_missing_models_are_told_and_do_not_stop_the_service(settings: Settings, tmp_path: Path) -> None:
    """A profile without its models: named by code, what to do and who reads instead; still ready."""
    asked = settings.model_copy(update={"ocr": OcrSettings(jobs=1, profile="fast", models=tmp_path / "none")})
    service = build_service(asked)
    try:
        service.prepare()
        (reader,) = (part for part in check_parts(service) if part.name == "reader")
    finally:
        service.close()
    assert reader.state == "MODEL_MISSING"
    assert "sohoa models" in reader.text_vi
    assert "Tesseract" in reader.text_vi
    assert reader.is_ok
