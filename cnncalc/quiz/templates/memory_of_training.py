"""Memory of training, and how large a batch fits."""

from __future__ import annotations

from typing import Any

from cnncalc.analyses.kept import holdings
from cnncalc.analyses.step import OPTIMIZERS, step_memory
from cnncalc.network import load
from cnncalc.quiz.ask import Ask
from cnncalc.quiz.cost_misconceptions import EACH_IMAGE, LARGEST, ONE_BYTE, ONE_IMAGE, SUMMED
from cnncalc.quiz.draw import Draw, Redraw
from cnncalc.quiz.making import Made, amount, choice, merged
from cnncalc.quiz.model import Wrong
from cnncalc.quiz.registry import template
from cnncalc.quiz.wording import chain, line
from cnncalc.render.page import GROUPED, Line, Page, Section
from cnncalc.sizes import Shape, ceil_div, product
from cnncalc.worked import Worked, form_of

#: Of float32.
_BYTES = 4


def _wrong(text: str, believed: Worked) -> Wrong:
    return Wrong(believed.value, text, believed.written(GROUPED))


def _apart(right: int, found: list[Wrong]) -> list[Wrong]:
    """Those that another answer leads to, and to which no other one does."""
    values = [one.value for one in found]
    return [one for one in found if one.value != right and values.count(one.value) == 1]


@template(
    "kept-for-backward",
    topic="memory",
    type="numeric",
    title="Bytes that training keeps of the forward pass, which inference frees",
    sources=("003 Enrichment 7.8.7: Backpropagation for Convolutional Neural Networks",),
)
def kept_for_backward(draw: Draw) -> Made:
    c, n = draw.choose((1, 3, 4)), draw.choose((8, 10, 16, 20))
    a, b = (draw.choose((4, 5, 6, 8, 10)) for _ in "ab")
    batch, dense = draw.choose((4, 5, 8, 10)), draw.below(2)
    first = line(f"conv {a}", k=3, s=draw.between(1, 2), p=1)
    parts = [f"{c}x{n}x{n}", first, "relu", f"conv {b} k=1", "relu"]
    net = " | ".join([*parts, "flatten", "linear 10"] if dense else parts)
    graph = load(net).graph()
    numbers = {name: i for i, name in enumerate(graph.shapes)}
    kept: dict[str, Shape] = {}
    every: list[str] = []
    for held in holdings(graph).values():
        every += [one.key for one in held]
        kept.update((one.key, graph.shapes[one.key]) for one in held)
    sizes: dict[str, Any] = {key: product(map(Worked, shape)) for key, shape in kept.items()}
    values = [Worked(size.value) for size in sizes.values()]
    total: Any = sum(values[1:], values[0])
    right = total * _BYTES * batch
    again = sum(sizes[key].value for key in every)
    written = sum(product(node.shape) for node in graph if not node.layer.view)
    image = product(next(iter(graph.inputs.values())))
    peak = Ask(net, "peak", batch=batch)
    found = [
        _wrong("kept every output", Worked(image + written) * _BYTES * batch),
        _wrong("counted a tensor twice that two layers keep", Worked(again) * _BYTES * batch),
        _wrong("left the input out, which the first layer keeps", (total - image) * _BYTES * batch),
        Wrong(peak.value, "gave the most that inference has at once", peak.working()),
        _wrong(ONE_BYTE.text, total * batch),
        _wrong(ONE_IMAGE.text, total * _BYTES),
    ]
    lines = [
        Line(
            f"output of ({numbers[key]})" if numbers[key] else "the input",
            [size.form, form_of(size.value)],
        )
        for key, size in sizes.items()
    ]
    lines.append(Line("kept", [right.form, form_of(right.value)], "B"))
    last = " A flattened map is the map, not another tensor." * dense
    made = amount(
        f"A batch of {batch} inputs of {c}×{n}×{n} goes through a network in training: {chain(net)}. "
        "For the backward pass a layer with weights keeps its input, and ReLU its output; a tensor "
        f"that two layers keep is there once.{last} How many bytes are kept, in float32 (4 bytes for "
        "a value)? Weights are not counted.",
        int(right.value),
        _apart(int(right.value), found),
        Page("", [Section("", [("", lines)])]),
        "B",
    )
    return made._replace(command=f'cnncalc train "{net}" --batch {batch}')


#: Optimizers, and what of each parameter they remember.
_REMEMBERED = {
    "sgd": "SGD without momentum, which remembers nothing",
    "momentum": "SGD with momentum",
    "adam": "Adam",
}


@template(
    "training-state-bytes",
    topic="memory",
    type="single",
    title="Bytes of parameters, gradients and what the optimizer remembers",
    sources=("003 7.7.3 Number of Learnable Parameters",),
)
def training_state_bytes(draw: Draw) -> Made:
    c, a, b = draw.choose((1, 3)), draw.choose((4, 8, 10, 16)), draw.choose((10, 16, 20, 32))
    k, batch = draw.choose((3, 5)), draw.choose((8, 16, 32))
    net = f"{c}x28x28 | conv {a} k={k} | relu | conv {b} k=3"
    optimizer = draw.choose(("momentum", "adam", "adam"))
    params = Ask(net, "params")
    memory = step_memory(load(net).graph(), _BYTES, batch, optimizer)
    right = int(memory.weights + memory.gradients + memory.optimizer)
    count = Worked(params.value)
    numbers = 2 + OPTIMIZERS[optimizer]
    found = [
        _wrong("left the gradients out", count * (numbers - 1) * _BYTES),
        _wrong("left out what the optimizer remembers", count * 2 * _BYTES),
        _wrong("counted the parameters alone", count * _BYTES),
        _wrong(ONE_BYTE.text, count * numbers),
        _wrong("forgot the bias", Worked(Ask(_unbiased(net), "params").value) * numbers * _BYTES),
        _wrong(EACH_IMAGE, count * numbers * _BYTES * batch),
        _wrong("took momentum for Adam, which remembers two numbers for each parameter", count * 4 * _BYTES)
        if optimizer == "momentum"
        else _wrong("took Adam for momentum, which remembers one number for each parameter", count * 3 * _BYTES),
    ]  # fmt: skip
    total = count * numbers * _BYTES
    words = {1: "one number", 2: "two numbers"}[OPTIMIZERS[optimizer]]
    line_ = Line(
        "bytes",
        [total.form, form_of(total.value)],
        "B",
        f"for each parameter its value, its gradient and {words} that {_REMEMBERED[optimizer]} "
        "remembers",
    )
    together = Page("", [Section("parameters, gradients, optimizer", [("", [line_])])])
    made = choice(
        draw,
        f"A network for {c}×28×28 inputs is trained with batches of {batch}: {chain(net)}; each "
        f"convolution has a bias and no padding. The optimizer is {_REMEMBERED[optimizer]}. How many "
        "bytes do the parameters, their gradients and what the optimizer remembers take together, in "
        "float32 (4 bytes for a value)?",
        right,
        _apart(right, found),
        merged([params.solution(), together]),
        "B",
    )
    return made._replace(claims=(params.is_(params.value),))


def _unbiased(net: str) -> str:
    return " | ".join(f"{part} bias=no" if "conv" in part else part for part in net.split(" | "))


@template(
    "largest-batch",
    topic="memory",
    type="numeric",
    title="The largest batch that fits in a memory, beside the weights",
    sources=("003 7.3.5 Batch Processing with Convolutional Layers", "004 1.2 AlexNet"),
)
def largest_batch(draw: Draw) -> Made:
    c, n, m = draw.choose((1, 3)), draw.choose((8, 10, 16, 20)), draw.choose((8, 10, 16, 20))
    net = f"{c}x{n}x{n} | conv {m} k=3 p=1 | maxpool 2 | flatten | linear {draw.choose((10, 50, 100))}"
    memory = draw.choose((400, 500, 600, 800, 1000)) * 1000
    peak, params = Ask(net, "peak"), Ask(net, "params")
    each, weights = Worked(peak.value), Worked(params.value) * _BYTES
    rest = Worked(memory) - Worked(weights.value)
    batch = int(rest.value) // int(peak.value)
    if not 5 <= batch <= 60 or rest.value % each.value == 0:
        raise Redraw("no batch that is worth a question")
    conv = Ask(net, "written", "conv1").value
    summed = Ask(net, "written").value
    found = [
        Wrong(ceil_div(rest.value, each.value), "rounded up"),
        _floored("forgot the weights, which take memory too", memory, peak.value),
        _floored(LARGEST, rest.value, conv),
        _floored(SUMMED.text, rest.value, summed),
        _floored(ONE_BYTE.text, rest.value, ONE_BYTE.wrong(peak).value),  # type: ignore[union-attr]
    ]
    fit = rest // each
    both = [
        Line("bytes of the weights", [weights.form, form_of(weights.value)], "B"),
        Line("largest batch", [fit.form, form_of(fit.value)]),
    ]
    made = amount(
        f"A device has {memory:,} bytes for the weights of a network and for its tensors. The network "
        f"is for inputs of {c}×{n}×{n}: {chain(net)}; layers with weights have a bias. At inference a "
        "tensor is freed as soon as no later layer reads it; a layer's input and output are in memory "
        "together, the network's input is a tensor too, and flattening makes none. How large can a "
        "batch be, in float32 (4 bytes for a value)?",
        batch,
        _apart(batch, found),
        merged([params.solution(), peak.solution(), Page("", [Section("together", [("", both)])])]),
    )
    return made._replace(claims=(params.is_(params.value), peak.is_(peak.value)))


def _floored(text: str, memory: Any, each: Any) -> Wrong:
    wrong = Worked(int(memory)) // Worked(int(each))
    return _wrong(text, wrong)
