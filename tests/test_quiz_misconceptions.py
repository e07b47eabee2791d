"""What distractors are: each tells one mistake, which has one name, and leads where it says."""

from __future__ import annotations

import re
from collections import Counter
from math import ceil

import pytest

from cnncalc.layers import KINDS
from cnncalc.quiz import bank
from cnncalc.quiz.ask import Ask
from cnncalc.quiz.cost_misconceptions import GROUPS_TWICE, ONE_CHANNEL, ONE_ROW
from cnncalc.quiz.draw import Draw, Redraw
from cnncalc.quiz.engine import Seed, question
from cnncalc.quiz.field_misconceptions import NO_POOLING
from cnncalc.quiz.making import FEWEST_RECOGNISED, because, choice, numeric
from cnncalc.quiz.misconceptions import (
    IGNORED_DILATION,
    IGNORED_KERNEL,
    IGNORED_STRIDES,
    KEPT_THE_SIZE,
    PADDED_ONE_SIDE,
    PADDED_TWICE,
    Misconception,
    stated,
    unambiguous,
    wrongs,
)
from cnncalc.quiz.model import Numeric, Question, Single, Wrong
from cnncalc.quiz.parameter_misconceptions import (
    BIAS_EVERYWHERE,
    BIAS_FOR_EACH_CHANNEL,
    CHANNELS_ONLY,
    LEARNED_TOO,
    NOT_THE_COUNT,
    ONE_SIDE,
    UNSHARED,
    WITH_BIAS,
)
from cnncalc.quiz.registry import catalogue
from cnncalc.quiz.wording import layer_words, nodes
from cnncalc.render.plain import page


def drawn(id: str, count: int = 40) -> list[Question]:
    return [question(catalogue()[id], Seed(seed)) for seed in range(count)]


def texts_of(net: str) -> set[str]:
    return {one.text for one in stated(Ask(net, "height"))}


def value(ask: Ask, one: Misconception) -> object:
    found = one.wrong(ask)
    return found.value if found else None


# One answer, one mistake.


def test_options_that_two_mistakes_lead_to_are_left_out() -> None:
    found = [Wrong(value, f"did {i}") for i, value in enumerate((1, 2, 3, 3, 4))]
    for seed in range(20):
        made = choice(Draw(seed), "?", 5, found, because("so")).body
        assert isinstance(made, Single)
        assert {option.value for option in made.options} == {1, 2, 4, 5}
    with pytest.raises(Redraw, match="only 2"):
        choice(Draw(1), "?", 5, found[:4], because("so"))


def test_the_first_misconception_of_a_name_counts() -> None:
    ask = Ask("3x33x33 | conv 8 k=3 s=2", "height")
    known = next(one for one in stated(ask) if one.text == "forgot the stride")
    assert unambiguous(ask, [known, IGNORED_STRIDES]) == [known]
    assert [one.value for one in wrongs(ask, [known])] == [31]


@pytest.mark.parametrize(
    "id", ["conv-output-size", "dilated-size", "chain-output-shape", "conv3d-shape", "deconv-size"]
)
def test_an_option_tells_its_misconception(id: str) -> None:
    """Whoever has another misconception of the template never finds its answer under this name."""
    for found in drawn(id, 12):
        body = found.body
        assert isinstance(body, Single)
        ask = found.claims[0].ask
        known = {one.text: one.value for one in wrongs(ask, unambiguous(ask, stated(ask)))}
        for option in body.options:
            if option.wrong and option.value in known.values():
                assert known[option.wrong.text] == option.value


def test_numbers_that_recognise_hardly_a_mistake_are_drawn_again() -> None:
    ask = Ask("1x9x9 | conv 1 k=3", "height")
    with pytest.raises(Redraw, match="1 misconceptions"):
        numeric("?", ask, [KEPT_THE_SIZE])
    body = numeric("?", ask, [KEPT_THE_SIZE, IGNORED_KERNEL]).body
    assert isinstance(body, Numeric)
    assert len(body.wrong) == FEWEST_RECOGNISED


# One mistake, one name.


def test_a_stride_and_a_dilation_are_left_out_under_one_name() -> None:
    for net in (
        "3x9x9 | conv 4 k=3",
        "3x9x9 | maxpool 2",
        "3x9x9 | deconv 4 k=3",
        "3x9x9 | local 4 k=3",
    ):
        assert IGNORED_STRIDES.text in texts_of(net)
    assert IGNORED_DILATION.text in texts_of("3x9x9 | conv 4 k=3")
    assert ONE_SIDE.text == ONE_ROW.text


def test_names_say_no_letter_x_for_times() -> None:
    texts = {mistake.text for kind in KINDS.values() for mistake in kind.mistakes}
    assert texts
    assert not [text for text in texts if re.search(r"\dx\d", text)]


# Where they lead: by hand.


def test_steps_of_a_size_got_wrong() -> None:
    ask = Ask("3x41x41 | conv 8 k=6 s=3 p=2", "height")
    assert ask.value == (41 + 4 - 6) // 3 + 1
    assert value(ask, PADDED_TWICE) == (41 + 8 - 6) // 3 + 1
    assert value(ask, PADDED_ONE_SIDE) == (41 + 2 - 6) // 3 + 1
    assert value(ask, IGNORED_KERNEL) == (41 + 4) // 3 + 1
    assert value(ask, KEPT_THE_SIZE) is None  # ⌈41/3⌉, as it happens
    assert value(Ask("3x44x44 | conv 8 k=6 s=3", "height"), KEPT_THE_SIZE) == ceil(44 / 3)


def test_parameters_got_wrong() -> None:
    net = "4x9x9 | conv 6 k=3"
    ask = Ask(net, "params")
    assert ask.value == 6 * (4 * 9 + 1)
    assert value(ask, ONE_SIDE) == 6 * (4 * 3 + 1)
    assert value(ask, ONE_CHANNEL) == 6 * (9 + 1)
    assert value(ask, BIAS_FOR_EACH_CHANNEL) == 6 * 4 * (9 + 1)
    assert value(ask, UNSHARED) == 7 * 7 * 6 * (4 * 9 + 1)
    assert value(ask, WITH_BIAS) is None
    assert value(Ask(f"{net} bias=no", "params"), WITH_BIAS) == ask.value
    assert BIAS_EVERYWHERE.text != UNSHARED.text
    grouped = Ask("16x9x9 | conv 8 k=3 g=2", "params")
    assert value(grouped, GROUPS_TWICE) == 8 * (16 // 4 * 9 + 1)


def test_heads_and_norms_got_wrong() -> None:
    head = Ask("5x6x6 | flatten | linear 10", "params")
    assert value(head, CHANNELS_ONLY) == 10 * (5 + 1)
    norm = Ask("12x8x8 | bn", "params")
    assert (norm.value, value(norm, LEARNED_TOO)) == (24, 48)
    assert value(norm._replace(of="buffers"), NOT_THE_COUNT) == 24
    assert value(Ask("3x8x8 | conv 4 k=3", "params"), LEARNED_TOO) is None


def test_separable_without_its_second_half_has_no_bias() -> None:
    ask = Ask("8x9x9 | sepconv 16 k=3", "params")
    assert ask.value == 8 * 9 + 16 * (8 + 1)
    (half,) = [one for one in stated(ask) if one.text == "left the 1×1 convolution out"]
    assert value(ask, half) == 8 * 9


def test_pooling_is_what_slides_without_weights() -> None:
    net = "3x64x64 | conv 4 k=3 | {} 2 | conv 4 k=3"
    for kind in ("maxpool", "avgpool"):
        assert value(Ask(net.format(kind), "rf"), NO_POOLING) == 5
    assert value(Ask("3x64x64 | conv 4 k=3 | dwconv 3", "rf"), NO_POOLING) is None


# Templates whose distractors are told with numbers.


def test_strides_that_are_added_come_to_the_same_shrinking() -> None:
    """n shrinks to n/(2s); who adds, finds the s′ with s′ + 2 = 2s."""
    found: Counter[int] = Counter()
    for one in drawn("stride-to-infer"):
        body = one.body
        assert isinstance(body, Numeric)
        s = int(body.value)
        for wrong in body.wrong:
            if wrong.text.startswith("added the strides"):
                assert wrong.value == 2 * s - 2
                found[s] += 1
    assert {*found} == {3, 4, 5}


def test_layers_are_rounded_down_only_where_there_is_a_rest() -> None:
    for one in drawn("layers-to-cover"):
        wanted, k = (
            int(re.search(rule, one.stem)[1])
            for rule in (r"least (\d+)", r"(\d+)×\d+ conv\w+ with stride 1 f")
        )  # type: ignore[index]
        texts = [wrong.text for wrong in one.body.wrongs()]
        first, jump = next(both for words, both in _STARTS.items() if one.stem.startswith(words))
        exact = (wanted - first) % ((k - 1) * jump) == 0
        body = one.body
        assert isinstance(body, Single)
        assert body.options[body.at].value == ceil((wanted - first) / ((k - 1) * jump))
        assert not (exact and "rounded the number of layers down" in texts)


#: What a unit sees, and how far its neighbours are apart, before the layers that are counted.
_STARTS = {
    "Directly": (1, 1),
    "After a 7×7 convolution": (7, 2),
    "After a 2×2 max pooling": (2, 2),
    "After a 3×3 convolution and": (5, 4),
}


def test_solutions_say_how_they_come_to_what_is_chosen() -> None:
    for one in drawn("kernel-to-infer", 8):
        n, m = map(int, re.findall(r"(\d+)×\d+", one.stem)[::-1])
        text = page(one.solution)
        assert f"m − 1 = {m - 1} steps" in " ".join(text.split())
        assert str(n) in text
    for one in drawn("linear-after-flatten", 8):
        text = page(one.solution)
        assert "channels = C·H·W" in text
        assert text.index("C·H·W") < text.index("parameters =")


def test_where_paths_meet_the_solution_says_where_fields_begin_and_end() -> None:
    for id in ("branch-rf", "residual-rf", "strided-paths-rf"):
        text = page(question(catalogue()[id], Seed(1)).solution)
        assert "start = min(" in text
        assert "end = max(" in text
    assert "start" not in page(question(catalogue()["stack-rf"], Seed(1)).solution)


def test_biases_are_as_many_as_filters_and_units() -> None:
    for one in drawn("count-the-biases", 12):
        body = one.body
        assert isinstance(body, Numeric)
        biased = [
            node.shape.channels
            for node in nodes(one.claims[0].ask.net)
            if node.kind in ("conv", "dwconv", "deconv", "linear")
        ]
        assert len(biased) == 3
        assert body.value == sum(biased)


# Words.


def test_pooling_says_its_stride() -> None:
    words = {line: layer_words(nodes(f"3x48x48 | {line}")[0].layer) for line in (
        "maxpool 2", "maxpool 3 s=2 p=1", "avgpool 1x4", "conv 8 k=3",
    )}  # fmt: skip
    assert words == {
        "maxpool 2": "2×2 max pooling, stride 2",
        "maxpool 3 s=2 p=1": "3×3 max pooling, stride 2, padding 1",
        "avgpool 1x4": "1×4 average pooling, stride 1×4",
        "conv 8 k=3": "3×3 convolution, 8 filters",
    }


_MADE = [one.id for one in catalogue().values() if one.id not in {b.id for b in bank.templates()}]


@pytest.mark.parametrize("id", _MADE)
def test_articles_fit_and_nothing_is_written_with_a_letter_x(id: str) -> None:
    for one in drawn(id, 2):
        prose = re.sub(r"`[^`]*`", "", one.stem)
        assert not re.search(r"\b[Aa] (8|11|18)×", prose), one.stem
        assert not re.search(r"\d ?x ?\d", prose), one.stem
