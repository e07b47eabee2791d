"""Misconceptions: the same rules, applied to a network or a step that is wrong in one way.

None is a formula of its own. :func:`stated` finds those that the kinds of layers state about
themselves (:class:`cnncalc.layers.Mistake`); the others are made by :func:`on_layers` (a wrong
layer), :func:`on_windows` (a wrong step of an output size) and :func:`instead` (the right rule for
something else). Their words follow "You".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple, TypeAlias

from cnncalc import formulas
from cnncalc.explain import line_of
from cnncalc.layers import KINDS, ArgumentError, Layer, mistaken
from cnncalc.layers.windows import Slide, Window
from cnncalc.quiz.ask import Ask
from cnncalc.quiz.draw import Redraw
from cnncalc.quiz.model import Wrong
from cnncalc.render.page import GROUPED
from cnncalc.sizes import Size, ceil_div
from cnncalc.worked import Worked


class Number(NamedTuple):
    """A number and its derivation, where no network leads to it."""

    value: Any
    working: str = ""


#: What someone answers instead: another ask, or a number.
Answer: TypeAlias = Ask | Number


class Misconception(NamedTuple):
    """``text`` follows "You"; ``believed`` is what someone with it computes, None: the same."""

    text: str
    believed: Callable[[Ask], Answer | None]

    def wrong(self, ask: Ask) -> Wrong | None:
        """The wrong answer; None where the misconception makes no difference."""
        answer = self.believed(ask)
        if answer is None or answer.value == ask.value:
            return None
        working = answer.working if isinstance(answer, Number) else answer.working()
        return Wrong(answer.value, self.text, working)


def wrongs(ask: Ask, among: Iterable[Misconception]) -> list[Wrong]:
    """The wrong answers of those that make a difference."""
    found = (one.wrong(ask) for one in among)
    return [one for one in found if one is not None]


def unambiguous(ask: Ask, among: Iterable[Misconception]) -> list[Misconception]:
    """Those whose answer no other one has, so that the answer tells which one led to it.

    Misconceptions with which the network is not well-formed, or nothing is left, are left out too,
    and so are others of the same name: the first one counts.
    """
    found: list[tuple[Misconception, Any]] = []
    for one in {one.text: one for one in reversed([*among])}.values():
        try:
            wrong = one.wrong(ask)
        except Redraw:
            continue
        if wrong is not None and (isinstance(wrong.value, str) or wrong.value > 0):
            found.append((one, wrong.value))
    values = [value for _, value in found]
    return [one for one, value in reversed(found) if values.count(value) == 1]


# Wrong layers.

#: What one takes a layer for, given its windows: another one, several, or None for itself.
Change: TypeAlias = Callable[[Layer, tuple[Window, ...]], "Layer | Iterable[Layer] | None"]


def on_layers(text: str, change: Change) -> Misconception:
    """Every layer of the network is taken for another one (or several), as ``change`` says."""

    def believed(ask: Ask) -> Ask | None:
        net = rewritten(ask, change)
        return None if net is None else ask._replace(net=net)

    return Misconception(text, believed)


def rewritten(ask: Ask, change: Change) -> str | None:
    """The line of the network with other layers in place of some; None where none is changed."""
    parts = [part.strip() for part in ask.net.split("|")]
    starts = [0]
    for part in ask.net.split("|"):
        starts.append(starts[-1] + len(part) + 1)
    changed = False
    graph = ask.graph
    for node in graph:
        try:
            found = change(node.layer, node.layer.reads(*graph.inputs_of(node))[0])
        except ArgumentError:
            found = None
        if found is None or node.at is None:
            continue
        place = max(i for i, start in enumerate(starts[:-1]) if start < node.at.column)
        lines = [line_of(layer) for layer in ([found] if isinstance(found, Layer) else found)]
        if lines == [line_of(node.layer)]:
            continue
        if len(node.inputs) > 1:  # a join says what it reads
            lines[0] = " ".join([lines[0], *node.inputs])
        name, equals, _ = parts[place].partition(" = ")
        lines[-1] = f"{name}{equals}{lines[-1]}" if equals else lines[-1]
        parts[place] = " | ".join(lines)
        changed = True
    return " | ".join(parts) if changed else None


def stated(ask: Ask, taken: bool = True) -> Iterator[Misconception]:
    """What the kinds of its layers say is got wrong about them, each in all layers at once.

    ``taken``: also that a layer is taken for one of another kind.
    """
    kinds = dict.fromkeys(node.kind for node in ask.graph)
    mistakes = [mistake for kind in kinds for mistake in KINDS[kind].mistakes]
    texts = dict.fromkeys(one.text for one in mistakes if taken or not one.kind)
    for text in texts:
        yield on_layers(text, _stated(text))


def _stated(text: str) -> Change:
    def change(layer: Layer, windows: tuple[Window, ...]) -> Layer | None:
        found = (mistake for mistake in layer.mistakes if mistake.text == text)
        return next((mistaken(layer, mistake) for mistake in found), None)

    return change


def with_arguments(text: str, **arguments: Any) -> Misconception:
    """Every layer that has these arguments has these values of them.

    >>> ask = Ask("3x32x32 | conv 8 k=3 s=2 | maxpool 2", "rf")
    >>> ask.value, with_arguments("ignored the strides", stride=(1,)).wrong(ask).value
    (5, 4)
    """

    def change(layer: Layer, windows: tuple[Window, ...]) -> Layer | None:
        known = {name: value for name, value in arguments.items() if name in layer.arguments}
        return layer.replace(**known) if known else None

    return on_layers(text, change)


# Wrong steps.


def on_windows(
    text: str, rule: Callable[[Any, Size], Size], kind: type[Window] = Slide
) -> Misconception:
    """The size along an axis (or all of them), with ``rule(window, n)`` in place of the window's own.

    For networks whose layers follow one another, at each layer whose window is of this kind.
    ``rule`` calls the formulas with something wrong.
    """

    def along(ask: Ask, axis: int) -> Any:
        graph = ask.graph
        n: Any = next(iter(graph.inputs.values())).spatial[axis]
        derived = Worked(n)
        for node in graph:
            window = node.layer.reads(*graph.inputs_of(node))[0][axis]
            if isinstance(window, kind) and not _is_point(window):
                derived = rule(_worked(window), Worked(n))  # type: ignore[assignment]
                n = derived.value if isinstance(derived, Worked) else derived
            else:
                n = window.size(n)
            if n is None or n < 1:
                raise Redraw(f"{text}: nothing is left")
            if node.name == ask.layer:
                break
        return derived if str(derived) != str(n) else n

    def believed(ask: Ask) -> Number | None:
        graph = ask.graph
        axes = next(iter(graph.inputs.values())).axes[1:]
        if any(len(node.inputs) != 1 for node in graph):
            return None
        if ask.of == "shape":
            found = [along(ask, axis) for axis in range(len(axes))]
            sizes = (one.value if isinstance(one, Worked) else one for one in found)
            return Number("x".join(map(str, (ask._replace(of="channels").value, *sizes))))
        if ask.of not in axes:
            return None
        one = along(ask, axes.index(ask.of))
        if isinstance(one, Worked):
            return Number(one.value, one.written(GROUPED))
        return Number(one)

    return Misconception(text, believed)


def _is_point(window: Window) -> bool:
    return isinstance(window, Slide) and (
        (window.kernel, window.stride, window.before, window.after) == (1, 1, 0, 0)
    )


def _worked(window: Any) -> Any:
    """The window in numbers that remember, equal paddings as one quantity."""
    values = {name: getattr(window, name) for name in window.__slots__}
    made = {name: n if isinstance(n, bool) else Worked(n) for name, n in values.items()}
    if window.before == window.after:
        made["after"] = made["before"]
    return type(window)(**made)


# Something else.


def instead(text: str, **other: Any) -> Misconception:
    """The answer to another question: other fields of the ask, such as ``of="flops"``."""
    return Misconception(text, lambda ask: ask._replace(**other))


# Those that many templates use.

#: Words of what convolutions state.
FORGOT_THE_PADDING, FORGOT_THE_STRIDE = (one.text for one in KINDS["conv"].mistakes[:2])

#: Of output sizes.
ROUNDED_UP = on_windows(
    "rounded up",
    lambda w, n: formulas.slide(
        n, w.kernel, w.stride, w.before + w.after, w.dilation, divide=ceil_div
    ),
)
PADDED_ONE_SIDE = on_windows(
    "added the padding on one side only",
    lambda w, n: formulas.slide(n, w.kernel, w.stride, w.before, w.dilation),
)
COUNTED_STEPS = on_windows(
    "counted the steps of the window, which are one fewer than its places",
    lambda w, n: w.size(n) - 1,
)
KEPT_THE_SIZE = on_windows(
    "calculated as if padding kept the size", lambda w, n: formulas.slide(n, 1, w.stride)
)
PADDED_TWICE = on_windows(
    "padded each side with what both together need",
    lambda w, n: formulas.slide(n, w.kernel, w.stride, 2 * (w.before + w.after), w.dilation),
)
IGNORED_KERNEL = on_windows(
    "left the kernel out",
    lambda w, n: formulas.slide(n + w.before + w.after, 0, w.stride),
)
MULTIPLIED_SPAN = on_windows(
    "took dilation times kernel for the span",
    lambda w, n: formulas.slide(n, w.dilation * w.kernel, w.stride, w.before + w.after),
)

#: Of receptive fields.
IGNORED_STRIDES = with_arguments("forgot the stride", stride=(1,))
IGNORED_DILATION = with_arguments("treated the dilation as 1", dilation=(1,))


def _strides(windows: tuple[Window, ...]) -> tuple[Size, ...]:
    """The strides of a layer that slides; none of other layers."""
    return tuple(window.stride for window in windows if isinstance(window, Slide))


def _stride_first(layer: Layer, windows: tuple[Window, ...]) -> list[Layer] | None:
    """The layer with its stride taken before its kernel, so that the kernel sees the new jump."""
    strides = _strides(windows)
    if {*strides} <= {1} or "stride" not in layer.arguments:
        return None
    return [KINDS["maxpool"](kernel=(1,), stride=strides), layer.replace(stride=(1,))]


JUMP_AFTER = on_layers("multiplied by the jump after the layer, not before it", _stride_first)


def _widened(layer: Layer, windows: tuple[Window, ...]) -> Layer | None:
    strides = _strides(windows)
    if not strides or not {"kernel", "stride"} <= {*layer.arguments}:
        return None
    wider = tuple(size + 1 for size in layer.__dict__["kernel"])
    return layer.replace(kernel=wider, stride=strides)


WHOLE_KERNEL = on_layers("added the whole kernel, not kernel − 1", _widened)


def _unbiased(layer: Layer, windows: tuple[Window, ...]) -> Layer | None:
    return layer.replace(bias=False) if layer.__dict__.get("bias") else None


def _weights(ask: Ask) -> Ask:
    """Without biases, which are no weights that multiply."""
    return ask._replace(of="params", net=rewritten(ask, _unbiased) or ask.net)


#: Of costs.
FLOPS_FOR_MACS = instead("counted FLOPs, two for each MAC", of="flops")
MACS_FOR_FLOPS = instead("counted MACs, of which each is two FLOPs", of="macs")
PARAMS_FOR_MACS = Misconception("counted the weights, not how often each is used", _weights)
