"""TrueOCR's line recogniser as a trainable module (mạng đọc dòng), with weights from and to its ONNX file.

A strip of 96 rows is read twice: its middle third by a projection over whole columns of four pixels, all of
it by small convolutions whose rows are weighed by attention. Ten blocks of depthwise and pointwise
convolutions with squeeze-and-excitation follow, one frame for four columns, and a CTC head. Normalisation is
folded into the convolutions but for one layer, whose statistics stay as they are.
"""

from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import helper, numpy_helper
from torch import Tensor, nn
from torch.nn import functional

_STEM, _CONTEXT, _NORM = "rec.stem", "rec.context", "rec.stem_bn"
_ROWS, _FRAME, _HEADS = (32, 64), 4, 4


class LineNetwork(nn.Module):
    """The network of an ONNX file, its initialisers as parameters under their own names."""

    def __init__(self, model: onnx.ModelProto) -> None:
        super().__init__()
        self._weights = nn.ParameterDict()
        for tensor in model.graph.initializer:
            values = torch.tensor(np.array(numpy_helper.to_array(tensor)))
            trained = "running_" not in tensor.name
            self._weights[_key(tensor.name)] = nn.Parameter(values, requires_grad=trained)
        convolutions = (node for node in model.graph.node if node.op_type == "Conv")
        inputs = {node.output[0]: tuple(node.input[1:]) for node in convolutions}
        self._patch = inputs["/rec/context/patch/Conv_output_0"]
        self._mix = inputs["/rec/context/pw/Conv_output_0"]
        depthwise = (f"/rec/blocks.{number}/dw/Conv_output_0" for number in range(len(inputs)))
        self._depthwise = [inputs[name] for name in depthwise if name in inputs]

    def weight(self, name: str) -> Tensor:
        """An initialiser by its name in the ONNX file."""
        return self._weights[_key(name)]

    def forward(self, strips: Tensor, widths: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (lines, frames, classes) and numbers of frames for strips (lines, 1, 96, columns)."""
        frames = self._look(strips)
        count = frames.shape[2]
        lengths = ((widths + _FRAME - 1) // _FRAME).clamp(max=count)
        mask = (torch.arange(count)[None] < lengths[:, None]).float()[:, None]
        shift, scale, mean, spread = (
            self.weight(f"{_NORM}.{part}") for part in ("bias", "weight", "running_mean", "running_var")
        )
        frames = functional.hardswish(functional.batch_norm(frames, mean, spread, scale, shift)) * mask
        for number, (kernel, bias) in enumerate(self._depthwise):
            frames = (frames + self._block(f"rec.blocks.{number}", kernel, bias, frames, mask)) * mask
        return self._point("rec.head", frames).transpose(1, 2), lengths

    def _look(self, strips: Tensor) -> Tensor:
        """Features (lines, 128, frames) of the line itself and of what surrounds it."""
        middle = strips[:, :, _ROWS[0] : _ROWS[1]]
        kernel, bias = self.weight(f"{_STEM}.weight"), self.weight(f"{_STEM}.bias")
        own = functional.conv2d(middle, kernel, bias, stride=(_ROWS[1] - _ROWS[0], _FRAME))[:, :, 0]
        seen = functional.conv2d(strips, *map(self.weight, self._patch), stride=_FRAME)
        channels = seen.shape[1]
        depthwise = self.weight(f"{_CONTEXT}.dw.weight")
        seen = functional.conv2d(functional.hardswish(seen), depthwise, padding=1, groups=channels)
        seen = functional.hardswish(functional.conv2d(seen, *map(self.weight, self._mix)))
        score = functional.conv2d(
            seen, self.weight(f"{_CONTEXT}.score.weight"), self.weight(f"{_CONTEXT}.score.bias")
        )
        rows = torch.softmax(score + self.weight(f"{_CONTEXT}.row_prior"), 2).unsqueeze(2)
        lines, channels, height, count = seen.shape
        heads = seen.view(lines, _HEADS, channels // _HEADS, height, count)
        return own + self._point(f"{_CONTEXT}.proj", (heads * rows).sum(3).reshape(lines, channels, count))

    def _block(self, name: str, kernel: str, bias: str, frames: Tensor, mask: Tensor) -> Tensor:
        """One residual block: depthwise over nine frames, expand, squeeze and excite, project."""
        size = self.weight(kernel).shape
        spread = functional.conv1d(
            frames, self.weight(kernel), self.weight(bias), padding=size[2] // 2, groups=size[0]
        )
        wide = functional.hardswish(self._point(f"{name}.expand", spread))
        mean = (wide * mask).sum(2, keepdim=True) / mask.sum(2, keepdim=True).clamp(min=1)
        excited = self._point(f"{name}.se.fc2", functional.relu(self._point(f"{name}.se.fc1", mean)))
        return self._point(f"{name}.project", wide * torch.sigmoid(excited))

    def _point(self, name: str, values: Tensor) -> Tensor:
        return functional.conv1d(values, self.weight(f"{name}.weight"), self.weight(f"{name}.bias"))


def write_model(model: onnx.ModelProto, weights: dict[str, NDArray[np.float32]], target: Path) -> None:
    """The ONNX graph with other weights, stored as halves and widened when the file is loaded.

    Halves keep the answers and make the file half as large; all sums stay in single precision.
    """
    changed = onnx.ModelProto()
    changed.CopyFrom(model)
    del changed.graph.initializer[:]
    casts: list[onnx.NodeProto] = []
    for tensor in model.graph.initializer:
        values = weights.get(tensor.name, numpy_helper.to_array(tensor))
        half = f"{tensor.name}.half"
        changed.graph.initializer.append(
            numpy_helper.from_array(np.ascontiguousarray(values, dtype=np.float16), half)
        )
        casts.append(helper.make_node("Cast", [half], [tensor.name], to=onnx.TensorProto.FLOAT))
    nodes = [*casts, *changed.graph.node]
    del changed.graph.node[:]
    changed.graph.node.extend(nodes)
    onnx.checker.check_model(changed)
    target.write_bytes(changed.SerializeToString())


def _key(name: str) -> str:
    """The name as a parameter's name, in which dots and colons have other meanings."""
    return name.replace(".", "-").replace(":", "_")
