"""The bytes that make a tensor of a model an output."""

import pytest

from ocr.engines.session import make_session, reveal_outputs
from ocr.errors import ModelDamaged


def test_nothing_to_reveal_changes_nothing() -> None:
    """Without names no byte is added."""
    assert reveal_outputs(()) == b""


def test_output_entry_has_protobuf_form() -> None:
    """ModelProto.graph (7) holds GraphProto.output (12) holds name (1) and a float tensor's type (2)."""
    assert reveal_outputs(["ab"]) == bytes.fromhex("3a 0c 62 0a 0a 02 61 62 12 04 0a 02 08 01")


def test_long_names_get_long_lengths() -> None:
    """Lengths above 127 take two bytes, lowest seven bits first."""
    assert reveal_outputs(["n" * 200])[:3] == bytes([7 << 3 | 2, 0b11010100, 1])


def test_bytes_that_are_no_model_are_refused() -> None:
    """A damaged model is an error of ours, not ONNX Runtime's."""
    with pytest.raises(ModelDamaged):
        make_session(b"not a model")
