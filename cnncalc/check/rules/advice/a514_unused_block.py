"""A514 unused-block."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.check.model import Model
from cnncalc.check.rule import AdviceRule, Remark
from cnncalc.spec.syntax import Call
from cnncalc.spec.validate import statements


class UnusedBlock(AdviceRule):
    """A block is defined and never used.

    It was left behind, or a line that should use it names a kind instead. Its layers are read and
    held to the rules of the language, and are in no network.

    Example:

        input: 3x32x32
        blocks:
          double(out):
            - conv out k=3
            - conv out k=3
        layers:
          - conv 8 k=3

    Fix: use it or remove it.

    Use instead:

        input: 3x32x32
        blocks:
          double(out):
            - conv out k=3
            - conv out k=3
        layers:
          - double 8
    """

    code = "A514"
    name = "unused-block"

    def remarks(self, model: Model) -> Iterator[Remark]:
        spec = model.network.spec
        bodies = {"": spec.layers, **{name: block.body for name, block in spec.blocks.items()}}
        calls = {
            name: {one.kind for one in statements(body) if isinstance(one, Call)}
            for name, body in bodies.items()
        }
        reached, todo = {""}, [""]
        while todo:
            for name in calls[todo.pop()] & spec.blocks.keys() - reached:
                reached.add(name)
                todo.append(name)
        for name, block in spec.blocks.items():
            if name not in reached:
                yield Remark(f"the block {name!r} is never used", at=block.at, help="remove it")
