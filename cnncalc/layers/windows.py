"""What an operation reads along one axis: the fact that sizes and receptive fields follow from.

A window answers two questions: how many units come out of ``n`` positions (:meth:`Window.size`),
and which positions each unit reads (:meth:`Window.taps`).
"""

from __future__ import annotations

from math import gcd
from typing import Any, NamedTuple

from cnncalc import formulas
from cnncalc.sizes import Size, equal, floor_div, is_int, maximum, text

#: More phases than this are not told apart: the receptive field is then undefined.
MOST_PHASES = 1024


class Run(NamedTuple):
    """Positions ``first, first + spacing, …``: ``count`` of them."""

    first: Size
    spacing: Size
    count: Size  # type: ignore[assignment]  # shadows tuple.count, which nobody wants here


class Taps(NamedTuple):
    """The positions that every unit reads, for an operation that repeats along the axis.

    Unit ``q * every + phase`` reads ``runs[phase]`` shifted by ``q * step``. A sliding window has
    one phase and steps by its stride; a transposed convolution has ``stride`` phases and steps
    by 1; a global pooling has a single unit and step 0. Units from number ``units`` on, if it is
    given, read nothing: they lie behind the last whole block.
    """

    every: int
    step: Size
    runs: tuple[Run, ...]
    units: Size | None = None


class Window:
    """One axis of an operation. Positions are indices of its input; negative ones are padding."""

    __slots__ = ()

    @property
    def reason(self) -> Any:
        """Whose docstring says why it leaves so many units: a formula, or the window itself."""
        return type(self)

    def size(self, n: Size) -> Size | None:
        """How many units come out of ``n`` positions; None when the axis goes away."""
        raise NotImplementedError

    def taps(self, n: Size) -> Taps | None:
        """Which positions the units read.

        None when that depends on values of symbols, or has more than ``MOST_PHASES`` phases.
        """
        raise NotImplementedError

    def dropped(self, n: Size) -> Size:
        """How many of ``n`` positions are lost at the end, where the last unit does not reach."""
        return 0

    def inexact(self, n: Size) -> Size:
        """How far ``n`` is from the positions that its units stand for, one for each step."""
        return 0

    def misfit(self, n: Size) -> tuple[str, str]:
        """What is wrong, and a hint, when ``n`` positions leave no unit."""
        return f"nothing is left of {text(n)} positions", "use a larger input"


class Slide(Window):
    """A kernel that slides: convolutions, pooling, and padding (a kernel of 1, shifted)."""

    __slots__ = ("after", "before", "ceil", "dilation", "kernel", "stride")

    def __init__(
        self,
        kernel: Size = 1,
        stride: Size = 1,
        before: Size = 0,
        after: Size = 0,
        dilation: Size = 1,
        ceil: bool = False,
    ) -> None:
        self.kernel = kernel
        self.stride = stride
        self.before = before
        self.after = after
        self.dilation = dilation
        self.ceil = ceil

    @property
    def reason(self) -> Any:
        return formulas.slide_ceil if self.ceil else formulas.slide

    def size(self, n: Size) -> Size:
        padding = self.before + self.after
        if self.ceil:
            return formulas.slide_ceil(
                n, self.kernel, self.stride, padding, self.dilation, self.before
            )
        return formulas.slide(n, self.kernel, self.stride, padding, self.dilation)

    def taps(self, n: Size) -> Taps:
        return Taps(1, self.stride, (Run(-self.before, self.dilation, self.kernel),))

    def dropped(self, n: Size) -> Size:
        """What is left over beyond the padding; gaps that a stride above the span always leaves apart."""
        if self.ceil or equal(self.stride, 1):
            return 0
        padding = self.before + self.after
        beyond = formulas.left_over(n, self.kernel, self.stride, padding, self.dilation)
        gap = maximum((0, self.stride - formulas.span(self.kernel, self.dilation)))
        return maximum((0, beyond - self.after - gap))

    def inexact(self, n: Size) -> Size:
        return 0 if equal(self.stride, 1) else n - self.stride * self.size(n)

    def misfit(self, n: Size) -> tuple[str, str]:
        if is_int(self.kernel) and self.kernel == 1:
            removed = f"{text(-self.before)} + {text(-self.after)}"
            return (
                f"cropping {removed} of {text(n)} positions leaves nothing",
                "crop less, or use a larger input",
            )
        kernel = f"kernel {text(self.kernel)}"
        if not is_int(self.dilation) or self.dilation != 1:
            reach = formulas.span(self.kernel, self.dilation)
            kernel += f" with dilation {text(self.dilation)} spans {text(reach)} and"
        padded = n + self.before + self.after
        sides = f"{text(n)} + {text(self.before)} + {text(self.after)} = {text(padded)}"
        largest = formulas.slide(padded, 1, self.dilation)  # this many elements fit
        return (
            f"{kernel} is larger than its padded input {text(padded)} ({sides})",
            f"add padding, use a kernel of at most {text(largest)}, or a larger input",
        )


#: Reads each position by itself: activations, normalisation, joins.
POINT = Slide()


class Spread(Window):
    """A kernel that is spread over the output: transposed convolutions."""

    __slots__ = ("after", "before", "dilation", "extra", "kernel", "stride")

    def __init__(
        self, kernel: Size, stride: Size, before: Size, after: Size, dilation: Size, extra: Size
    ) -> None:
        self.kernel = kernel
        self.stride = stride
        self.before = before
        self.after = after
        self.dilation = dilation
        self.extra = extra

    @property
    def reason(self) -> Any:
        return formulas.spread

    def size(self, n: Size) -> Size:
        padding = self.before + self.after
        return formulas.spread(n, self.kernel, self.stride, padding, self.dilation, self.extra)

    def taps(self, n: Size) -> Taps | None:
        """Unit m reads the positions i with i·s − p + d·a = m for an a in 0 … k − 1."""
        numbers = all(map(is_int, (self.kernel, self.stride, self.before, self.dilation)))
        if not numbers or self.stride > MOST_PHASES:
            return None
        runs = tuple(self._phase(phase + self.before) for phase in range(self.stride))
        return Taps(self.stride, 1, runs)

    def _phase(self, shifted: int) -> Run:
        common = gcd(self.dilation, self.stride)
        every = self.stride // common  # taps of one phase are this far apart in the kernel
        taps = [
            a
            for a in range(min(self.kernel, every))
            if not (shifted - self.dilation * a) % self.stride
        ]
        if not taps:
            return Run(0, 1, 0)
        count = (self.kernel - 1 - taps[0]) // every + 1
        spacing = self.dilation // common
        last = (shifted - self.dilation * taps[0]) // self.stride
        return Run(last - spacing * (count - 1), spacing, count)

    def misfit(self, n: Size) -> tuple[str, str]:
        return (
            f"padding {text(self.before)} + {text(self.after)} removes all of the output of "
            f"{text(n)} positions",
            "use less padding or a larger kernel",
        )


class Whole(Window):
    """Every position at once: global pooling (the axis stays, with size 1) and flattening."""

    __slots__ = ("keep",)

    def __init__(self, keep: bool) -> None:
        self.keep = keep

    def size(self, n: Size) -> Size | None:
        return 1 if self.keep else None

    def taps(self, n: Size) -> Taps:
        return Taps(1, 0, (Run(0, 1, n),))


class Pick(Window):
    """One position, at ``index``; the axis goes away."""

    __slots__ = ("index",)

    def __init__(self, index: Size) -> None:
        self.index = index

    def size(self, n: Size) -> None:
        return None

    def taps(self, n: Size) -> Taps:
        return Taps(1, 0, (Run(self.index, 1, 1),))


class Adaptive(Window):
    """Adaptive pooling: ``out`` windows that together cover the input."""

    __slots__ = ("out",)

    def __init__(self, out: Size) -> None:
        self.out = out

    def size(self, n: Size) -> Size:
        return self.out

    def taps(self, n: Size) -> Taps | None:
        if self.out == 1:
            return Taps(1, 0, (Run(0, 1, n),))
        if not (is_int(n) and is_int(self.out)):
            return None
        common = gcd(n, self.out)
        if self.out // common > MOST_PHASES:
            return None
        runs = []
        for index in range(self.out // common):
            first, last = formulas.adaptive_window(index, n, self.out)
            runs.append(Run(first, 1, last - first + 1))
        return Taps(self.out // common, n // common, tuple(runs))


class Broadcast(Window):
    """A single position, repeated for each of ``out`` units."""

    __slots__ = ("out",)

    def __init__(self, out: Size) -> None:
        self.out = out

    def size(self, n: Size) -> Size:
        return self.out

    def taps(self, n: Size) -> Taps:
        return Taps(1, 0, (Run(0, 1, 1),))


class Enlarge(Window):
    """Each position becomes ``scale`` units, by repeating it (nearest neighbour)."""

    __slots__ = ("scale",)

    def __init__(self, scale: Size) -> None:
        self.scale = scale

    @property
    def reason(self) -> Any:
        return formulas.enlarged

    def size(self, n: Size) -> Size:
        return formulas.enlarged(n, self.scale)

    def taps(self, n: Size) -> Taps | None:
        if not is_int(self.scale) or self.scale > MOST_PHASES:
            return None
        return Taps(self.scale, 1, (Run(0, 1, 1),) * self.scale)


class Interpolate(Window):
    """``n`` positions become ``out`` units, each read from its nearest or two neighbours."""

    __slots__ = ("align", "linear", "out")

    def __init__(self, out: Size, linear: bool, align: bool) -> None:
        self.out = out
        self.linear = linear
        self.align = align

    def size(self, n: Size) -> Size:
        return self.out

    def taps(self, n: Size) -> Taps | None:
        """Source positions repeat when unit and position coincide again.

        Those outside the map are read as its border; the field is then clipped to the image, as
        with padding.
        """
        if not (is_int(n) and is_int(self.out)):
            return None
        if n == 1:
            return Taps(1, 0, (Run(0, 1, 1),))
        if self.align and self.out == 1:
            return Taps(1, 1, (Run(0, 1, 1),))
        step, every = (n - 1, self.out - 1) if self.align else (n, self.out)
        common = gcd(step, every)
        every, step = every // common, step // common
        if every > MOST_PHASES:
            return None
        return Taps(every, step, tuple(self._run(unit, step, every) for unit in range(every)))

    def _run(self, unit: int, step: int, every: int) -> Run:
        """The neighbours of a source position that is a fraction of ``parts``."""
        if not self.linear:
            return Run(formulas.scaled(unit, step, every), 1, 1)
        position, parts = formulas.interpolated(unit, step, every, self.align)
        first, beside = divmod(position, parts)
        return Run(first, 1, 2 if beside else 1)


class Block(Window):
    """All positions of the block of ``kernel`` that a unit lies in."""

    __slots__ = ("kernel",)

    def __init__(self, kernel: Size) -> None:
        self.kernel = kernel

    def size(self, n: Size) -> Size:
        return n

    def taps(self, n: Size) -> Taps | None:
        if not is_int(self.kernel) or self.kernel > MOST_PHASES:
            return None
        whole = floor_div(n, self.kernel) * self.kernel
        return Taps(self.kernel, self.kernel, (Run(0, 1, self.kernel),) * self.kernel, whole)
