"""Questions on costs, comparisons and architectures: what the oracle of single asks does not see."""

from __future__ import annotations

from fractions import Fraction

import pytest
import quiz_oracle
from hypothesis import settings

import cnncalc
from cnncalc.quiz.ask import Ask
from cnncalc.quiz.bundled import bundled, dense_blocks, u_net
from cnncalc.quiz.contrasts import Contrast
from cnncalc.quiz.cost_misconceptions import (
    COUNTED_THE_BIAS,
    GROUPS_TWICE,
    INPUT_POSITIONS,
    ONE_FILTER,
    ONE_ROW,
)
from cnncalc.quiz.draw import Redraw
from cnncalc.quiz.engine import Seed, question
from cnncalc.quiz.making import because, merged
from cnncalc.quiz.marking import equivalent, mark
from cnncalc.quiz.misconceptions import instead, stated, unambiguous
from cnncalc.quiz.model import Matching, Numeric, Question, Single, Symbolic
from cnncalc.quiz.registry import catalogue

#: 1,000 with ``--long``.
SEEDS = range(1000 if settings.get_current_profile_name() == "long" else 6)


def made(id: str, seed: int) -> Question:
    return question(catalogue()[id], Seed(seed))


def measured(found: Question, at: dict[str, int]) -> list[int]:
    """What PyTorch counts for the networks that are compared: the old one and the new one."""
    asks = [claim.ask for claim in found.claims]
    names = [quiz_oracle._symbols(ask.net) for ask in asks]
    return [
        quiz_oracle.measure(ask, {name: at[name] for name in some})
        for ask, some in zip(asks, names)
    ]


# Comparisons: their keys, from two measurements.


@pytest.mark.parametrize("seed", SEEDS)
def test_ratios_and_savings_are_what_pytorch_measures(seed: int) -> None:
    separable = made("separable-ratio", seed)
    old, new = measured(separable, {})
    assert isinstance(separable.body, Numeric)
    assert separable.body.value == Fraction(new) / Fraction(old)
    assert mark(separable, f"{float(new / old):.3f}").right

    bottleneck = made("bottleneck-saving", seed)
    old, new = measured(bottleneck, {})
    assert isinstance(bottleneck.body, Numeric)
    assert abs(bottleneck.body.value - 100 * (1 - new / old)) <= 0.5

    pooled = made("gap-vs-flatten", seed)
    old, new = measured(pooled, {})
    assert isinstance(pooled.body, Single)
    assert pooled.body.options[pooled.body.at].value == old - new


@pytest.mark.parametrize("seed", SEEDS)
def test_formulas_of_comparisons_are_what_pytorch_measures(seed: int) -> None:
    stacked = made("three-3x3-vs-7x7-in-c", seed)
    grouped = made("grouped-ratio-in-g", seed)
    assert isinstance(stacked.body, Symbolic)
    assert isinstance(grouped.body, Symbolic)
    separable = made("separable-ratio-in-m", seed)
    assert isinstance(separable.body, Symbolic)
    for c, m in ((12, 2), (24, 3)):
        old, new = measured(separable, {"C": c, "D": 10, "H": 11, "W": 12, "M": m})
        ratio = Fraction(new) / Fraction(old)
        assert quiz_oracle._evaluated(separable.body.value, {"M": m}) == ratio
    for c, g in ((12, 2), (24, 3)):
        old, new = measured(stacked, {"C": c, "H": 20, "W": 21})
        assert quiz_oracle._evaluated(stacked.body.value, {"C": c, "H": 20, "W": 21}) == old - new
        old, new = measured(grouped, {"C": c, "H": 20, "W": 21, "g": g})
        assert quiz_oracle._evaluated(grouped.body.value, {"g": g}) == Fraction(new) / Fraction(old)


def test_formulas_in_several_letters_are_marked_by_equivalence() -> None:
    assert equivalent("(9 + g)/(9*g)", "1/9 + 1/g")
    assert not equivalent("1/9 + 1/g**2", "1/9 + 1/g")
    for id in ("grouped-ratio-in-g", "three-3x3-vs-7x7-in-c", "macs-in-h-w-c"):
        found = made(id, 3)
        assert mark(found, found.key).right
        for wrong in found.body.wrongs():
            assert mark(found, str(wrong.value)).wrong == (wrong,)


def test_contrasts_say_how_they_were_got() -> None:
    contrast = Contrast("8x9x9 | a = conv 16 k=3", "8x9x9 | b = conv 4 k=3", "params")
    assert contrast.value == Fraction(1, 4)
    (wrong,) = contrast.wrongs([instead("counted MACs", of="macs"), *stated(contrast.asks[0])])[:1]
    assert "1,168" not in wrong.feedback
    assert contrast.instead("compared it with itself", new=contrast.old).feedback == (
        "You compared it with itself: 1,168/1,168 = 1."
    )
    assert contrast._replace(what="saved").value == 1168 - 292
    with pytest.raises(Redraw):
        _ = contrast._replace(new="8x9x9 | conv 4 k=30").value


# Misconceptions.


def test_misconceptions_about_costs() -> None:
    ask = Ask("8x9x9 | conv 16 k=3 s=2 p=1 g=2", "macs")
    values = {
        one.text: wrong.value
        for one in (INPUT_POSITIONS, ONE_ROW, GROUPS_TWICE, COUNTED_THE_BIAS, ONE_FILTER)
        if (wrong := one.wrong(ask))
    }
    assert ask.value == 16 * 4 * 9 * 25
    assert list(values.values()) == [16 * 4 * 9 * 81, 16 * 4 * 3 * 25, 16 * 2 * 9 * 25, 14400 + 400]
    alone = ONE_FILTER.wrong(Ask("8x9x9 | conv 16 k=3", "macs"))
    assert alone is not None
    assert alone.value == 8 * 9 * 49


def test_ambiguous_misconceptions_are_left_out() -> None:
    ask = Ask("1x10x10 | a = conv 4 k=3", "height")
    others = [
        instead("was one off", layer=None, net="1x11x11 | a = conv 4 k=3"),
        instead("was one off in another way", net="1x9x9 | a = conv 4 k=1"),
        instead("was far off", net="1x20x20 | a = conv 4 k=3"),
        instead("could not be", net="1x2x2 | a = conv 4 k=3"),
    ]
    assert [one.text for one in unambiguous(ask, others)] == ["was far off"]


def test_words_stay_apart_from_letters() -> None:
    page = merged([Ask("3x9x9 | conv 4 k=3", "params").solution(), because("So it is.")])
    texts = [part.text for section in page.sections for part in section.paragraphs]
    assert texts[0] == "So it is."
    assert texts[1].startswith("C: channels")


# Bundled specs in one line.


@pytest.mark.parametrize(
    ("name", "at"),
    [
        ("lenet5", {"H": 36, "W": 36}),
        ("alexnet_2012", {"H": 259, "W": 259}),
        ("vgg13", {"H": 160, "W": 160}),
        ("resnet50", {"H": 128, "W": 128}),
        ("inception_module_reduced", {"C": 256, "H": 14, "W": 14}),
    ],
)
def test_bundled_specs_in_a_line_are_the_same_network(name: str, at: dict[str, int]) -> None:
    line = cnncalc.load(bundled(name, **at)).analyze()
    spec = cnncalc.load(name).analyze(at=at)
    assert [row.output for row in line.layers] == [row.output for row in spec.layers]
    assert (line.total, line.fields) == (spec.total, spec.fields)


def test_dense_blocks_have_the_channels_of_the_bundled_spec() -> None:
    counts = [3, 4, 5, 3]
    spec = cnncalc.load("densenet").analyze(
        at={"H": 64, "W": 64}, settings={"growth": 24, "counts": counts}
    )
    expected = [row.output for row in spec.layers if row.kind == "concat"]
    found = cnncalc.load(dense_blocks(24, counts, 64)).analyze()
    assert [row.output for row in found.layers if row.kind == "concat"] == expected


@pytest.mark.parametrize(("size", "depth"), [(188, 2), (196, 3), (572, 4)])
def test_u_nets_have_the_sizes_of_the_bundled_spec(size: int, depth: int) -> None:
    spec = cnncalc.load("unet").analyze(at={"H": size, "W": size}, settings={"depth": depth})
    found = cnncalc.load(u_net(size, depth)).analyze()
    expected = [row.output for row in spec.layers if row.kind not in ("relu", "identity")]
    assert [row.output for row in found.layers] == expected[:-1]  # but for the 1x1 at the end


# Conventions.


@pytest.mark.parametrize("seed", SEEDS)
def test_counts_of_tools_are_what_their_words_say(seed: int) -> None:
    found = made("why-tools-differ", seed)
    assert isinstance(found.body, Matching)
    macs, values = (quiz_oracle.measure(claim.ask, {}) for claim in found.claims)
    right = {pair.left: int(pair.right.replace(",", "")) for pair in found.body.pairs}
    for words, total in right.items():
        twice = words.startswith("2")
        per_value = sum(
            (
                4 * ("4 for each value of the batch" in words),
                2 * ("2 for each value of the batch" in words),
                4 * ("DeepSpeed" in words),  # 2 of the normalisation, 1 of the bias, 1 of ReLU
            )
        )
        assert total == (2 if twice else 1) * macs + per_value * values
