"""A506 field-exceeds-input."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.check.model import Model
from cnncalc.check.rule import AdviceRule, Remark
from cnncalc.graph import Node
from cnncalc.layers.windows import Slide
from cnncalc.sizes import at_least, by, is_int


class FieldExceedsInput(AdviceRule):
    """A kernel looks for context where its input already sees more than the whole image.

    Layers after that point integrate nothing new from the image and often add nothing to the
    accuracy. Nearly all classifiers have some at their usual input size; many are a sign that the
    network was made for larger images. Source: Richter et al. 2021, "(Input) Size Matters for CNN
    Classifiers".

    Example:

        input: 3x16x16
        layers:
          - conv 8 k=9 p=4
          - conv 8 k=9 p=4
          - conv 8 k=3 p=1

    Fix: a larger input, fewer layers, or less downsampling early on.

    Use instead:

        input: 3x32x32
        layers:
          - conv 8 k=9 p=4
          - conv 8 k=9 p=4
          - conv 8 k=3 p=1
    """

    code = "A506"
    name = "field-exceeds-input"
    severity = "note"

    def remarks(self, model: Model) -> Iterator[Remark]:
        found = [
            node for node in model.graph if _has_kernel(node, model) and _sees_all(node, model)
        ]
        if found:
            fields = model.fields[found[0].inputs[0]]
            more = len(found) - 1
            yield Remark(
                f"its input has a receptive field of {by([field.size or 0 for field in fields])} "
                "already, more than the image",
                found[0],
                notes=(f"{more:,} more layers with kernels follow after it",) * (more > 0),
                help="a larger input, or fewer layers",
            )


def _has_kernel(node: Node, model: Model) -> bool:
    windows = node.layer.windows(model.graph.inputs_of(node)[0])
    return any(
        isinstance(window, Slide) and at_least(window.kernel, 2) is True for window in windows
    )


def _sees_all(node: Node, model: Model) -> bool:
    fields = model.fields.get(node.inputs[0])
    image = next((x for x in model.graph.inputs.values() if x.rank == len(fields or ())), None)
    return (
        bool(fields)
        and image is not None
        and all(
            field.sliding and is_int(field.size) and is_int(n) and field.size > n
            for field, n in zip(fields or (), image.spatial)
        )
    )
