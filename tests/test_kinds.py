"""Every kind of layer is held to the conformance harness; and the harness, to failing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from conformance import LAXER, STRICTER, Difference, NonconformityError, check
from drawing import CASES, Sample, samples
from hypothesis import Phase, given, settings

from cnncalc.errors import LayerError
from cnncalc.layers import KINDS, ArgumentError, Layer, Requirement, Weight
from cnncalc.layers.arguments import Argument
from cnncalc.layers.base import Product
from cnncalc.layers.convolution import Conv, TransposedConv
from cnncalc.layers.normalisation import BatchNorm, GroupNorm, InstanceNorm
from cnncalc.layers.pooling import MaxUnpool
from cnncalc.layers.resampling import Upsample
from cnncalc.layers.separable import SeparableConv
from cnncalc.layers.shaping import Split
from cnncalc.layers.tokens import Attention, ClassToken, Select
from cnncalc.layers.windows import POINT, Enlarge, Interpolate, Slide, Whole, Window
from cnncalc.sizes import Shape, Size, Tokens


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_conforms(kind: str) -> None:
    outcomes: Counter[str] = Counter()

    @given(samples(KINDS[kind]))
    def run(sample: Sample) -> None:
        outcomes[check(sample)] += 1

    run()
    assert outcomes["valid"] >= outcomes.total() / 3, f"too few valid samples: {outcomes}"


def test_every_kind_is_sampled() -> None:
    missing = sorted(set(KINDS) - set(CASES))
    assert not missing, f"say in drawing.CASES how values of these fit together: {missing}"
    assert not set(CASES) - set(KINDS)


def test_every_class_that_names_a_kind_is_in_the_table() -> None:
    def below(layer: type[Layer]) -> Iterator[type[Layer]]:
        for child in layer.__subclasses__():
            yield child
            yield from below(child)

    ours = [layer for layer in below(Layer) if layer.__module__.startswith("cnncalc.")]
    named = {layer for layer in ours if "kind" in vars(layer)}
    assert named == set(KINDS.values())
    assert all(layer.kind == kind for kind, layer in KINDS.items())


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_is_documented(kind: str) -> None:
    layer = KINDS[kind]
    assert (vars(layer).get("__doc__") or "").strip(), f"{kind} has no docstring of its own"
    for name, argument in layer.arguments.items():
        assert isinstance(argument, Argument)
        assert argument.doc.strip(), f"{kind} does not say what {name} is"
        assert argument.allowed().strip()
    assert layer.usage().startswith(f"write {kind}")


@pytest.mark.parametrize("known", LAXER, ids=lambda known: known.sample.kind.kind)
def test_pytorch_is_still_laxer(known: Difference) -> None:
    assert check(known.sample) == "laxer"


@pytest.mark.parametrize("known", STRICTER, ids=lambda known: known.sample.kind.kind)
def test_pytorch_is_still_stricter(known: Difference) -> None:
    assert check(known.sample) == "stricter"


@pytest.mark.parametrize("kind", ["conv", "dwconv", "pad"])
@pytest.mark.parametrize(("mode", "most"), [("reflect", 4), ("circular", 5)])
def test_mirrors_at_most_what_pytorch_mirrors(kind: str, mode: str, most: int) -> None:
    """Of 5 positions, this many can be mirrored and no more."""
    amounts = {"pad": "amount"}.get(kind, "padding")
    given = {"conv": {"out": 2, "kernel": (3,)}, "dwconv": {"kernel": (3,)}, "pad": {}}[kind]
    for amount, expected in ((most, "valid"), (most + 1, "refused")):
        arguments = {**given, amounts: (amount,), "mode": mode}
        assert check(Sample(KINDS[kind], arguments, (Shape((3, 5, 5)),))) == expected


# The harness finds what is wrong: layers that each state one thing that is not so.


class WithoutBias(Conv):
    def weights(self, x: Shape, y: Shape) -> Iterator[Weight]:
        return (weight for weight in super().weights(x, y) if weight.name != "bias")


class BiasFirst(Conv):
    def weights(self, x: Shape, y: Shape) -> Iterator[Weight]:
        return reversed(list(super().weights(x, y)))


class UsedPerInput(Conv):
    def weights(self, x: Shape, y: Shape) -> Iterator[Weight]:
        for weight in super().weights(x, y):
            yield weight._replace(uses=weight.uses and x.numel // x.channels)


class PaddedOnce(Conv):
    def windows(self, x: Shape) -> tuple[Window, ...]:
        slides = (window for window in super().windows(x) if isinstance(window, Slide))
        return tuple(Slide(w.kernel, w.stride, w.before, 0, w.dilation) for w in slides)


class ChannelsKept(TransposedConv):
    def channels(self, *xs: Shape) -> Size:
        return xs[0].channels


class AnyGroups(Conv):
    def requirements(self, *xs: Shape) -> Iterator[Requirement]:
        return (need for need in super().requirements(*xs) if need.relation != "% ==")


class LargeKernelsOnly(Conv):
    def requirements(self, *xs: Shape) -> Iterator[Requirement]:
        yield from super().requirements(*xs)
        for kernel in self.along("kernel", xs[0]):
            yield Requirement(kernel, ">=", 2, "kernel {left} is below {right}", "use a larger one")


class BufferAsParameter(BatchNorm):
    def weights(self, x: Shape, y: Shape) -> Iterator[Weight]:
        return (weight._replace(trainable=True) for weight in super().weights(x, y))


class FloatSizes(Conv):
    def channels(self, *xs: Shape) -> Size:
        out = super().channels(*xs)
        return out if isinstance(out, int) and isinstance(xs[0][1], int) else out * 1.0


class PointwiseFirst(SeparableConv):
    def weights(self, x: Shape, y: Shape) -> Iterator[Weight]:
        depthwise, *pointwise = super().weights(x, y)
        return iter([*pointwise, depthwise])


class Local(GroupNorm):
    def reaches_all(self, *xs: Shape) -> bool:
        return False


class SinglePositions(InstanceNorm):
    def requirements(self, *xs: Shape) -> Iterator[Requirement]:
        return iter(())


class WithoutProducts(Attention):
    def products(self, *xs: Shape) -> Iterator[Product]:
        return iter(())


class TokenByToken(Attention):
    def reaches_all(self, *xs: Shape) -> bool:
        return False


class TokenLast(ClassToken):
    def windows(self, x: Shape) -> tuple[Window, ...]:
        return (Slide(after=1),)


class SeesAllTokens(Select):
    def windows(self, x: Shape) -> tuple[Window, ...]:
        return (Whole(keep=False),)


class AnyPart(Split):
    def requirements(self, *xs: Shape) -> Iterator[Requirement]:
        yield next(iter(super().requirements(*xs)))


class NearestTwo(Upsample):
    def windows(self, x: Shape) -> tuple[Window, ...]:
        return tuple(Interpolate(n, True, False) for n in self.output_sizes(x))

    def output_sizes(self, x: Shape) -> list[Any]:
        return [window.size(n) for window, n in zip(super().windows(x), x.spatial, strict=True)]


class OnlyTheValues(MaxUnpool):
    def reads(self, *xs: Shape) -> tuple[tuple[Window, ...], ...]:
        return tuple(map(Enlarge, self.along("kernel", xs[0]))), (POINT,) * xs[1].rank


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        (WithoutBias, "parameters"),
        (BiasFirst, "parameters"),
        (UsedPerInput, "operations"),
        (PaddedOnce, "output|PyTorch takes"),
        (ChannelsKept, "output"),
        (AnyGroups, "PyTorch refuses what we take"),
        (LargeKernelsOnly, "PyTorch takes what we refuse"),
        (BufferAsParameter, "parameters"),
        (FloatSizes, "not an int"),
        (PointwiseFirst, "parameters"),
        (Local, "reads of input 0"),
        (SinglePositions, "PyTorch refuses what we take"),
        (WithoutProducts, "operations"),
        (TokenByToken, "reads of input 0"),
        (TokenLast, "reads of input 0"),
        (SeesAllTokens, "reads of input 0"),
        (AnyPart, "PyTorch refuses what we take"),
        (NearestTwo, "reads of input 0"),
        (OnlyTheValues, "reads of input 1"),
    ],
)
def test_harness_fails_for_a_wrong_layer(wrong: type[Layer], complaint: str) -> None:
    @settings(max_examples=500, phases=[Phase.generate], report_multiple_bugs=False)
    @given(samples(wrong))
    def run(sample: Sample) -> None:
        check(sample)

    with pytest.raises(NonconformityError, match=complaint):
        run()


def test_harness_names_a_kind_that_it_does_not_know() -> None:
    class Unknown(Layer):
        """A kind that nobody described to the harness."""

        kind = "unknown"

    with pytest.raises(KeyError, match="unknown"):
        samples(Unknown)


def test_harness_fails_for_a_kind_without_a_twin() -> None:
    class Twinless(Layer):
        """A kind that nobody built in PyTorch."""

        kind = "twinless"

    with pytest.raises(NotImplementedError):
        check(Sample(Twinless, {}, (Shape((3, 4)),)))


# What a layer refuses before sizes come into it.


@pytest.mark.parametrize(
    ("kind", "given", "shapes", "message"),
    [
        ("add", {}, [(3, 4, 4), (3, 4)], "add joins tensors with 2 and 1 spatial axes"),
        ("mul", {}, [(3, 4, 4), (3,)], "mul joins tensors with 2 and 0 spatial axes"),
        ("concat", {}, [(3,), (3, 4, 4)], "concat joins tensors with 0 and 2 spatial axes"),
        ("add", {}, [(3, 4)], "add takes at least 2"),
        ("conv", {"out": 1, "kernel": (3,)}, [(3,)], "conv needs a map with 1 to 3 spatial axes"),
        ("linear", {"out": 1}, [(3, 4, 4)], "linear needs a vector of features"),
        ("conv", {"out": 1, "kernel": (3, 3)}, [(3, 9)], "kernel=3x3 is for 2 axes"),
        ("pad", {"top": 1}, [(3, 9)], "top is on an axis that the input 3x9 does not have"),
        ("crop", {"front": 0}, [(3, 9, 9)], "front is on an axis"),
        ("crop", {"like": Shape((1, 2))}, [(3, 9, 9)], "like=1x2 has 1 spatial axes"),
        ("crop", {"size": (2,), "left": 1}, [(3, 9)], "got size and left"),
        ("upsample", {"like": Shape((1, 2))}, [(3, 9, 9)], "like=1x2 has 1 spatial axes"),
        ("upsample", {"scale": (2,), "size": (9,)}, [(3, 9)], "got scale and size"),
        ("upsample", {"size": (9, 9, 9)}, [(3, 9)], "size=9x9x9 is for 3 axes"),
        ("upsample", {"align_corners": True}, [(3, 9)], "align_corners is for mode=linear"),
        ("upsample", {"mode": "bilinear"}, [(3, 9)], "mode=bilinear is for 2 axes"),
        ("unpool", {}, [(3, 9), (3, 18, 18)], "unpool joins tensors with 1 and 2 spatial axes"),
        ("unpool", {}, [(3, 9)], "unpool takes 2"),
        ("mse", {}, [(3, 9), (27,)], "mse joins tensors with 1 and 0 spatial axes"),
        ("pixel_shuffle", {"factor": 2}, [(8, 9)], "pixel_shuffle needs a map with 2 spatial axes"),
        ("permute", {"to": "last"}, [(8,)], "permute needs a map with 1 to 3.*got a vector of 8"),
        ("attention", {"heads": 2}, [(8, 4, 4)], "needs a sequence of tokens, got the map 8x4x4"),
        ("attention", {"heads": 2}, [(8,)], "needs a sequence of tokens, got a vector of 8"),
        ("cross_entropy", {}, [(8, 4)], "cross_entropy needs a vector of features"),
    ],
)
def test_refuses(
    kind: str, given: dict[str, Any], shapes: list[tuple[int, ...]], message: str
) -> None:
    xs = [Shape(shape) for shape in shapes]
    with pytest.raises(LayerError, match=message) as caught:
        KINDS[kind](**given).output(*xs)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("kind", "given", "shapes", "message"),
    [
        ("conv", {"out": 1, "kernel": (1,)}, [(5, 8)], "1 to 3 spatial axes, got 5 tokens of 8"),
        ("conv", {"out": 1, "kernel": (1,)}, [(5, 4, 8)], "got the map 5x4x8 with features last"),
        ("gn", {"groups": 2}, [(5, 8)], "got 5 tokens of 8 features"),
        ("tokens", {}, [(5, 8)], "tokens needs a map"),
        ("attention", {"heads": 2}, [(5, 4, 8)], "tokens, got the map 5x4x8 with features last"),
        ("class_token", {}, [(5, 4, 8)], "class_token needs a sequence of tokens"),
        ("select", {}, [(5, 4, 8)], "select needs a sequence of tokens"),
        ("cross_entropy", {}, [(5, 8)], "cross_entropy needs a vector of features, got 5 tokens"),
    ],
)
def test_refuses_features_last(
    kind: str, given: dict[str, Any], shapes: list[tuple[int, ...]], message: str
) -> None:
    with pytest.raises(LayerError, match=message) as caught:
        KINDS[kind](**given).output(*map(Tokens, shapes))
    assert caught.value.hint


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_says_what_layout_it_wants(kind: str) -> None:
    layer = object.__new__(KINDS[kind])  # its arguments do not come into it
    shapes = [Tokens((2,) * n) for n in range(2, 6)] + [Shape((2,) * n) for n in range(1, 6)]
    refused = [error for x in shapes if (error := refusal(layer, x))]
    assert all(error.message.startswith(f"{kind} needs a ") for error in refused)
    assert all(error.hint for error in refused)
    assert refused or layer.ranks == Layer.ranks


def refusal(layer: Layer, x: Shape) -> LayerError | None:
    try:
        layer._check_inputs((x,) * layer.arity[0])
    except LayerError as error:
        return error
    return None


def test_refuses_to_join_a_map_and_tokens() -> None:
    for kind in ("add", "mul", "concat", "mse"):
        with pytest.raises(LayerError, match=f"{kind} joins a map and a sequence of tokens"):
            KINDS[kind]().output(Shape((5, 8)), Tokens((5, 8)))


@pytest.mark.parametrize(
    ("kind", "given", "message"),
    [
        ("conv", {"out": 3}, "conv needs kernel"),
        ("conv", {"out": 0, "kernel": (3,)}, "out must be an integer of at least 1, got 0"),
        ("conv", {"out": 3, "kernel": (3, 0)}, "kernel must be integers of at least 1.*got 3x0"),
        ("conv", {"out": 3, "kernel": "same"}, "kernel must be"),
        ("conv", {"out": 3, "kernel": (3,), "bias": 1}, "bias must be yes or no, got 1"),
        ("conv", {"out": True, "kernel": (3,)}, "out must be an integer of at least 1, got yes"),
        ("conv", {"out": 3, "kernel": (3,), "mode": "wrap"}, "mode must be one of zeros, reflect"),
        ("dropout", {"rate": 2}, "rate must be a number from 0 to 1, got 2"),
        ("crop", {"like": 3}, "like must be the name of an earlier layer"),
    ],
)
def test_refuses_an_argument(kind: str, given: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        KINDS[kind](**given)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"size": (4,)}, [2, 3, 4, 5]),  # of 9: 5 too many, the odd one at the end
        ({"size": (5,)}, [2, 3, 4, 5, 6]),
        ({"like": Shape((7, 4))}, [2, 3, 4, 5]),
        ({"left": 1, "right": 5}, [1, 2, 3]),
        ({"amount": (3,), "right": 1}, [3, 4, 5, 6, 7]),
    ],
)
def test_crop_keeps_the_middle(given: dict[str, Any], kept: list[int]) -> None:
    layer, x = KINDS["crop"](**given), Shape((1, 9))
    positions = torch.arange(9).reshape(1, 1, 9)
    assert layer.torch(torch, x)(positions).flatten().tolist() == kept
    assert layer.output(x) == (1, len(kept))


def test_layers_are_immutable() -> None:
    layer = KINDS["conv"](out=3, kernel=(3,))
    with pytest.raises(AttributeError, match="immutable"):
        layer.out = 4  # type: ignore[attr-defined]
    changed = layer.replace(out=4)
    assert (changed.channels(Shape((1, 9))), layer.channels(Shape((1, 9)))) == (4, 3)
