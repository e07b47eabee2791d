"""Steps that follow from a layer's facts alone: its output, its cost, the bytes that it writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from cnncalc import formulas
from cnncalc.analyses.cost import Cost
from cnncalc.analyses.cost import node_cost as cost_of
from cnncalc.analyses.memory import written_by
from cnncalc.explain.letters import Case, Pair, apart
from cnncalc.explain.reasons import name_of
from cnncalc.explain.steps import Step, merged, step
from cnncalc.sizes import Shape, Size, product
from cnncalc.worked import Worked, named, plain


def shape_steps(pair: Pair, y: Shape) -> list[Step]:
    """How many there are along every axis of the output."""
    outputs = [case.layer.output(*case.xs) for case in pair]
    kind = type(pair.numbers.layer)
    windows = pair.numbers.layer.reads(*pair.numbers.xs)[0]
    slides = len(windows) == y.rank and not y.features_last
    reasons = [kind, *(window.reason for window in windows)] if slides else [kind] * len(y)
    return merged(
        step("shape", axis, letters, numbers, why=name_of(why))
        for axis, letters, numbers, why in zip(y.axes, *outputs, reasons)
    )


def reasons_of_shape(pair: Pair) -> list[Any]:
    """Whose docstrings say why the output is so large."""
    windows = pair.numbers.layer.reads(*pair.numbers.xs)[0]
    return [type(pair.numbers.layer), *(window.reason for window in windows)]


def param_steps(pair: Pair) -> Iterator[Step]:
    """Elements of the weights, trainable and not."""
    letters, numbers = (_cost(case) for case in pair)
    why = pair.numbers.layer.kind
    yield step("params", "parameters", letters.params, numbers.params, why=why)
    if numbers.buffers != 0:
        yield step("params", "buffers", letters.buffers, numbers.buffers, why=why)


def _cost(case: Case) -> Cost:
    return cost_of(case.layer, case.xs, case.y)


class _Part(NamedTuple):
    """What one weight tensor, or one product of tensors, contributes to the MACs."""

    name: str
    before: list[Step]
    letters: Any
    numbers: Any


def mac_steps(pair: Pair, batch: Size, taken: Mapping[str, Any]) -> Iterator[Step]:
    """Weights times their uses, tensor by tensor; products of two tensors; and their sum."""
    parts = [*_of_weights(pair, taken), *_of_products(pair)]
    images, several = batch != 1, len(parts) > 1
    for part in parts:
        about = f"{part.name}: " if several else ""
        yield from (one._replace(names=(f"{about}{one.names[0]}",)) for one in part.before)
        label = f"{about}MACs" if several or not images else "MACs of an image"
        yield step("macs", label, part.letters, part.numbers, why="macs")
    if not parts:
        yield Step("macs", ("MACs",), 0)
    elif several or images:
        total = sum(Worked(plain(part.numbers)) for part in parts)
        yield step("macs", "MACs", None, total * Worked(batch) if images else total, why="macs")


def _of_weights(pair: Pair, taken: Mapping[str, Any]) -> Iterator[_Part]:
    weights = (list(case.layer.weights(case.xs[0], case.y)) for case in pair)
    for letters, numbers in zip(*weights):
        if numbers.uses == 0:
            continue
        elements = product(numbers.shape)
        counts = {"weights": plain(elements), "uses": plain(numbers.uses)}
        kind = pair.numbers.layer.kind
        yield _Part(
            numbers.name,
            [
                step("macs", "weights", product(letters.shape), elements, why=kind),
                step("macs", "uses of each", letters.uses, numbers.uses, why="macs"),
            ],
            formulas.macs(*(named(value, apart(n, value, taken)) for n, value in counts.items())),
            formulas.macs(*map(Worked, counts.values())),
        )


def _of_products(pair: Pair) -> Iterator[_Part]:
    products = (list(case.layer.products(*case.xs)) for case in pair)
    for letters, numbers in zip(*products):
        yield _Part(numbers.name, [], letters.macs, numbers.macs)


def memory_steps(pair: Pair, each: int, batch: Size) -> Iterator[Step]:
    """Bytes of what the layer writes."""
    letters, numbers = (written_by(case.layer, case.y) for case in pair)
    if numbers == 0:
        yield Step("memory", ("written",), 0, unit="B", note="a view of its input", why="stored")
        return
    images = batch != 1
    yield step(
        "memory",
        "written",
        formulas.stored(letters, named(each, "bytes"), named(batch, "batch") if images else 1),
        formulas.stored(numbers, Worked(each), Worked(batch) if images else 1),
        unit="B",
        why="stored",
    )
