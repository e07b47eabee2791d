"""Every template, over many seeds: no collision, sensible options, keys recomputed by PyTorch."""

from __future__ import annotations

import json
import re
from collections import Counter
from fractions import Fraction

import pytest
import quiz_oracle
from console import output
from hypothesis import settings

import cnncalc
from cnncalc.errors import CnncalcError, UsageError
from cnncalc.quiz import bank, exam, exports
from cnncalc.quiz.ask import QUANTITIES, Ask
from cnncalc.quiz.blueprints import blueprint, mix
from cnncalc.quiz.draw import Draw, Redraw
from cnncalc.quiz.engine import LEVELS, Seed, difficulty, question, wording
from cnncalc.quiz.making import because, choice
from cnncalc.quiz.marking import equivalent, mark
from cnncalc.quiz.misconceptions import (
    IGNORED_STRIDES,
    JUMP_AFTER,
    MULTIPLIED_SPAN,
    ROUNDED_UP,
    WHOLE_KERNEL,
    stated,
)
from cnncalc.quiz.model import (
    LETTERS,
    Matching,
    Numeric,
    Question,
    Single,
    Symbolic,
    Table,
    TrueFalse,
    Wrong,
    shown,
)
from cnncalc.quiz.profiles import PATH, measured, profile
from cnncalc.quiz.registry import Template, catalogue
from cnncalc.quiz.written import number

#: Templates whose answers are no claims about networks, so that the oracle cannot recompute them:
#: each has a test of its own, or is a bank entry (words, not numbers).
WITHOUT_CLAIMS = {
    *(one.id for one in bank.templates()),
    # Computed by PyTorch in test_quiz_by_hand.py:
    "convolve-by-hand", "strided-by-hand", "dilated-by-hand", "conv-weight-gradient",
    "maxpool-forward", "avgpool-forward", "maxpool-backward", "avgpool-backward",
    "norm-by-hand", "norm-axes-matching", "norm-statistics-count",
    # What autograd keeps, in test_quiz_words.py:
    "kept-for-backward",
}  # fmt: skip

every = pytest.mark.parametrize("one", catalogue().values(), ids=list(catalogue()))


def seeds() -> range:
    """1,000 with ``--long``."""
    return range(1000 if settings.get_current_profile_name() == "long" else 12)


def values(found: Question) -> list[list[object]]:
    """What must differ within a question: options, recognised numbers, choices."""
    body = found.body
    if isinstance(body, Single):
        return [[option.value for option in body.options]]
    if isinstance(body, (Numeric, Symbolic)):
        return [[body.value, *(one.value for one in body.wrong)]]
    if isinstance(body, Table):
        return [[gap.value, *(one.value for one in gap.wrong)] for gap in body.gaps]
    if isinstance(body, Matching):
        return [list(body.choices), [pair.left for pair in body.pairs]]
    return [[one.text for one in body.statements]]


def signed(found: Question) -> bool:
    """May answers be 0 or negative, as elements of a tensor are?"""
    body = found.body
    gaps = body.gaps if isinstance(body, Table) else [body]
    return any(isinstance(gap, Numeric) and gap.signed for gap in gaps)


@every
def test_questions_are_sound(one: Template) -> None:
    """No two options coincide, none makes no sense, and each is marked as what it is."""
    for seed in seeds():
        found = question(one, Seed(seed))
        for some in values(found):
            assert len({*some}) == len(some) > 0, found
            if not signed(found):
                assert all(v > 0 for v in some if isinstance(v, (int, Fraction))), found
        assert found.difficulty in LEVELS
        assert found.stem
        assert found.stem.count("`") % 2 == 0
        assert "\n" not in found.key
        check_marks(found)


def check_marks(found: Question) -> None:
    """The key is right; what a misconception leads to is wrong, and recognised."""
    body = found.body
    if not isinstance(body, Symbolic):  # formulas take long: see below
        assert mark(found, found.key).right, found
    if isinstance(body, Single):
        for letter, option in zip(LETTERS, body.options):
            expected = (option.wrong,) if option.wrong else ()
            assert mark(found, letter).wrong == expected
    if isinstance(body, Numeric):
        for wrong in body.wrong:
            assert mark(found, shown(wrong.value)).wrong == (wrong,)
    if isinstance(body, TrueFalse):
        opposite = "".join("TF"[letter == "T"] for letter in body.key)
        assert mark(found, opposite).score == 0
    for wrong in body.wrongs():
        assert wrong.feedback.endswith("."), wrong
        assert re.fullmatch(r"[a-z0-9-]{5,90}", wrong.misconception), wrong


#: Templates whose keys follow from several claims, or from claims about candidates: tests of their
#: own, named beside them, recompute the key from the text.
DERIVED = {
    # test_quiz_spotting.py
    "spot-size-error", "spot-rf-error", "spot-params-error", "spot-macs-error",
    # test_quiz_fits.py
    "deconv-output-padding", "kernel-to-infer", "padding-to-keep", "stride-to-infer",
    # test_quiz_words.py
    "layers-to-cover", "local-vs-conv-params", "bottleneck-saving", "gap-vs-flatten",
    "grouped-ratio-in-g", "separable-ratio", "three-3x3-vs-7x7-in-c", "separable-ratio-in-m",
    "padding-table", "smallest-input", "windows-come-out-even", "count-the-biases",
    "why-tools-differ", "largest-batch", "training-state-bytes",
}  # fmt: skip


@every
def test_keys_are_what_pytorch_measures(one: Template) -> None:
    count = len(seeds()) if len(seeds()) > 100 else len(seeds()) // 4
    made = [question(one, Seed(seed)) for seed in range(count)]
    assert (sum(map(quiz_oracle.check, made)) > 0) != (one.id in WITHOUT_CLAIMS)
    assert all(map(quiz_oracle.claimed, made)) != (one.id in DERIVED | WITHOUT_CLAIMS)


@pytest.mark.parametrize(
    "id", ["conv-params", "layer-table", "parameter-matching", "rf-statements"]
)
def test_a_key_that_nobody_claims_is_found(id: str) -> None:
    """One for each way a key is written."""
    made = question(catalogue()[id], Seed(1))
    body: object = made.body
    if isinstance(body, Single):
        options = tuple(one._replace(value=1) if one.wrong is None else one for one in body.options)
        body = body._replace(options=options)
    elif isinstance(body, Table):
        row = tuple(x if isinstance(x, str) else x._replace(value=99999) for x in body.rows[0])
        body = body._replace(rows=(row, *body.rows[1:]))
    elif isinstance(body, Matching):
        body = body._replace(pairs=(body.pairs[0]._replace(right="7"), *body.pairs[1:]))
    elif isinstance(body, TrueFalse):
        first, *rest = body.statements
        body = TrueFalse((first._replace(true=not first.true), *rest))
    assert quiz_oracle.claimed(made)
    assert not quiz_oracle.claimed(made._replace(body=body))


@every
def test_commands_print_the_answer(one: Template) -> None:
    found = question(one, Seed(1))
    if found.command is None:
        return
    assert isinstance(found.body, (Numeric, Single, Symbolic)), "a command answers one number"
    key = found.body.options[found.body.at].value if isinstance(found.body, Single) else None
    value = found.body.value if key is None else key
    said = output(found.command)
    decimals = f"{float(value):.6g}" if isinstance(value, Fraction) else str(value)
    assert {str(value), shown(value), decimals} & {*re.split(r"[x\s]+", said)} or (
        str(value) in said
    )


@every
def test_other_seeds_and_variants_give_other_questions(one: Template) -> None:
    made = [question(one, Seed(seed)) for seed in range(20)]
    assert len({*map(wording, made)}) > 8 or one.once
    assert len({found.key for found in made}) > 1
    assert question(one, Seed(3)).to_dict() == made[3].to_dict()
    assert question(one, Seed(3, "B")).to_dict() != made[3].to_dict()


@every
def test_states_what_it_is(one: Template) -> None:
    assert 10 <= len(one.title) <= 120
    assert one.sources, "name the sections that teach it"
    assert all(re.match(r"00[0-4] \S", source) for source in one.sources)
    assert profile(one).misconceptions, "no wrong answer is recognised"


@every
def test_what_was_measured_of_it_is_current(one: Template) -> None:
    assert profile(one) == measured(one), "run: python tests/quiz_profiles.py"


@every
def test_its_solution_explains_every_letter_once(one: Template) -> None:
    for seed in range(3):
        pages = question(one, Seed(seed)).solution.sections
        told = [part.text for page in pages for part in page.paragraphs if part.about == "Letters"]
        letters = [name for text in told for name in re.findall(r"(?:^|; )([^;: ]+): ", text)]
        assert len(told) <= 1
        assert len(letters) == len({*letters}), told


def test_letters_are_explained_for_the_layers_whose_working_is_shown() -> None:
    """A max pooling before a linear layer has a window; the parameters need no letter for it."""
    ask = Ask("1x8x8 | conv 2 k=3 | maxpool 2 | flatten | linear 3", "params")
    (told,) = [
        part.text for page in ask.solution().sections for part in page.paragraphs if part.letters
    ]
    assert "k: size of the kernel;" in f"{told};"
    assert "window" not in told


def test_what_was_measured_is_of_the_templates_that_there_are() -> None:
    assert list(json.loads(PATH.read_text("utf-8"))) == list(catalogue())


def test_formulas_are_marked_by_equivalence() -> None:
    found = question(catalogue()["conv-parameters-in-c"], Seed(1))
    assert isinstance(found.body, Symbolic)
    assert mark(found, found.key).right
    for wrong in found.body.wrong:
        assert mark(found, str(wrong.value)).wrong == (wrong,)
    assert equivalent("C(9C + 1)", "9*C**2 + C")
    assert equivalent("9c² + c", "9*C**2 + C")
    assert equivalent("1/9C", "C/9") is False  # or 1/(9*C)?
    for text in ("9 9", "99"):
        assert equivalent(text, "99") is (text == "99")
    for text in ("()", "C²1", "(9*C**2 + C, 9*C**2 + C)", ")C(", "C if 1 else C"):
        assert equivalent(text, "9*C**2 + C") is False, text
    assert equivalent("C·(9·C + 1)", "9*C**2 + C")
    assert equivalent("C*(9*C + 1) == 9*C**2 + C or 1", "C") is False


# The oracle itself can find an error.


@pytest.mark.parametrize(
    ("net", "of", "layer", "value"),
    [
        ("3x32x32 | conv 10 k=5 p=2", "params", None, 760),
        ("3x32x32 | conv 10 k=5 p=2", "macs", None, 768000),
        ("3x32x32 | conv 10 k=5 p=2 | relu", "flops", "conv1", 1536000),
        ("3x32x31 | conv 10 k=5", "width", None, 27),
        ("3x9x9 | conv 4 k=3 | maxpool 2 | conv 4 k=3", "rf", None, 8),
        ("3x9x9 | conv 4 k=3 s=2 | maxpool 2", "jump", None, 4),
        ("3x9x9 | a = bn | flatten", "written", None, 972),
        ("3x9x9 | a = bn | flatten", "buffers", "a", 7),
        ("3x8x8 | a = conv 5 k=3 p=1 | conv 5 k=1 | add x a", "peak", None, 3840),
        ("CxHxW | conv D k=3 g=g bias=no", "params", None, "9*C*D/g"),
        ("CxHxW | conv C k=3", "params", None, "9*C**2 + C"),
        ("1xHxH | conv 1 k=3 s=2", "height", None, "floor((H - 1)/2)"),
    ],
)
def test_the_oracle_measures_every_quantity(
    net: str, of: str, layer: str | None, value: int | str
) -> None:
    ask = Ask(net, of, layer)
    assert ask.value == value or isinstance(value, str)
    assert quiz_oracle.holds(ask.is_(ask.value))
    wrong = f"{ask.value} + 1" if isinstance(value, str) else value + 1
    assert not quiz_oracle.holds(ask.is_(ask.value)._replace(value=wrong))


def test_the_oracle_knows_what_can_be_asked() -> None:
    assert {*QUANTITIES} == {*quiz_oracle.MEASURES}


# Draws.


def test_draws_are_fair_and_never_change() -> None:
    draw = Draw("test")
    counts = Counter(draw.below(6) for _ in range(6000))
    assert all(900 < counts[i] < 1100 for i in range(6))
    assert [Draw("a", 1).between(0, 99) for _ in range(2)] == [99, 99]
    assert Draw("x").shuffled("abcdef") == list("cefbda")
    assert Draw("x").sample("ab", 5) in (["a", "b"], ["b", "a"])


def test_options_that_coincide_are_drawn_again() -> None:
    same = [Wrong(value, f"did {value}") for value in (1, 2, 3, 3)]
    with pytest.raises(Redraw, match="5 stands twice"):
        choice(Draw(1), "?", 5, [*same[:2], Wrong(5, "did 5")], because("so"))
    with pytest.raises(Redraw, match="makes no sense"):
        choice(Draw(1), "?", 5, [Wrong(v, f"did {v}") for v in (1, 2, 0)], because("so"))
    with pytest.raises(Redraw, match="only 2"):
        choice(Draw(1), "?", 5, same[:2], because("so"))
    with pytest.raises(Redraw, match="stands twice"):
        choice(
            Draw(1),
            "?",
            "C*(C + 1)",
            [Wrong(v, f"did {v}") for v in ("C**2 + C", "C", "2*C")],
            because("so"),
            formulas=True,
        )


# Misconceptions.


def test_misconceptions_are_wrong_networks() -> None:
    ask = Ask("3x64x64 | conv 8 k=5 s=2 | maxpool 2 | conv 8 k=3 d=2", "rf")
    found = {one.text: one.wrong(ask) for one in (IGNORED_STRIDES, JUMP_AFTER, WHOLE_KERNEL)}
    assert ask.value == 1 + 4 + 2 + 16
    assert [one.value for one in found.values() if one] == [
        1 + 4 + 1 + 4,
        1 + 8 + 4 + 16,
        1 + 5 + 4 + 24,
    ]
    texts = {one.text for one in stated(ask)}
    assert "treated the dilation as 1" in texts


def test_misconceptions_apply_to_every_layer_and_keep_names() -> None:
    ask = Ask("3x32x32 | a = conv 8 k=5 p=2 | b = relu | c = conv 4 k=3 p=1", "height", "c")
    forgot = next(one for one in stated(ask) if one.text == "forgot the padding")
    believed = forgot.believed(ask)
    assert isinstance(believed, Ask)
    assert believed.net == "3x32x32 | a = conv 8 k=5 | b = relu | c = conv 4 k=3"
    found = forgot.wrong(ask)
    assert found is not None
    assert found.feedback == "You forgot the padding: 28 − 3 + 1 = 26."
    assert found.misconception == "forgot-the-padding"


def test_wrong_steps_show_their_working() -> None:
    ask = Ask("1x14x14 | conv 1 k=3 d=2 s=2 p=1", "height")
    assert ask.value == 6
    rounded, span = ROUNDED_UP.wrong(ask), MULTIPLIED_SPAN.wrong(ask)
    assert rounded is not None
    assert rounded.feedback == ("You rounded up: ⌈(14 + 2·1 − (2·(3 − 1) + 1))/2⌉ + 1 = 7.")
    assert span is None  # 5 and 6 make no difference here


def test_joins_keep_what_they_read() -> None:
    ask = Ask("8x9x9 | a = conv 8 k=3 p=1 | b = conv 8 k=1 | add a b", "channels")
    (stacked,) = [one for one in stated(ask) if one.text == "stacked the channels"]
    found = stacked.wrong(ask)
    assert found is not None
    assert found.value == 16


# Quizzes.


def test_the_same_seed_gives_the_same_quiz() -> None:
    wanted = blueprint(8)
    one = exports.export(exam.quiz(wanted, 7), "json")
    assert one == exports.export(exam.quiz(wanted, 7), "json")
    assert one != exports.export(exam.quiz(wanted, 8), "json")


def test_variants_have_the_same_questions_with_other_numbers() -> None:
    wanted = blueprint(6, topics={"size": 4, "params": 2})
    a, b = exam.quiz(wanted, 7), exam.quiz(wanted, 7, "B")
    for one, other in zip(a.questions, b.questions):
        assert (one.template, one.difficulty) == (other.template, other.difficulty)
        assert one.id != other.id
    assert [one.to_dict() for one in a.questions] != [one.to_dict() for one in b.questions]


def test_a_manifest_rebuilds_the_quiz() -> None:
    made = exam.quiz(blueprint(6), 5, "C")
    manifest = made.manifest()
    assert exam.rebuilt(manifest).to_dict() == made.to_dict()
    assert exam.rebuilt({"manifest": manifest}).digest() == made.digest()
    assert exam.is_same(manifest, made)
    assert exam.rebuilt(manifest, "A").to_dict() == exam.quiz(blueprint(6), 5).to_dict()
    assert not exam.is_same({**manifest, "sha256": "0"}, made)
    with pytest.raises(UsageError, match="no manifest"):
        exam.rebuilt({"seed": 1})
    with pytest.raises(UsageError, match="has no sha256"):
        exam.is_same({key: manifest[key] for key in manifest if key != "sha256"}, made)
    with pytest.raises(UsageError, match="version 0"):
        exam.rebuilt({**manifest, "quiz": 0})


def test_blueprints_are_met() -> None:
    types = dict.fromkeys(("table", "symbolic", "numeric", "single", "matching", "truefalse"), 1)
    wanted = blueprint(None, mix("--topic", ["size:4,params:2"]), types)
    found = exam.quiz(wanted, 3).questions
    assert Counter(one.topic for one in found) == {"size": 4, "params": 2}
    assert len({one.type for one in found}) == 6


@pytest.mark.parametrize("level", LEVELS)
def test_difficulty_is_measured(level: int) -> None:
    found = exam.quiz(blueprint(3, difficulty={str(level): None}), 4).questions
    assert {one.difficulty for one in found} == {level}


def test_no_question_stands_twice() -> None:
    found = exam.quiz(blueprint(30, topics={"size": None, "params": None}), 2).questions
    assert len({*map(wording, found)}) == len(found)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"count": 0}, "1 to 500"),
        ({"topics": {"colour": 1}}, "there is no 'colour'"),
        ({"count": 3, "topics": {"size": 4}}, "4 questions, not 3"),
        ({"count": 3, "types": {"single": 1, "table": 1}}, "2 questions, not 3"),
        ({"difficulty": {"4": 1}}, "there is no '4'"),
    ],
)
def test_blueprints_that_cannot_be(arguments: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        blueprint(**arguments)  # type: ignore[arg-type]


def test_too_few_templates_are_said_so() -> None:
    with pytest.raises(CnncalcError, match="not enough templates"):
        exam.quiz(blueprint(4, topics={"normalisation": 4}, types={"table": 4}))


def test_keys_are_balanced() -> None:
    counts: Counter[str] = Counter()
    for seed in range(5):
        found = exam.quiz(blueprint(20, types={"single": 20}, topics={"size": 20}), seed)
        of_one = Counter(
            (len(one.body.options), one.key)
            for one in found.questions
            if isinstance(one.body, Single)
        )
        for width in (4, 5):
            some = [of_one[width, letter] for letter in LETTERS[:width]]
            assert max(some) - min(some) <= 1
        counts.update(one.key for one in found.questions)
    assert max(counts.values()) - min(counts[x] for x in "ABCD") <= 10


#: Chi-square that chance exceeds once in 1,000 times, by degrees of freedom.
_CRITICAL = {3: 16.27, 4: 18.47}


def test_key_letters_are_balanced_over_a_thousand_questions() -> None:
    """What the whole catalogue gives, and no letter far more often than chance would."""
    wanted = blueprint(20, types={"single": 20})
    keys = Counter(
        (len(one.body.options), one.key)
        for seed in range(50)
        for one in exam.quiz(wanted, seed).questions
        if isinstance(one.body, Single)
    )
    assert sum(keys.values()) == 1000
    check_balance(keys)
    with pytest.raises(AssertionError):
        check_balance(Counter({(4, "A"): 160, (4, "B"): 80, (4, "C"): 80, (4, "D"): 80}))


def test_letters_of_single_questions_are_balanced() -> None:
    """Before they are dealt, too: those of one template."""
    found = [question(catalogue()["odd-kernels"], Seed(seed)) for seed in range(1000)]
    assert len({(one.key, one.body.type) for one in found}) == 5
    check_balance(Counter((5, one.key) for one in found))


def check_balance(keys: Counter[tuple[int, str]]) -> None:
    for width in {width for width, _ in keys}:
        counts = [keys[width, letter] for letter in LETTERS[:width]]
        if sum(counts) >= 5 * width:
            mean = sum(counts) / width
            chi = sum((count - mean) ** 2 / mean for count in counts)
            assert chi < _CRITICAL[width - 1], counts


def test_variants_of_the_usual_quiz_differ_in_numbers_or_in_what_is_shown() -> None:
    a, b = (exam.quiz(blueprint(20), 7, variant).questions for variant in "AB")
    ideas = {one.id for one in bank.templates()}
    for one, other in zip(a, b):
        assert (one.template, one.difficulty) == (other.template, other.difficulty)
        assert one.body.to_dict() != other.body.to_dict()
        assert one.template in ideas or question_text(one) != question_text(other)


def question_text(one: Question) -> str:
    return f"{wording(one)}\n{sorted(map(str, values(one)))}"


def test_the_header_names_seed_and_version() -> None:
    made = exam.quiz(blueprint(2), 7, "B")
    for name in ("text", "markdown"):
        first = str(exports.export(made, name)).split("\n")[0]
        assert f"{cnncalc.__version__} quiz, seed 7, variant B" in first


@pytest.mark.parametrize("name", ["text", "markdown"])
def test_sheets_hide_the_answers_unless_asked(name: str) -> None:
    made = exam.quiz(blueprint(8), 1)
    sheet, key = str(exports.export(made, name)), str(exports.export(made, name, key=True))
    assert key.startswith(sheet.rstrip("\n"))
    assert "You " not in sheet.replace("You are", "")
    assert all(one.command in key for one in made.questions if one.command)


def test_difficulty_counts_steps_and_traps() -> None:
    page = because("so")
    easy = choice(Draw(1), "?", 5, [Wrong(v, f"did {v}") for v in (1, 2, 3)], page)
    hard = choice(Draw(1), "?", 5, [Wrong(v, f"did {v}") for v in range(6, 16)], page)
    assert (difficulty(easy), difficulty(hard)) == (1, 3)


# Numbers as people write them.


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,728", 1728),
        ("1 728", 1728),
        ("0.5", Fraction(1, 2)),
        ("1/2", Fraction(1, 2)),
        ("−3", -3),
        ("512 B", 512),
        ("0,125", Fraction(1, 8)),
        ("169,0", 169),
        ("1.728,5", Fraction(3457, 2)),
        ("2.359.808", 2359808),
        ("24.576", Fraction(3072, 125)),
        ("s = 3", 3),
        ("1,728 / 2,304", Fraction(3, 4)),
        ("1/0", None),
        ("1,72,8", None),
        ("twelve", None),
        ("", None),
        ("1" * 50, None),
    ],
)
def test_numbers_are_read(text: str, value: object) -> None:
    assert number(text, "B") == value


# The bank.

_ENTRY = """
bank: 1
document: "002"
items:
  - id: x
    topic: training
    type: {type}
    source: "S"
    asks: "Why?"
    because: "So."
"""


@pytest.mark.parametrize(
    ("type", "rest", "said"),
    [
        (
            "single",
            "right: r\n    wrong: [{says: a, mistake: b}]",
            "12:12.*error: a single choice needs at least three",
        ),
        ("single", "right: r", "wrong: is missing"),
        ("essay", "", "there is no 'essay'"),
        ("single", "rigth: r", "did you mean 'right'"),
        ("truefalse", "statements: [{true: a}, {true: b}]", "some false"),
        ("truefalse", "statements: [{true: a}, {false: b}]", "has a mistake"),
        ("matching", "pairs: {a: b, c: d}\n    show: 9", "from 2 to 2"),
    ],
)
def test_bank_entries_are_checked(type: str, rest: str, said: str) -> None:
    with pytest.raises(CnncalcError, match=said):
        bank.parse(_ENTRY.format(type=type) + f"    {rest}\n", "x.yaml")
