"""For which values of its symbols a network is well-formed: the exact set, by isl.

The spec is expanded with sizes that are quasi-affine functions of the symbols
(:mod:`cnncalc.presburger.quasi`). What a layer requires narrows the region of values that is looked
at; a question whose answer differs within the region (an ``if:`` on a size) divides it, and the
spec is expanded again for each part. What survives is the domain.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, NamedTuple

from cnncalc.errors import CnncalcError, LayerError, Position, SpecError
from cnncalc.graph import Graph
from cnncalc.layers import Requirement
from cnncalc.layers.windows import POINT, Window
from cnncalc.presburger.points import Points
from cnncalc.presburger.quasi import Undecided
from cnncalc.presburger.world import World
from cnncalc.sizes import Size, text
from cnncalc.spec import Limits, Spec
from cnncalc.spec.bind import Values, free_symbols
from cnncalc.spec.build import Expansion
from cnncalc.spec.placing import Placing, Unmet
from cnncalc.spec.scope import Scope

#: More regions than this are not looked at; what is left is undecided.
MOST_REGIONS = 256
#: So many points are tried where isl does not decide.
MOST_TRIED = 400

Point = Mapping[str, int]
Around = tuple[int | None, int | None]


class Case(NamedTuple):
    """A region in which all decisions are the same, the graph there, and its parameters."""

    region: Points
    graph: Graph
    root: Scope


class Failure(NamedTuple):
    """The first layer that does not fit at a point."""

    layer: str | None
    message: str
    hint: str | None
    at: Position | None


class Witness(NamedTuple):
    """The smallest points found, where it is not decided: one that is good, one that is not."""

    good: Point | None
    bad: Point | None
    tried: int


class Domain:
    """The values of the symbols for which a network is well-formed.

    ``good`` are certainly so, ``unknown`` are not decided; all others are not. ``open`` is what
    could not be decided. Symbols are at least 1, those in ``zero`` at least 0.
    """

    def __init__(
        self, spec: Spec, values: Values, limits: Limits, zero: Collection[str] = ()
    ) -> None:
        self._zero = zero
        self._spec, self._values, self._limits = spec, values, limits
        sizes = free_symbols(spec, limits) if values.symbolic else ()
        names = [name for name in sizes if name not in spec.params]
        errors = self._found([name for name in names if name not in (*values.at, *values.assume)])
        if errors and not self.good and not self.unknown and isinstance(errors[0], SpecError):
            raise errors[0]

    # How it is found.

    def _found(self, symbols: list[str]) -> list[CnncalcError]:
        """Looks at all values of the symbols, and anew when it comes upon one more."""
        while True:
            self.symbols = tuple(symbols)
            self.world = World(symbols, self._zero)
            self.good = self.unknown = self.world.everything - self.world.everything
            self.cases: list[Case] = []
            self.open: list[str] = []
            try:
                return list(self._explore())
            except _Another as found:
                symbols.append(str(found))

    def _symbol(self, name: str) -> Any:
        if name not in self.symbols:
            raise _Another(name)
        return self.world.symbol(name)

    def _explore(self) -> Iterator[CnncalcError]:
        """Looks at region after region; yields what is wrong with those that are bad."""
        world, regions = self.world, [self.world.everything]
        for _ in range(MOST_REGIONS):
            if not regions:
                return
            world.region = regions.pop()
            placing = _Deciding(self._limits, world)
            try:
                expansion = self._expansion(self._symbol, placing)
                graph = expansion.graph()
            except Undecided as question:
                self.unknown |= world.region
                self._leave_open(f"{question}")
            except (LayerError, SpecError) as error:
                yield error
            else:
                self.cases.append(Case(world.region, graph, expansion.root))
                for layer, need in placing.unknown:
                    self._leave_open(f"{_stated(need)} ({layer})")
                if placing.unknown:
                    self.unknown |= world.region
                else:
                    self.good |= world.region
            regions += world.postponed
            world.postponed.clear()
        for region in regions:
            self._leave_open(f"more than {MOST_REGIONS} regions")
            self.unknown |= region

    def _leave_open(self, what: str) -> None:
        if what not in self.open:
            self.open.append(what)

    def _expansion(
        self, symbols: Callable[[str], Any], placing: Placing | None = None
    ) -> Expansion:
        return Expansion(self._spec, self._values._replace(symbols=symbols), self._limits, placing)

    # What is known of it.

    @property
    def condition(self) -> str:
        """Such as ``H mod 16 = 0 and H >= 16``; ``always``, ``never``, ``undecided``."""
        if not self.unknown:
            return str(self.good)
        if self.unknown == self.world.everything or not self.good:
            known = str(self.unknown)
            return "undecided" if known == "always" else f"undecided where {known}; never elsewhere"
        return f"{self.good}; undecided where {self.unknown}"

    def minimum(self) -> dict[str, int]:
        """The smallest value of every symbol; other symbols may have to be larger for it."""
        found = {name: self.good.least(name) for name in self.symbols}
        return {name: number for name, number in found.items() if number is not None}

    def failure(self, point: Point) -> Failure | None:
        """The first layer that does not fit at a point, found by expanding the spec there."""
        try:
            self._expansion(point.__getitem__).graph()
        except CnncalcError as error:
            return Failure(error.node, error.message, error.hint, error.at)
        return None

    def contains(self, point: Point) -> bool:
        """Is the network well-formed there? By isl where that decides, else by trying."""
        if point in self.unknown:
            return self.failure(point) is None
        return point in self.good

    def nearest(self, point: Point) -> dict[str, Around]:
        """The nearest good values below and above, symbol by symbol.

        The others stay as they are where that gives any, else they move along.
        """
        found = {}
        for name in self.symbols:
            others = {other: number for other, number in point.items() if other != name}
            near = self.good.at(others).around(name, point[name])
            moving = near == (None, None)
            found[name] = self._kept(name, point[name]) if moving else near
        return found

    def _kept(self, name: str, number: int) -> Around:
        """Nearest values when the other symbols may change; the number itself when it is good then."""
        if self.good.at({name: number}):
            return number, number
        return self.good.around(name, number)

    def witness(self) -> Witness | None:
        """Points of what is not decided, the smallest first, tried one by one."""
        if not self.unknown:
            return None
        good = bad = None
        tried = 0
        for point in self.unknown.smallest(MOST_TRIED):
            tried += 1
            if self.failure(point) is None:
                good = good or point
            else:
                bad = bad or point
            if good and bad:
                break
        return Witness(good, bad, tried)

    # What else sizes do.

    def dropping(self) -> Points | None:
        """Where a layer leaves pixels unread at the end, because its windows do not come out even."""
        return self._where(lambda window, n: window.dropped(n), every=False)

    def keeping(self) -> Points | None:
        """Where it is well-formed and no layer drops a pixel."""
        dropping = self.dropping()
        return None if dropping is None or self.unknown else self.good - dropping

    def exact(self) -> Points | None:
        """Where every downsampling divides its input: a layer of stride s makes n / s of n."""
        if self.unknown:
            return None
        return self._where(lambda window, n: window.inexact(n), every=True)

    def _where(self, measure: Callable[[Window, Size], Size], every: bool) -> Points | None:
        found = self.world.everything - self.world.everything
        for case in self.cases:
            self.world.region = case.region
            kept = case.region if every else found & case.region
            for window, n in _windows(case.graph):
                zero = self._vanishes(measure, window, n)
                if zero is None:
                    return None
                if every:
                    kept = kept & zero
                elif not case.region <= zero:
                    kept = kept | (case.region - zero)
            found = found | kept
        return found

    def _vanishes(
        self, measure: Callable[[Window, Size], Size], window: Window, n: Size
    ) -> Points | None:
        """Where what is measured of a window is 0; None when that cannot be said in one form."""
        try:
            zero = self.world.where("==", measure(window, n), 0)
        except Undecided:
            return None
        if self.world.postponed:  # it has several forms, as where a stride is a symbol
            self.world.postponed.clear()
            return None
        return zero

    def tensors(self) -> list[tuple[str, dict[str, list[str]]]]:
        """The size of every tensor in closed form, for each region with its condition."""
        found = []
        for case in self.cases:
            self.world.region = case.region
            shapes = {name: [text(n) for n in shape] for name, shape in case.graph.shapes.items()}
            found.append((str(case.region), shapes))
        return found


def _windows(graph: Graph) -> Iterator[tuple[Window, Size]]:
    """Every window along every axis, with the size that it reads."""
    for node in graph:
        xs = graph.inputs_of(node)
        for windows, x in zip(node.layer.reads(*xs), xs):
            yield from ((w, n) for w, n in zip(windows, x.spatial) if w is not POINT)


def _stated(need: Requirement) -> str:
    words = {"==": "=", ">=": ">=", "% ==": "a multiple of"}
    return f"{text(need.left)} {words[need.relation]} {text(need.right)}"


def good_sizes(domain: Callable[[], Domain], point: Point) -> str | None:
    """The nearest good sizes in words; None when they cannot be told, or no size is good."""
    try:
        found = domain()
    except (CnncalcError, ImportError):
        return None
    if set(found.symbols) != set(point):
        return None
    near = {name: in_words(around) for name, around in found.nearest(point).items()}
    known = [f"{name}={words}" for name, words in near.items() if words]
    return f"nearest good sizes: {', '.join(known)}" if len(known) == len(near) else None


def in_words(around: Around) -> str:
    """``96 or 112``; nothing where there is neither."""
    return " or ".join(dict.fromkeys(str(number) for number in around if number is not None))


class _Another(Exception):
    """A symbol that was not known of: one that a parameter or an assumption brings."""


class _Deciding(Placing):
    """Layers put into a graph while their requirements narrow the region of a world."""

    def __init__(self, limits: Limits, world: World) -> None:
        super().__init__(limits)
        self.world = world
        self.unknown: list[tuple[str, Requirement]] = []

    def holds(self, relation: str, left: Size, right: Size) -> bool | None:
        return self.world.holds(relation, left, right)

    def require(self, need: Requirement, name: str) -> None:
        world = self.world
        where = world.where(need.relation, need.left, need.right)
        if where is None:
            self.unknown.append((name, need))
        elif not world.region <= where:
            kept = world.region & where
            if not kept:
                raise Unmet(need)
            world.region = kept
