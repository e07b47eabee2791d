"""Every kind states an example and typical mistakes, and shows its working."""

from __future__ import annotations

from collections import Counter

import pytest
from conformance import violations
from drawing import Sample, samples
from hypothesis import given
from teaching import Case, evaluate, example, fresh

from cnncalc.analyses.cost import node_cost
from cnncalc.errors import LayerError
from cnncalc.layers import KINDS, Layer, Mistake, Requirement, mistaken
from cnncalc.layers.activation import ReLU
from cnncalc.layers.convolution import Conv
from cnncalc.layers.pooling import AdaptiveAvgPool
from cnncalc.notation import Notation
from cnncalc.sizes import Shape, Size
from cnncalc.worked import Worked

kinds = pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))


def check_facts(kind: type[Layer]) -> None:
    """The example ends in a layer of the kind, and every mistake changes an answer."""
    assert getattr(kind, "example", None), f"{kind.__name__} has no example"
    right = example(kind)
    assert right.layer.kind == kind.kind, f"{kind.example} does not end in {kind.kind}"
    assert kind.mistakes, f"{kind.__name__} has no mistakes"
    assert len({mistake.text for mistake in kind.mistakes}) == len(kind.mistakes)
    for mistake in kind.mistakes:
        case = right.replace(mistake.where)
        wrong = case.mistaken(mistake)
        assert not violations(*case), f"{mistake}: the right layer is not possible"
        assert not violations(*wrong), f"{mistake}: the wrong layer is not possible"
        assert wrong.answers != case.answers, f"{mistake} changes nothing"


@kinds
def test_states_an_example_and_mistakes(kind: type[Layer]) -> None:
    check_facts(kind)


@kinds
def test_names_mistakes_in_a_short_sentence(kind: type[Layer]) -> None:
    for mistake in kind.mistakes:
        assert 10 <= len(mistake.text) <= 80
        assert mistake.text[0].islower()
        assert not mistake.text.endswith(".")


def test_finds_what_is_missing() -> None:
    class NoExample(Layer):
        kind = "relu"
        mistakes = ReLU.mistakes

    class NoMistakes(ReLU):
        mistakes = ()

    class ExampleOfItsParent(AdaptiveAvgPool):
        kind = "adaptive_maxpool"

    class ChangesNothing(Conv):
        mistakes = (Mistake("forgot the stride", {"stride": (1,)}),)

    class Impossible(Conv):
        mistakes = (Mistake("took too large a kernel", {"kernel": (50,)}),)

    for kind, why in (
        (NoExample, "has no example"),
        (NoMistakes, "has no mistakes"),
        (ExampleOfItsParent, "does not end in"),
        (ChangesNothing, "changes nothing"),
        (Impossible, "the wrong layer is not possible"),
    ):
        with pytest.raises(AssertionError, match=why):
            check_facts(kind)


def test_a_mistake_keeps_the_other_arguments() -> None:
    deconv = KINDS["deconv"](out=8, kernel=(3,), stride=(2,), output_padding=(1,))
    as_conv = next(one for one in deconv.mistakes if one.kind == "conv")
    assert mistaken(deconv, as_conv).given == {"out": 8, "kernel": (3,), "stride": (2,)}
    no_bias = Mistake("forgot the bias", {"bias": False})
    assert mistaken(deconv, no_bias).given == {**deconv.given, "bias": False}


# Working: the same facts on numbers that remember their derivation.


class MiscountedError(AssertionError):
    """A derivation is of another number."""


def check_working(case: Case) -> None:
    """Output, weights and costs are those of ints, and every derivation comes to its number."""
    worked = case.worked()
    y, ys = case.output, worked.output
    _same("layout", type(ys), type(y))
    _derived("output", ys, y)
    for out in (ys, fresh(y)):  # sizes with their own derivation, and without
        weights = list(case.layer.weights(case.inputs[0], y))
        shown = list(worked.layer.weights(worked.inputs[0], out))
        _same("weights", [w.name for w in shown], [w.name for w in weights])
        for ours, theirs in zip(shown, weights, strict=True):
            _derived(ours.name, (*ours.shape, ours.uses), (*theirs.shape, theirs.uses))
        cost = node_cost(worked.layer, worked.inputs, out)
        _derived("cost", cost, case.cost)
    for ours, theirs in zip(
        worked.layer.products(*worked.inputs), case.layer.products(*case.inputs), strict=True
    ):
        _derived(ours.name, ours[1:], theirs[1:])


def _derived(what: str, shown: tuple[Size, ...], numbers: tuple[Size, ...]) -> None:
    _same(what, shown, tuple(numbers))
    for one, number in zip(shown, numbers, strict=True):
        if isinstance(one, Worked):
            _same(f"{what}: {one}", evaluate(str(one)), number)


def _same(what: str, ours: object, theirs: object) -> None:
    if ours != theirs:
        raise MiscountedError(f"{what} comes to {ours}, not {theirs}")


@kinds
def test_shows_working_of_its_example(kind: type[Layer]) -> None:
    check_working(example(kind))


@kinds
def test_shows_working(kind: type[Layer]) -> None:
    outcomes: Counter[str] = Counter()

    @given(samples(kind))
    def run(sample: Sample) -> None:
        case = Case(sample.layer, sample.shapes)
        try:
            problems = violations(*case)
        except LayerError:
            problems = ["refused"]
        if not problems:
            check_working(case)
        outcomes["refused" if problems else "valid"] += 1

    run()
    assert outcomes["valid"] >= outcomes.total() / 3, f"too few valid samples: {outcomes}"


def test_refuses_the_same() -> None:
    """Requirements are decided on worked numbers as on ints."""

    def needs(case: Case) -> list[Requirement]:
        return list(case.layer.requirements(*case.inputs))

    case = Case(KINDS["conv"](out=10, kernel=(3,), groups=4), (Shape((3, 8, 8)),))
    for shown, need in zip(needs(case.worked()), needs(case), strict=True):
        assert (shown.left, shown.right) == (need.left, need.right)
    assert violations(*case.worked()) == violations(*case)


def test_finds_a_wrong_derivation(monkeypatch: pytest.MonkeyPatch) -> None:
    case = Case(Conv(out=10, kernel=(3,), dilation=(2,), stride=(2,)), (Shape((3, 32, 32)),))
    check_working(case)
    monkeypatch.setattr(
        Notation, "inside", lambda self, form, level: form.write(self)
    )  # no brackets
    with pytest.raises(MiscountedError, match="comes to"):
        check_working(case)


EXAMPLES = {
    "conv": (["10", "32 + 2·2 − 5 + 1", "32 + 2·2 − 5 + 1"], "10·(3·5·5 + 1)", "10·3·5·5·32·32"),
    "deconv": (["32", "(28 − 1)·2 + 2", "(28 − 1)·2 + 2"], "64·32·2·2 + 32", "64·32·2·2·28·28"),
    "flatten": (["512·7·7"], "0", "0"),
    "concat": (["64 + 64", "28", "28"], "0", "0"),
    "bn": (["64", "112", "112"], "2·64", "0"),
    "split": (["64/2", "28", "28"], "0", "0"),
    "tokens": (["14·14", "768"], "0", "0"),
    "crop": (["64", *["136 − ⌊(136 − 104)/2⌋ − (136 − 104 − ⌊(136 − 104)/2⌋)"] * 2], "0", "0"),
}  # fmt: skip


@pytest.mark.parametrize("kind", EXAMPLES)
def test_wording_of_examples(kind: str) -> None:
    sizes, params, macs = EXAMPLES[kind]
    worked = example(KINDS[kind]).worked()
    assert list(map(str, worked.output)) == sizes
    cost = node_cost(worked.layer, worked.inputs, fresh(worked.output))
    assert (str(cost.params), str(cost.macs)) == (params, macs)
