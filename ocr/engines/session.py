"""ONNX Runtime sessions as our readers need them (phiên chạy mô hình): one thread, flat memory."""

from collections.abc import Sequence

import onnxruntime

from ocr.errors import ModelDamaged

_FLOAT = 1
_GRAPH_FIELD, _OUTPUT_FIELD = 7, 12
_QUIET = 3


def make_session(model: bytes, reveal: Sequence[str] = ()) -> onnxruntime.InferenceSession:
    """A session of a model's bytes; float tensors of the graph named in `reveal` become outputs too.

    Raises ModelDamaged.
    """
    options = onnxruntime.SessionOptions()
    # One process a core reads pages: more threads in each only wait for one another.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # Lines come in ever other widths; an arena keeps the largest block of each.
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    options.log_severity_level = _QUIET
    try:
        return onnxruntime.InferenceSession(
            model + reveal_outputs(reveal), options, providers=["CPUExecutionProvider"]
        )
    except Exception as exc:  # ONNX Runtime has an exception class for every state and no base for them
        raise ModelDamaged from exc


def reveal_outputs(names: Sequence[str]) -> bytes:
    """Bytes that, put behind an ONNX model, add outputs to its graph.

    A protobuf message is merged with what is appended to it, so a ModelProto holding nothing but
    GraphProto.output entries (onnx.proto) extends the list; nothing of the model itself is touched.
    """
    tensor = _field(1, bytes([1 << 3, _FLOAT]))
    return b"".join(
        _field(_GRAPH_FIELD, _field(_OUTPUT_FIELD, _field(1, name.encode()) + _field(2, tensor)))
        for name in names
    )


def _field(number: int, body: bytes) -> bytes:
    """A length-delimited protobuf field."""
    return bytes([number << 3 | 2]) + _varint(len(body)) + body


def _varint(value: int) -> bytes:
    """A number in protobuf's base-128 form."""
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])
