"""What a layer keeps from the forward pass for its gradients."""

from __future__ import annotations

from typing import NamedTuple

from cnncalc.sizes import Size

#: Stands for the layer's output among the numbers of its inputs.
OUTPUT = -1


class Kept(NamedTuple):
    """A tensor that the backward pass reads, as PyTorch keeps it.

    ``of`` is the number of the input that it is, or ``OUTPUT``; None: the layer makes it for itself,
    of ``elements`` for each image (``per_image``) or once for the batch. An element takes as many
    bytes as the network's, but at least ``least``, or always ``bytes``. ``only_for``: it is kept
    only if one of these inputs has a gradient (none named: if the output has one).
    """

    what: str
    elements: Size = 0
    of: int | None = None
    only_for: tuple[int, ...] = ()
    per_image: bool = True
    least: int = 0
    bytes: int | None = None

    def each(self, element: int) -> int:
        """Bytes of one element in a network whose elements have ``element``."""
        return self.bytes or max(self.least, element)


#: The layer's only or first input, and its output.
INPUT_KEPT = Kept("input", of=0)
OUTPUT_KEPT = Kept("output", of=OUTPUT)


def places(elements: Size) -> Kept:
    """Which position each maximum came from: int64, whatever the network computes in.

    Source: PyTorch, ``torch.nn.MaxPool2d``, ``return_indices``.
    """
    return Kept("places of the maxima", elements, bytes=8)


def statistics(elements: Size, per_image: bool = True) -> Kept:
    """Mean and inverse deviation of what is normalised together, at least in float32.

    Source: PyTorch, ``aten/src/ATen/native/Normalization.cpp`` (save_mean, save_invstd).
    """
    return Kept("mean and deviation", 2 * elements, per_image=per_image, least=4)
