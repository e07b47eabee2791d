"""``repeat`` with a symbol for its count: one node with the closed forms of all repetitions.

What the analyses say of one repetition is raised to a power (windows) or summed (costs); no formula
of repetitions is stated here.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from cnncalc import symbolic
from cnncalc.analyses.memory import elements_written, storage_of
from cnncalc.analyses.receptive_field import Fields, receptive_fields
from cnncalc.errors import LayerError
from cnncalc.graph import Condition, Graph
from cnncalc.layers import Requirement, Weight
from cnncalc.layers.base import Product
from cnncalc.layers.repeated import Chain, Facts, Inside, Repeated
from cnncalc.layers.windows import POINT, Slide, Window
from cnncalc.sizes import Shape, Size, at_least, equal, expand, is_symbolic, product, text
from cnncalc.spec.iteration import Iteration, OtherChannels
from cnncalc.spec.values import Iterations

Chains = tuple[Chain, ...]


def place(one: Iteration) -> None:
    """Adds the node of all repetitions; :class:`NoClosedForm` for a body that has none."""
    scope, at, name = one.scope, one.statement.at, one.statement.name
    if name:
        why = f"{name} is repeated {text(one.count)} times: none of them is a layer by itself"
        scope.define(name, Iterations(name, (why, one.hint)), at)
    try:
        _add(one)
    except OtherChannels as error:  # of the first alone, perhaps, as when 3 become 64
        try:
            _add(one.peeled())
        except OtherChannels:
            raise error from None


def _add(one: Iteration) -> None:
    repetition = Repetition(one)
    if repetition.first.nodes:
        layer = Repeated(one.count, repetition.facts())
        one.scope.current = one.expansion.placing.add(
            one.name, layer, [one.source], one.statement.at, one.scope.frame.groups
        )


class Repetition:
    """All repetitions of a body, from what is known of one."""

    def __init__(self, one: Iteration) -> None:
        self.one = one

    @cached_property
    def first(self) -> Graph:
        return self.one.on(self.one.source.shape)

    @cached_property
    def last(self) -> Graph:
        return self.one.on(self.input_of(self.one.count))

    @cached_property
    def every(self) -> Graph:
        """The repetition number ``index``."""
        return self.first if self.direction == "" else self.one.on(self.input_of(self.one.index))

    def input_of(self, number: Size) -> Shape:
        """What repetition 1, 2, … reads."""
        x = self.one.source.shape
        before = (chain.power(number - 1) for chain in self.chains)
        return x.like(x.channels, [one.size(n) for one, n in zip(before, x.spatial)])

    # What it does along each axis.

    @cached_property
    def chains(self) -> Chains:
        """The body as one sliding window along each axis."""
        graph, x = self.one.generic, self.one.source.shape
        (end,) = graph.outputs.values()
        y = graph.shapes[end]
        if type(y) is not type(x) or y.rank != x.rank:
            self.one.refuse("the body does not keep the axes of its input")
        if equal(y.channels, x.channels) is not True:
            why = f"the body turns {text(x.channels)} channels into {text(y.channels)}"
            self.one.refuse(why, error=OtherChannels)
        chains = self.chained(end)
        if not x.rank:
            return chains
        found = []
        for chain, axis in zip(chains, self.fields(end)):
            sliding = axis.sliding
            if not axis.defined or sliding is None or sliding.period != 1:
                self.one.refuse("the receptive field of the body does not slide evenly")
            assert sliding.edges[0] is not None
            found.append(chain.widened(*sliding.edges[0]))
        values = [(c.before, c.last, c.stride, c.after) for c in found]
        if self.one.varies(*(value for row in values for value in row)):
            self.one.refuse("its windows depend on the size of their input")
        return tuple(found)

    def fields(self, end: str) -> Fields:
        return receptive_fields(self.one.generic).fields[end]

    def chained(self, end: str) -> Chains:
        """The windows of one path from the input to ``end``; any says what sizes come out."""
        graph = self.one.generic
        found: dict[str, Chains | None] = {
            name: (Chain(),) * x.rank for name, x in graph.inputs.items()
        }
        for node in graph:
            reads = zip(node.inputs, node.layer.reads(*graph.inputs_of(node)))
            ways = [_onward(found[name], windows) for name, windows in reads]
            found[node.name] = next((way for way in ways if way is not None), None)
        chains = found[end]
        if chains is None:
            node = next(node for node in graph if found[node.name] is None)
            windows = (
                window for read in node.layer.reads(*graph.inputs_of(node)) for window in read
            )
            up = any(isinstance(window, Slide) and window.ceil for window in windows)
            why = "rounds sizes up" if up else "does not slide over its input"
            self.one.refuse(f"{node.kind} {why}", node.at, node.name)
        return chains

    @cached_property
    def reaches_all(self) -> bool:
        """Does every unit see the whole map too? Then its own windows must be points.

        What the others would see of the padding is nothing that a layer can state.
        """
        (end,) = self.one.generic.outputs.values()
        if not self.one.source.shape.rank:
            return False
        contexts = [axis.context for axis in self.fields(end)]
        if not any(contexts):
            return False
        if contexts != [(0, n - 1) for n in self.one.positions] or any(map(_moves, self.chains)):
            self.one.refuse("one repetition sees the whole map beside what its windows read")
        return True

    @cached_property
    def direction(self) -> str | None:
        """Do sizes shrink or grow from one repetition to the next? Empty: neither; None: unknown.

        A step of a monotone map in one direction is followed by others in the same.
        """
        x = self.one.source.shape
        found = {_direction(chain, n) for chain, n in zip(self.chains, x.spatial)} - {""}
        return "" if not found else found.pop() if len(found) == 1 else None

    # Facts of all repetitions.

    def facts(self) -> Facts:
        windows: list[Window] = [
            chain.power(self.one.count) if _moves(chain) else POINT for chain in self.chains
        ]
        weights, products = self.costs()
        return Facts(
            windows=tuple(windows),
            weights=tuple(weights),
            products=tuple(products),
            requirements=tuple(dict.fromkeys(self.requirements())),
            reaches_all=self.reaches_all,
            view=self.holder in self.one.generic.inputs,
            inside=self.inside(),
        )

    def total(self, term: Size) -> Size:
        """The sum over all repetitions of what is known of number ``index``."""
        return symbolic.total(term, self.one.index, self.one.count)

    def changes(self, *values: Size) -> bool:
        return any(is_symbolic(value) and self.one.index in value.free_symbols for value in values)

    def costs(self) -> tuple[list[Weight], list[Product]]:
        """Weights of all repetitions; where their uses differ, these are stated as products."""
        graph, weights, products = self.every, [], []
        for node in graph:
            xs, prefix = graph.inputs_of(node), node.name.removeprefix(f"{self.one.name}.")
            for weight in node.layer.weights(xs[0], node.shape):
                name, elements = f"{prefix}.{weight.name}", product(weight.shape)
                even = not (node.shares or self.changes(elements, weight.uses))
                if not even and weight.uses != 0:
                    uses = self.total(elements * weight.uses)
                    products.append(Product(name, 1, 1, 1, uses, weighted=True))
                if not node.shares:
                    shape = (
                        (self.total(elements),)
                        if self.changes(elements)
                        else (self.one.count, *weight.shape)
                    )
                    uses = weight.uses if even else 0
                    weights.append(weight._replace(name=name, shape=shape, uses=uses, out=None))
            for one in node.layer.products(*xs):
                macs = one.rows * one.inner * one.columns * one.times
                products.append(
                    Product(f"{prefix}.{one.name}", 1, 1, 1, self.total(macs), one.weighted)
                )
        return weights, products

    def requirements(self) -> Iterator[Requirement]:
        """That the first and the last repetition fit, and hence those between them."""
        for condition in self.one.generic.conditions:
            self.check(condition)
        named = {condition.node for condition in self.one.generic.conditions}
        ends = {"": [self.first], "shrinks": [self.last], "grows": [self.first]}
        graphs = [self.first, self.last] if self.direction is None else ends[self.direction]
        found = [c for graph in graphs for c in graph.conditions if c.node in named]
        least = 1 if found else 0
        yield Requirement(
            self.one.count,
            ">=",
            least,
            "a number of repetitions must be at least {right}, got {left}",
            self.one.hint,
        )
        for condition in found:
            yield condition.requirement

    def check(self, condition: Condition) -> None:
        """A size that must not fall below a number is monotone; other conditions are not."""
        need = condition.requirement
        values = [need.left, need.right]
        if not self.one.varies(
            *(values if need.relation == "% ==" else [expand(values[0] - values[1])])
        ):
            return
        if need.relation != ">=" or self.one.varies(need.right):
            words = {"==": "=", ">=": ">=", "% ==": "is a multiple of"}[need.relation]
            node = next(node for node in self.one.generic if node.name == condition.node)
            self.one.refuse(
                f"it fits only if {text(need.left)} {words} {text(need.right)}",
                node.at,
                node.name,
            )

    @cached_property
    def holder(self) -> str:
        """What the output of the body is stored as."""
        (end,) = self.one.generic.outputs.values()
        return storage_of(self.one.generic)[end]

    def inside(self) -> Inside:
        (end,) = self.one.generic.outputs.values()
        grows = self.direction == "grows"
        whole = self.one.generic.shapes[self.holder] == self.one.generic.shapes[end]
        looks = self.holder in self.one.generic.inputs
        later = None if looks else self.last if grows else self.first
        if later and self.direction == "shrinks":
            try:
                later = self.one.on(self.input_of(2))
            except LayerError:  # there is no room for a second one
                later = None
        return Inside(
            written=self.total(elements_written(self.every)),
            first=self.first,
            later=later,
            grows=grows,
            more=1 if at_least(self.one.count, 2) else symbolic.minimum((1, self.one.count - 1)),
            known=(looks or whole)
            and self.direction is not None
            and at_least(self.one.count, 1) is True,
        )


def _onward(chains: Chains | None, windows: tuple[Window, ...]) -> Chains | None:
    if chains is None or len(windows) != len(chains):
        return None
    found = []
    for chain, window in zip(chains, windows):
        if not isinstance(window, Slide) or window.ceil:
            return None
        found.append(chain.then(window))
    return tuple(found)


def _moves(chain: Chain) -> bool:
    """Is it anything but each position by itself?"""
    kept = (chain.before, chain.last, chain.stride - 1, chain.after)
    return any(equal(value, 0) is not True for value in kept)


def _direction(chain: Chain, n: Size) -> str | None:
    """Is the output smaller than ``n`` positions ("shrinks"), larger ("grows"), equal ("")?

    ⌊(n − 1 + g)/s⌋ + 1 with g = after − last: at most n for g ≤ 0, at least n for g ≥ 0 and s = 1.
    """
    size = chain.size(n)
    if equal(size, n) is True:
        return ""
    gain = chain.after - chain.last
    if at_least(0, gain) is True or at_least(n, size) is True:
        return "shrinks"
    if (equal(chain.stride, 1) and at_least(gain, 0)) is True or at_least(size, n) is True:
        return "grows"
    return None
