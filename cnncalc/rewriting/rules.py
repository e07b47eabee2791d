"""The rules of rewriting: what each one matches, what it makes of it, and who proposed it.

A rule is one entry of ``RULES``. It matches layers by their facts and arguments, and makes layer
lines whose arguments are texts: as the spec has them (``k=k``) where a line is changed in its
place, as numbers where layers are written out. Nothing here knows which of the two it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from cnncalc.layers import Layer
from cnncalc.layers.dense import Linear
from cnncalc.sizes import Shape, Size, at_least, divides, equal, is_int
from cnncalc.spec.lines import is_name
from cnncalc.spec.printing import Line, value_text


class Site(NamedTuple):
    """A layer in its place.

    ``x`` and ``y`` are its input and output, ``written`` its arguments as text, by name.
    ``reader`` is the layer with weights that alone reads it, past those without weights.
    """

    layer: Layer
    x: Shape
    y: Shape
    written: Mapping[str, str]
    reader: Layer | None


#: One after the other, each the only reader of the one before.
Run = tuple[Site, ...]


class Number(NamedTuple):
    """The number that a rule takes: ``grouped=4``; ``default`` None if it must be given."""

    letter: str
    default: int | None


class Rule(NamedTuple):
    """``does``: what it makes of what; ``wants``: what it looks for; ``keeps``: what stays the same."""

    name: str
    does: str
    wants: str
    source: str
    #: Tests of as many layers in a row, each with the rule's number.
    fits: tuple[Callable[[Site, int], bool], ...]
    #: The lines that stand for each of them.
    makes: Callable[[Run, int], Sequence[Sequence[Line]]]
    keeps: tuple[str, ...] = ("output", "receptive field")
    number: Number | None = None

    @property
    def usage(self) -> str:
        """``grouped=G``, ``bottleneck[=R]``."""
        if self.number is None:
            return self.name
        value = f"={self.number.letter}"
        return f"{self.name}{value if self.number.default is None else f'[{value}]'}"


# What rules match.


def _dense(site: Site, number: int = 0) -> bool:
    """A convolution in which every output channel sees all input channels, over several positions."""
    layer: Any = site.layer
    return (
        layer.kind == "conv"
        and equal(layer.groups, 1) is True
        and any(equal(k, 1) is False for k in layer.along("kernel", site.x))
    )


def _stackable(site: Site, number: int = 0) -> bool:
    """A convolution with odd kernels, one of 5 or more, whose padding can be shared out."""
    layer: Any = site.layer
    if layer.kind != "conv":
        return False
    kernels = layer.along("kernel", site.x)
    padding = () if isinstance(layer.padding, str) else layer.padding
    return (
        all(map(is_int, (*kernels, *padding)))
        and all(k % 2 == 1 for k in kernels)
        and max(kernels) >= 5
    )


def _narrowable(site: Site, reduction: int) -> bool:
    """A dense convolution that can work on a ``reduction``-th of its channels, fewer than it reads."""
    layer: Any = site.layer
    if not _dense(site) or divides(reduction, layer.out) is False:
        return False
    return at_least(layer.out, reduction * site.x.channels) is not True


def _groupable(site: Site, groups: int) -> bool:
    return _dense(site) and all(
        divides(groups, channels) is not False for channels in (site.x.channels, site.y.channels)
    )


def _flattens_to_linear(site: Site, number: int) -> bool:
    positions = site.x.spatial
    return (
        site.layer.kind == "flatten"
        and bool(positions)
        and not site.x.features_last
        and not all(equal(n, 1) is True for n in positions)
        and isinstance(site.reader, Linear)
    )


def _weighted(site: Site, number: int) -> bool:
    """A layer with a bias and with weights that multiply its input, channel by channel."""
    if "bias" not in site.layer.arguments or site.y.features_last:
        return False
    return any(weight.uses != 0 for weight in site.layer.weights(site.x, site.y))


def _tracking_norm(site: Site, number: int) -> bool:
    return site.layer.kind == "bn" and bool(getattr(site.layer, "track", False))


# What they make.


def _separable(run: Run, number: int) -> Sequence[Sequence[Line]]:
    (site,) = run
    return [[Line("sepconv", _without(site.written, "groups"))]]


def _grouped(run: Run, groups: int) -> Sequence[Sequence[Line]]:
    (site,) = run
    return [[Line("conv", {**site.written, "groups": str(groups)})]]


def _bottleneck(run: Run, reduction: int) -> Sequence[Sequence[Line]]:
    (site,) = run
    out = site.written["out"]
    middle = _quotient(out, reduction)
    bias = {"bias": site.written["bias"]} if "bias" in site.written else {}
    return [
        [
            Line("conv", {"out": middle, "kernel": "1", **bias}),
            Line("relu"),
            Line("conv", {**site.written, "out": middle}),
            Line("relu"),
            Line("conv", {"out": out, "kernel": "1", **bias}),
        ]
    ]


def _stack(run: Run, number: int) -> Sequence[Sequence[Line]]:
    """As many 3x3 as make the kernel: each adds 2 positions; the last one has the stride."""
    (site,) = run
    layer: Any = site.layer
    halves = [k // 2 for k in layer.along("kernel", site.x)]
    count = max(halves)
    lines = []
    for i in range(count):
        arguments = dict(site.written)
        arguments["kernel"] = _text(3 if i < half else 1 for half in halves)
        if "padding" in arguments and not isinstance(layer.padding, str):
            sides = layer.along("padding", site.x)
            arguments["padding"] = _text(_share(side, i, count) for side in sides)
        if i < count - 1:
            arguments.pop("stride", None)
        lines += [Line("conv", arguments), Line("relu")]
    return [lines[:-1]]


def _share(total: int, index: int, parts: int) -> int:
    """What part ``index`` has of a total that is shared out evenly."""
    return total // parts + (index < total % parts)


def _text(values: Any) -> str:
    """One value for all axes, or one for each."""
    found = tuple(values)
    return value_text(found[:1] if len({*found}) == 1 else found)


def _pooled(run: Run, number: int) -> Sequence[Sequence[Line]]:
    return [[Line("gap"), Line("flatten")]]


def with_bias(layer: Layer) -> Layer:
    """What ``fold-bn`` makes of the layer before the norm: its shift is the bias now."""
    return layer.replace(bias=True)


def _folded(run: Run, number: int) -> Sequence[Sequence[Line]]:
    site, _ = run
    arguments = _without(site.written, "bias")
    if site.layer.arguments["bias"].default is not True:
        arguments["bias"] = "yes"
    return [[Line(site.layer.kind, arguments)], []]


def _without(written: Mapping[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in written.items() if key != name}


def _quotient(written: str, divisor: Size) -> str:
    if written.isdigit():
        return str(int(written) // divisor)
    enclosed = is_name(written) or (written[0] == "(" and written[-1] == ")")
    return f"{written if enclosed else f'({written})'}//{divisor}"


_ALL = (
    Rule(
        "stack3x3",
        "a convolution with a larger odd kernel becomes 3x3 convolutions with relu between them",
        "convolutions with odd kernels of 5 or more, their kernels and padding given as numbers",
        "Simonyan & Zisserman 2015 (VGG), section 2.3; Szegedy et al. 2016 (Inception v3), section 3.1",
        (_stackable,),
        _stack,
    ),
    Rule(
        "separable",
        "a dense convolution becomes a depthwise and a 1x1 convolution",
        "dense convolutions over more than one position",
        "Chollet 2017 (Xception), section 1; Howard et al. 2017 (MobileNets), section 3.1",
        (_dense,),
        _separable,
    ),
    Rule(
        "bottleneck",
        "a dense convolution works on an R-th of its channels, between two 1x1 convolutions",
        "dense convolutions over more than one position, an R-th of whose output channels is a whole "
        "number, and smaller than their input channels",
        "He et al. 2016 (ResNet), Figure 5; Szegedy et al. 2015 (Inception), section 4",
        (_narrowable,),
        _bottleneck,
        number=Number("R", 4),
    ),
    Rule(
        "grouped",
        "a dense convolution is parted into G groups; 1x1 convolutions stay, and mix them",
        "dense convolutions over more than one position, whose input and output channels G divides",
        "Krizhevsky et al. 2012 (AlexNet), section 3.2; Xie et al. 2017 (ResNeXt), section 3.3",
        (_groupable,),
        _grouped,
        number=Number("G", None),
    ),
    Rule(
        "gap",
        "a map is averaged over its positions before it is flattened for a linear layer",
        "a flatten of several positions that leads to a linear layer",
        "Lin, Chen & Yan 2014 (Network in network), section 3.2",
        (_flattens_to_linear,),
        _pooled,
        keeps=("output",),
    ),
    Rule(
        "fold-bn",
        "batch normalisation after a convolution or linear layer goes into its weights and bias",
        "batch normalisation (with running statistics) that alone reads a convolution or linear layer",
        "Jacob et al. 2018, section 3.2; PyTorch, torch.nn.utils.fuse_conv_bn_eval",
        (_weighted, _tracking_norm),
        _folded,
    ),
)

#: Name to rule.
RULES: Mapping[str, Rule] = {rule.name: rule for rule in _ALL}
