"""Trains the fast line reader further (huấn luyện thêm bộ đọc dòng) on lines that `samples` made.

    python -m bench.train_reader.train REC.onnx LINES HELD TARGET.onnx --steps 6000

REC.onnx is TrueOCR's recogniser, LINES and HELD are folders of `samples`, the second with a face that the
first does not have. TARGET gets the mean of the weights over the last few hundred steps.
"""

import argparse
import json
import math
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import onnx
import torch
from rapidfuzz.distance import Levenshtein
from torch import Tensor
from torch.nn import functional

from bench.train_reader.network import LineNetwork, write_model
from bench.train_reader.strips import InkMap, cut_jittered
from ocr.engines.line_detector import LineBox
from ocr.engines.line_reader import cut_strip, iter_batches
from ocr.models import DEFAULT_FOLDER, Model, read_model

_BLOCKS_AT_ONCE = 28
_WARM_UP = 150
_FINAL_SHARE = 0.03
_MEAN_KEEP = 0.996
_CLIP = 1.0
_LOSS_SCALE = 1 / 30
_MULTIPLE, _HALO = 8, 8
_REPORT_EVERY = 300

Sample = tuple[Path, list[tuple[LineBox, list[int]]]]
Batch = tuple[Tensor, Tensor, list[list[int]]]


def read_samples(folder: Path, charset: Sequence[str]) -> list[Sample]:
    """Blocks of a folder with boxes and class numbers of their lines; class 0 is CTC's blank."""
    number = {character: place + 1 for place, character in enumerate(charset)}
    blocks: dict[Path, list[tuple[LineBox, list[int]]]] = {}
    for row in map(json.loads, (folder / "lines.jsonl").read_text(encoding="utf-8").splitlines()):
        lines = blocks.setdefault(folder / row["image"], [])
        lines.append((LineBox(*row["box"], 1.0), [number[character] for character in row["text"]]))
    return list(blocks.items())


def iter_training(samples: Sequence[Sample], rng: random.Random) -> Iterator[Batch]:
    """Batches without end: some random blocks, their lines cut with jitter, about equally wide together."""
    while True:
        lines = [
            (cut_jittered(image, box, rng), label)
            for path, wanted in rng.choices(samples, k=_BLOCKS_AT_ONCE)
            for image in [cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)]
            for box, label in wanted
        ]
        batches = list(iter_batches([strip.shape[1] for strip, _ in lines]))
        rng.shuffle(batches)
        for batch in batches:
            yield _stack([lines[place] for place in batch])


def _stack(lines: Sequence[tuple[InkMap, list[int]]]) -> Batch:
    """Strips side by side as the reader stacks them, their widths, their labels."""
    widths = [strip.shape[1] for strip, _ in lines]
    columns = -(-max(widths) // _MULTIPLE) * _MULTIPLE + _HALO
    strips = np.zeros((len(lines), 1, lines[0][0].shape[0], columns), np.float32)
    for place, (strip, _) in enumerate(lines):
        strips[place, 0, :, : strip.shape[1]] = strip
    return torch.from_numpy(strips), torch.tensor(widths), [label for _, label in lines]


def find_loss(network: LineNetwork, batch: Batch) -> Tensor:
    """Mean CTC loss of a batch; the large products run in bfloat16, which halves the time."""
    strips, widths, labels = batch
    with torch.autocast("cpu", torch.bfloat16):
        logits, lengths = network(strips, widths)
    chances = functional.log_softmax(logits.float(), 2).transpose(0, 1)
    flat = torch.tensor([number for label in labels for number in label])
    sizes = torch.tensor([len(label) for label in labels])
    loss = functional.ctc_loss(chances, flat, lengths, sizes, reduction="none", zero_infinity=True)
    return loss.mean()


@torch.no_grad()
def find_error_share(network: LineNetwork, samples: Sequence[Sample]) -> float:
    """Wrong characters per character, greedily read from lines cut as the reader cuts them."""
    wrong = total = 0
    for path, wanted in samples:
        image = np.asarray(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE), np.uint8)
        for box, label in wanted:
            strips, widths, _ = _stack([(cut_strip(image, box), label)])
            logits, lengths = network(strips, widths)
            best = logits[0, : int(lengths[0])].argmax(1).tolist()
            read = [new for old, new in zip([0, *best], best, strict=False) if new not in (0, old)]
            wrong += Levenshtein.distance(read, label)
            total += len(label)
    return wrong / max(1, total)


class Trainer:
    """AdamW with warm-up and cosine, clipped gradients, and a running mean of the weights (bộ huấn luyện)."""

    def __init__(self, model: onnx.ModelProto, rate: float, steps: int) -> None:
        self.network = LineNetwork(model)
        self._model, self._rate, self._steps, self._step = model, rate, steps, 0
        trained = [weight for weight in self.network.parameters() if weight.requires_grad]
        decayed = {"params": [weight for weight in trained if weight.ndim > 1], "weight_decay": 1e-3}
        plain = {"params": [weight for weight in trained if weight.ndim <= 1], "weight_decay": 0.0}
        self._optimizer = torch.optim.AdamW([decayed, plain], lr=rate, betas=(0.9, 0.98))
        self._trained = trained
        self._mean = {name: value.clone() for name, value in self.network.state_dict().items()}

    def take_step(self, batch: Batch) -> float:
        """One step; the loss before it."""
        progress = self._step / self._steps
        fall = _FINAL_SHARE + (1 - _FINAL_SHARE) * 0.5 * (1 + math.cos(math.pi * progress))
        for group in self._optimizer.param_groups:
            group["lr"] = self._rate * min(1, (self._step + 1) / _WARM_UP) * fall
        loss = find_loss(self.network, batch)
        self._optimizer.zero_grad()
        (loss * _LOSS_SCALE).backward()
        torch.nn.utils.clip_grad_norm_(self._trained, _CLIP)
        self._optimizer.step()
        self._step += 1
        keep = min(_MEAN_KEEP, (1 + self._step) / (10 + self._step))
        for name, value in self.network.state_dict().items():
            self._mean[name].lerp_(value, 1 - keep)
        return loss.item()

    def mean_network(self) -> LineNetwork:
        """A network with the mean weights."""
        mean = LineNetwork(self._model)
        mean.load_state_dict(self._mean)
        return mean

    def save(self, target: Path) -> None:
        """Write the mean weights into the model's graph."""
        mean = self.mean_network()
        names = [tensor.name for tensor in self._model.graph.initializer]
        write_model(self._model, {name: mean.weight(name).detach().numpy() for name in names}, target)


def main() -> None:
    """Train as the command line says, with a report now and then."""
    parser = argparse.ArgumentParser()
    for name in ("start", "lines", "held", "target"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--rate", type=float, default=6e-4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--models", type=Path, default=DEFAULT_FOLDER)
    given = parser.parse_args()
    torch.manual_seed(given.seed)
    charset = json.loads(read_model(given.models, Model.LINE_READER_FACTS))["charset"]
    held = read_samples(given.held, charset)[:40]
    batches = iter_training(read_samples(given.lines, charset), random.Random(given.seed))
    trainer = Trainer(onnx.load(given.start), given.rate, given.steps)
    losses: list[float] = []
    for step in range(1, given.steps + 1):
        losses.append(trainer.take_step(next(batches)))
        if step % _REPORT_EVERY == 0 or step == given.steps:
            trainer.save(given.target)
            share = find_error_share(trainer.mean_network(), held)
            loss = np.mean(losses[-_REPORT_EVERY:])
            print(f"step {step}  loss {loss:.3f}  held out CER {100 * share:.2f} %")


if __name__ == "__main__":
    main()
