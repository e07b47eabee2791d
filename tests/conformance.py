"""What every kind of layer is held to: PyTorch, for the facts; itself, for the symbols.

- A layer that refuses its input must have a PyTorch twin that refuses it too;
- otherwise the output's shape, the weights' names, order and shapes, the number of
  multiply-accumulates, and the positions that every unit reads are PyTorch's own;
- computed with symbols for sizes (and for arguments) and evaluated afterwards, all is the same.

``LAXER`` and ``STRICTER`` list where PyTorch takes more, or less, than we do.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from drawing import Sample
from torch.utils.flop_counter import FlopCounterMode

from cnncalc import formulas, sizes, symbolic
from cnncalc.analyses.cost import node_cost
from cnncalc.errors import LayerError
from cnncalc.layers import KINDS, Layer, Requirement
from cnncalc.layers.arguments import Argument, Axes, Count, Like
from cnncalc.layers.windows import Window
from cnncalc.sizes import Shape, Size

torch.set_num_threads(1)

BATCH = 2


class Difference(NamedTuple):
    """Where PyTorch and we disagree, known by a part of the message of the one that refuses.

    ``sample`` is an example, which a test holds both sides to.
    """

    message: str
    why: str
    sample: Sample


#: Where PyTorch takes what we refuse.
LAXER = (
    Difference(
        "add joins tensors",
        "PyTorch repeats sizes of 1; in a residual sum that is a mistake in the branches",
        Sample(KINDS["add"], {}, (Shape((3, 4, 4)), Shape((3, 1, 1)))),
    ),
    Difference(
        "mse joins tensors",
        "PyTorch repeats sizes of 1, and warns that this is likely a mistake",
        Sample(KINDS["mse"], {}, (Shape((3,)), Shape((1,)))),
    ),
    Difference(
        "cannot be split into",
        "torch.chunk makes unequal parts, or fewer; a part would be of another size than its twin",
        Sample(KINDS["split"], {"parts": 2}, (Shape((3, 4, 4)),)),
    ),
    Difference(
        "a single element to normalise",
        "PyTorch refuses it for a single image, and makes zeros of it in a batch",
        Sample(KINDS["gn"], {"groups": 3}, (Shape((3, 1, 1)),)),
    ),
)

#: Where PyTorch refuses what we take.
STRICTER = (
    Difference(
        "smaller than kernel size",
        "AvgPool3d alone compares the kernel with the input without its padding",
        Sample(KINDS["avgpool"], {"kernel": (4,), "padding": (2,)}, (Shape((1, 2, 2, 2)),)),
    ),
    Difference(
        "eps must be positive",
        "PyTorch refuses to train with eps=0; no size depends on it",
        Sample(KINDS["bn"], {"eps": 0, "track": False}, (Shape((3, 4, 4)),)),
    ),
)


# Holding a sample to PyTorch and to itself.


class NonconformityError(AssertionError):
    """A kind states something that is not so."""


def check(sample: Sample) -> str:
    """What became of a sample: ``valid``, ``refused``, or ``laxer`` or ``stricter`` in PyTorch.

    Raises :class:`NonconformityError` when something that the kind states is not so.
    """
    layer, xs = sample.layer, sample.shapes
    try:
        problems = violations(layer, xs)
    except LayerError:
        return "refused"
    became = _against_torch(layer, xs, problems)
    _same_with_symbols(sample, arguments=False)
    _same_with_symbols(sample, arguments=True)
    return became


def _against_torch(layer: Layer, xs: tuple[Shape, ...], problems: list[str]) -> str:
    ran = _run(layer, xs)
    if problems and isinstance(ran, str):
        return "refused"
    if problems:
        if all(_known(LAXER, layer, problem) for problem in problems):
            return "laxer"
        raise NonconformityError(f"PyTorch takes what we refuse: {problems}")
    if isinstance(ran, str):
        if _known(STRICTER, layer, ran):
            return "stricter"
        raise NonconformityError(f"PyTorch refuses what we take: {ran}")
    _same_as_torch(layer, xs, ran)
    return "valid"


def _known(differences: tuple[Difference, ...], layer: Layer, message: str) -> bool:
    return any(
        known.sample.kind.kind == layer.kind and known.message in message for known in differences
    )


def violations(layer: Layer, xs: tuple[Shape, ...]) -> list[str]:
    """What is wrong with the inputs, in words."""
    output = layer.output(*xs)
    found = [
        need.message.format(left=need.left, right=need.right)
        for need in layer.requirements(*xs)
        if not holds(need)
    ]
    for x, windows in zip(xs, layer.reads(*xs), strict=True):
        for window, n in zip(windows, x.spatial, strict=True):
            size = window.size(n)
            if size is not None and size < 1:
                problem, hint = window.misfit(n)
                assert problem
                assert hint
                found.append(problem)
    if not found and any(size < 1 for size in output):
        raise NonconformityError(f"no window is too large, but the output is {output}")
    return found


def holds(need: Requirement) -> bool:
    if need.relation == "==":
        return bool(need.left == need.right)
    if need.relation == ">=":
        return bool(need.left >= need.right)
    if need.relation == "% ==":
        return bool(need.left % need.right == 0)
    raise NonconformityError(f"unknown relation {need.relation!r}")


def decide(need: Requirement) -> bool | None:
    """The requirement for all values of its symbols."""
    question = {"==": sizes.equal, ">=": sizes.at_least}.get(need.relation)
    if question is None:
        return sizes.divides(need.right, need.left)
    return question(need.left, need.right)


class Ran(NamedTuple):
    """A PyTorch twin, its output for a batch, and the operations that PyTorch counted."""

    twin: Any
    output: torch.Tensor
    operations: int


def _run(layer: Layer, xs: tuple[Shape, ...]) -> Ran | str:
    """The layer run in PyTorch, or why PyTorch refuses it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            twin = layer.torch(torch, *xs)
            if isinstance(twin, torch.nn.Module):
                twin.eval()
            with torch.no_grad(), FlopCounterMode(display=False) as counter:
                output = twin(*[torch.rand(BATCH, *x) for x in xs])
        except NotImplementedError:
            raise
        except (RuntimeError, ValueError, IndexError) as error:
            return str(error)
    return Ran(twin, output, counter.get_total_flops()) if output.numel() else "nothing is left"


def runs_in_torch(layer: Layer, xs: tuple[Shape, ...]) -> bool:
    """PyTorch takes the inputs and something comes out."""
    return not isinstance(_run(layer, xs), str)


def _same_as_torch(layer: Layer, xs: tuple[Shape, ...], ran: Ran) -> None:
    y, twin = layer.output(*xs), ran.twin
    _same("output", y, tuple(ran.output.shape[1:]))
    weights = list(layer.weights(xs[0], y))
    measured: list[list[tuple[str, tuple[int, ...]]]] = [[], []]
    if isinstance(twin, torch.nn.Module):
        measured = [
            [(name, tuple(tensor.shape)) for name, tensor in tensors]
            for tensors in (twin.named_parameters(), twin.named_buffers())
        ]
    stated = [[(w.name, w.shape) for w in weights if w.trainable is side] for side in (True, False)]
    _same("parameters", stated[0], measured[0])
    _same("buffers", stated[1], measured[1])
    macs = node_cost(layer, xs, y).macs
    _same("operations", formulas.flops(macs) * BATCH, ran.operations)
    _same_reads(layer, xs, twin.double() if isinstance(twin, torch.nn.Module) else twin)


MIRRORED = ("reflect", "replicate", "circular")


def _same_reads(layer: Layer, xs: tuple[Shape, ...], twin: Any) -> None:
    """Every unit reads the positions that its window says, or all where the kind says so."""
    if layer.given.get("mode") in MIRRORED:
        return  # mirrored positions count as padding: the field's virtual coordinates
    if layer.given.get("track") is False:
        return  # statistics of the batch, at inference too: not what batch normalisation is for
    if layer.given.get("eps") == 0:
        return  # a variance of 0 makes units NaN whatever they read
    probe = _changed if layer.kind in CHOOSING else _poisoned
    y = layer.output(*xs)
    for which, windows in enumerate(layer.reads(*xs)):
        x = xs[which]
        stated = [reads(window, n) for window, n in zip(windows, x.spatial, strict=True)]
        if layer.reaches_all(*xs):
            stated = [[set(range(n))] * len(s) for n, s in zip(x.spatial, stated, strict=True)]
        if not all(map(any, stated)):
            continue  # along one axis the units read padding alone: nothing gets through
        for axis, (window, n) in enumerate(zip(windows, x.spatial, strict=True)):
            reached = probe(twin, xs, which, axis)
            kept = [*_axes_of(y), None][axis] if window.size(n) is not None else None
            others = [dim for dim in range(1, reached.dim()) if dim != kept]
            reached = reached.any(dim=others).reshape(n, -1) if others else reached
            measured = [set(column.nonzero().flatten().tolist()) for column in reached.T]
            if layer.kind in CHOOSING:  # what is left over after the last whole block is empty
                stated[axis] = [s if m else m for s, m in zip(stated[axis], measured, strict=False)]
                stated[axis] += [set()] * (len(measured) - len(stated[axis]))
            _same(f"reads of input {which} along axis {axis}", stated[axis], measured)


#: Kinds whose units do not pass on all that they read: unpooling, by the places of maxima;
#: interpolation, by weights that may be 0.
CHOOSING = frozenset({"unpool", "upsample"})


def _axes_of(shape: Shape) -> range:
    """The dimensions of a batch that are the spatial axes."""
    first = 1 if shape.features_last else 2
    return range(first, first + shape.rank)


def _poisoned(twin: Any, xs: tuple[Shape, ...], which: int, axis: int) -> torch.Tensor:
    """Where NaN gets to in the output: image i of the batch has it at position i of the axis."""
    n, dim = xs[which].spatial[axis], _axes_of(xs[which])[axis]
    batch = [torch.rand(1, *x).expand(n, *x).double() for x in xs]
    batch[which] = batch[which].clone()
    for i, image in enumerate(batch[which]):
        image.select(dim - 1, i).fill_(torch.nan)
    with torch.no_grad():
        found: torch.Tensor = twin(*batch).isnan()
    return found


def _changed(twin: Any, xs: tuple[Shape, ...], which: int, axis: int) -> torch.Tensor:
    """Where the output changes, in some of many images, when image i does at position i."""
    n, dim = xs[which].spatial[axis], _axes_of(xs[which])[axis]
    found = None
    for _ in range(60):
        batch = [torch.rand(1, *x).expand(n, *x).double() for x in xs]
        before = twin(*batch)
        batch[which] = batch[which].clone()
        for i, image in enumerate(batch[which]):
            image.select(dim - 1, i).copy_(3 * torch.rand(image.select(dim - 1, i).shape))
        moved = (twin(*batch) - before).abs() > 1e-6
        found = moved if found is None else found | moved
    assert found is not None
    return found


def reads(window: Window, n: int) -> list[set[int]]:
    """What each unit of a window reads of ``n`` positions; padding left out."""
    taps, size = window.taps(n), window.size(n)
    assert taps is not None
    assert len(taps.runs) == taps.every
    found = []
    for unit in range(1 if size is None else size):
        turns, phase = divmod(unit, taps.every)
        run = taps.runs[phase]
        positions = (run.first + turns * taps.step + i * run.spacing for i in range(run.count))
        found.append({position for position in positions if 0 <= position < n})
    return found


def _same(what: str, ours: object, theirs: object) -> None:
    if ours != theirs:
        raise NonconformityError(f"{what}: we say {ours}, it should be {theirs}")


# The same sample with symbols in place of numbers.


class Symbols:
    """Hands out symbols and remembers which numbers they stand for."""

    def __init__(self) -> None:
        self.at: dict[str, int] = {}

    def size(self, name: str, number: int) -> Size:
        self.at[name] = number
        return symbolic.symbol(name)

    def shape(self, name: str, shape: Shape) -> Shape:
        """All sizes but 1 as symbols: 1 decides how joins broadcast."""
        return type(shape)(n if n == 1 else self.size(f"{name}{i}", n) for i, n in enumerate(shape))

    def argument(self, name: str, value: Any, argument: Argument[Any]) -> Any:
        if isinstance(argument, Like) and value is not None:
            return self.shape(name, value)
        if isinstance(argument, Count) and value:
            return self.size(name, value)
        if isinstance(argument, Axes) and isinstance(value, tuple):
            return tuple(n and self.size(f"{name}{i}", n) for i, n in enumerate(value))
        return value

    def number(self, value: Size) -> int:
        found = symbolic.substitute(value, self.at) if sizes.is_symbolic(value) else value
        if type(found) is not int:
            raise NonconformityError(f"{value} at {self.at} is {found!r}, not an int")
        return found


def _same_with_symbols(sample: Sample, *, arguments: bool) -> None:
    symbols = Symbols()
    xs = tuple(symbols.shape(f"x{i}_", x) for i, x in enumerate(sample.shapes))
    given = dict(sample.arguments)
    if arguments:
        declared = sample.kind.arguments
        given = {name: symbols.argument(name, v, declared[name]) for name, v in given.items()}
    layer, number = sample.kind(**given), symbols.number
    expected, ys = sample.layer, sample.layer.output(*sample.shapes)
    y = layer.output(*xs)
    _same("symbolic layout", type(y), type(ys))
    if all(map(holds, expected.requirements(*sample.shapes))):  # otherwise a division leaves a rest
        _same("symbolic output", tuple(map(number, y)), tuple(ys))
    satisfied = []
    for need in _needs(layer, xs):
        concrete = need._replace(left=number(need.left), right=number(need.right))
        if decide(need) not in (None, holds(concrete)):
            raise NonconformityError(f"{need} is decided as {decide(need)}, wrong at {symbols.at}")
        satisfied.append(holds(concrete))
    fine = all(map(holds, _needs(expected, sample.shapes)))
    _same("symbolic requirements", all(satisfied), fine)
    if fine:
        weights = [
            w._replace(shape=tuple(map(number, w.shape)), uses=number(w.uses))
            for w in layer.weights(xs[0], y)
        ]
        _same("symbolic weights", weights, list(expected.weights(sample.shapes[0], ys)))
        products = [
            one._replace(
                **{
                    name: number(getattr(one, name))
                    for name in ("rows", "inner", "columns", "times")
                }
            )
            for one in layer.products(*xs)
        ]
        _same("symbolic products", products, list(expected.products(*sample.shapes)))


def _needs(layer: Layer, xs: tuple[Shape, ...]) -> Iterator[Requirement]:
    """The requirements, and that every window leaves something."""
    yield from layer.requirements(*xs)
    for x, windows in zip(xs, layer.reads(*xs), strict=True):
        for window, n in zip(windows, x.spatial, strict=True):
            size = window.size(n)
            if size is not None:
                yield Requirement(size, ">=", 1, *window.misfit(n))
