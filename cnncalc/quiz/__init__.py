"""Quizzes on CNNs: questions whose answers, distractors and solutions come from the analyzer.

>>> from cnncalc import quiz
>>> made = quiz.quiz(quiz.blueprint(3, topics={"size": 3}), seed=7)
>>> [question.key for question in made.questions] == [
...     question.key for question in quiz.rebuilt(made.manifest()).questions
... ]
True

How to write a template
=======================

A template is a function from a :class:`~cnncalc.quiz.draw.Draw` to a question, in a module of
``templates/`` (modules there are found by themselves; one for each family)::

    @template(
        "conv-stack-field",                 # its id, for ever: seeds depend on it
        topic="rf",                         # a key of registry.TOPICS
        type="single",                      # a key of model.TYPES
        title="Receptive field of stacked convolutions",
        sources=("003 7.5.3 Receptive Fields",),   # sections that teach it
    )
    def conv_stack_field(draw: Draw) -> Made:
        k, s = draw.choose((3, 5)), draw.between(1, 2)
        ask = Ask(f"3x64x64 | {line('conv 8', k=k, s=s)} | conv 8 k=3", "rf")
        return single(
            draw,
            f"… ({chain(ask.net)}) How many pixels high is its receptive field?",
            ask,
            [IGNORED_STRIDES, JUMP_AFTER, WHOLE_KERNEL, *stated(ask)],
        )

- **Draw** numbers with ``draw.between``, ``choose``, ``sample`` and ``shuffled``; nothing else may
  be random. ``raise Redraw("why")`` where the numbers make no good question.
- **Ask** (:mod:`~cnncalc.quiz.ask`) is one number of one network in a line of text: ``Ask(net, of,
  layer)`` with ``of`` a key of ``QUANTITIES``. It has the ``value``, the ``solution()`` (worked
  steps), the ``command`` that prints it, and is what tests recompute by PyTorch. Name a layer
  (``a = conv …``) to ask about it; a letter that nothing defines (``conv D g=g``) stays a symbol.
  ``bundled("vgg11", H=256, W=256)`` is a bundled spec in a line, and ``Contrast(old, new, of)`` the
  ratio of two networks, or what one saves, by :func:`cnncalc.compare`.
- **Misconceptions** (:mod:`~cnncalc.quiz.misconceptions`) turn an ask into what someone believes:
  ``stated(ask)`` gives those that the kinds of layers state (``Layer.mistakes``: add one there if
  it belongs to a kind), ``on_layers`` and ``with_arguments`` take every layer for a wrong one,
  ``on_windows`` gets one step of an output size wrong, ``instead`` answers something else. Their
  words follow "You", are short, and are the same for the same mistake everywhere: reports count by
  them. Those that make no difference for some numbers are left out by themselves, and so are those
  whose answers coincide (:func:`~cnncalc.quiz.misconceptions.unambiguous`), since these would not
  tell who has which; give six or more candidates for a single choice. Others are in
  :mod:`~cnncalc.quiz.field_misconceptions` (receptive fields),
  :mod:`~cnncalc.quiz.parameter_misconceptions` and :mod:`~cnncalc.quiz.cost_misconceptions`.
- **Making** (:mod:`~cnncalc.quiz.making`): ``single``, ``numeric``, ``symbolic``, ``truefalse`` and
  ``table`` take asks; ``choice``, ``amount``, ``formula``, ``judged`` and ``matching`` take what the
  template states itself (``Wrong(value, "mixed up …")``, a solution by ``because("…")`` or
  ``merged(ask.solution() for …)``). With these give ``claims=`` by ``made._replace(claims=…)``
  wherever a network is behind an option: ``ask.is_(value)`` claims that it comes to this value or
  not. A template without claims is listed in ``tests/test_quiz.py`` with a test of its own.
- **What to choose** (:mod:`~cnncalc.quiz.fitting`): a padding, a kernel, how many layers. Each option
  is a ``Fit(value, ask, misconception)`` with its network for ``fitting``; ``inferred`` finds what fits,
  and what fits for who is mistaken, by trying.
- They raise ``Redraw`` where a wrong answer is the right one (formulas: is equivalent to another
  one) or not positive, or where too few are left; the engine then draws again, and tests go through
  1,000 seeds.
- **Words**: ``layer_words``, ``chain``, ``size``, ``line``, ``a`` (the article of a size) and
  ``UNSAID`` (what lists of layers leave out) of :mod:`~cnncalc.quiz.wording`. A stem
  is paragraphs with blank lines between them and ``code`` in backticks; a paragraph of code alone
  is a block (a matrix, a listing).
- **Pictures**: ``made.with_picture(kernel_over_grid(…))``, or another
  :class:`~cnncalc.render.drawing.scene.Scene`; its description is read out where nothing is drawn.
- **Difficulty** is measured (:func:`~cnncalc.quiz.engine.difficulty`): derived lines of the solution,
  parts to fill in, and misconceptions that lead elsewhere.

An entry of the bank is written in YAML: see :mod:`cnncalc.quiz.bank`. An export is a module with a
function: see :mod:`cnncalc.quiz.exports`. Answers are marked by :mod:`cnncalc.quiz.marking`.
"""

from cnncalc.quiz.blueprints import Blueprint, blueprint
from cnncalc.quiz.engine import QuizError
from cnncalc.quiz.exam import Quiz, like, quiz, rebuilt
from cnncalc.quiz.exports import export
from cnncalc.quiz.marking import Mark, mark
from cnncalc.quiz.model import Question
from cnncalc.quiz.registry import catalogue

__all__ = [
    "Blueprint",
    "Mark",
    "Question",
    "Quiz",
    "QuizError",
    "blueprint",
    "catalogue",
    "export",
    "like",
    "mark",
    "quiz",
    "rebuilt",
]
