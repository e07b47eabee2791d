"""A network as a user holds it: a spec that can be analysed for any sizes and settings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnncalc.analyses.cost import Cost, graph_costs
from cnncalc.analyses.findings import Finding, warning
from cnncalc.analyses.memory import DTYPES, activation_memory
from cnncalc.analyses.receptive_field import (
    ReceptiveFields,
    last_feature_map,
    last_map,
    receptive_fields,
)
from cnncalc.analyses.wellformed import describe_conditions
from cnncalc.errors import CnncalcError, UsageError, suggest
from cnncalc.graph import Graph
from cnncalc.results import Analysis, LayerResult, head
from cnncalc.sizes import Size, at_least, expand, is_int, is_symbolic
from cnncalc.spec import Limits, Spec, parse_line, parse_yaml
from cnncalc.spec.bind import Values
from cnncalc.spec.build import Expansion
from cnncalc.spec.lines import is_name

if TYPE_CHECKING:
    from cnncalc.conventions.counting import Count
    from cnncalc.domain import Domain
    from cnncalc.explain import Explanation
    from cnncalc.fields import LayerField
    from cnncalc.rewriting import Rewriting


class Network:
    """A parsed spec.

    Made by :func:`cnncalc.load` and :func:`cnncalc.parse`. Nothing is computed until asked for.
    """

    def __init__(self, spec: Spec, limits: Limits | None = None) -> None:
        self.spec = spec
        self.limits = limits or Limits()

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def source(self) -> str | None:
        """Where the architecture is published."""
        return self.spec.source

    def __repr__(self) -> str:
        return f"<Network {self.name}>"

    def to_yaml(self) -> str:
        """The spec in YAML, without comments.

        >>> print(load("3x32x32 | conv 10 k=5 p=2 | relu").to_yaml())
        cnncalc: 1
        name: 3x32x32 | conv 10 k=5 p=2 | relu
        input: 3x32x32
        layers:
          - conv 10 k=5 p=2
          - relu
        <BLANKLINE>
        """
        from cnncalc.spec.printing import yaml_text

        return yaml_text(self.spec)

    def expansion(
        self,
        at: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
        symbolic: bool = False,
        assume: Mapping[str, Any] | None = None,
    ) -> Expansion:
        """The spec with values for its symbols (``at``) and parameters (``settings``)."""
        return Expansion(
            self.spec, Values(at or {}, settings or {}, symbolic, assume or {}), self.limits
        )

    def bound(
        self,
        at: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
        symbolic: bool = False,
    ) -> Network:
        """The same network with these values as its own, as :meth:`analyze` takes them.

        Raises :class:`cnncalc.CnncalcError` for a name that the network does not have.
        """
        self.expansion(at, settings, symbolic)
        return Network(self.spec.bound(at or {}, settings or {}, symbolic), self.limits)

    def graph(
        self,
        at: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
        symbolic: bool = False,
        assume: Mapping[str, Any] | None = None,
    ) -> Graph:
        """The layer graph. Raises :class:`cnncalc.CnncalcError` when it is not well-formed."""
        return self.expansion(at, settings, symbolic, assume).graph()

    def good_sizes(
        self,
        at: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
        assume: Mapping[str, Any] | None = None,
    ) -> str | None:
        """The nearest sizes at which the network is well-formed, in words, where these are not.

        None when there is no symbol to give another value, or no value is good.
        """
        point = self.expansion(at, settings, assume=assume).binding
        if not point:
            return None
        from cnncalc.domain import good_sizes

        return good_sizes(lambda: self.domain(None, settings, assume), point)

    def domain(
        self,
        at: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
        assume: Mapping[str, Any] | None = None,
    ) -> Domain:
        """The sizes for which the network is well-formed, as a set that isl decides exactly.

        ``at`` gives some symbols values, ``settings`` and ``assume`` are those of :meth:`analyze`.
        Raises :class:`cnncalc.CnncalcError` for a spec that is wrong whatever the sizes.
        """
        from cnncalc.domain import Domain

        values = Values(at or {}, settings or {}, symbolic=True, assume=assume or {})
        return Domain(self.spec, values, self.limits)

    def analyze(
        self,
        at: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
        *,
        symbolic: bool = False,
        assume: Mapping[str, Any] | None = None,
        batch: Size = 1,
        dtype: str = "float32",
        conventions: Iterable[str] = (),
    ) -> Analysis:
        """Sizes, receptive fields, parameters, MACs and activation memory.

        ``at`` binds symbols (``{"H": 512}``), ``settings`` parameters (``{"classes": 10}``);
        ``symbolic`` leaves unbound symbols free even where the spec has a default. MACs and bytes
        are for ``batch`` images (a number, or a name for a symbol), bytes for elements of
        ``dtype``. ``conventions`` are names of counting tools (``fvcore``, ``torchinfo@1.8``) whose
        counts are wanted too. Raises :class:`cnncalc.CnncalcError` for a network that is not
        well-formed.

        >>> found = load("3x32x32 | conv 10 k=5 p=2 | bn").analyze(conventions=["fvcore", "thop"])
        >>> [count.total for count in found.counts]
        [788480, 808960]
        """
        batch, dtype = _batch(batch), _dtype(dtype)
        expansion = self.expansion(at, settings, symbolic, assume)
        graph = expansion.graph()
        found = self._analyzed(graph, expansion.binding, batch, dtype, assume)
        asked = list(conventions)
        if not asked:
            return found
        counts = self._counted(graph, asked, batch, at, settings)
        return found._replace(counts=counts)

    def count(
        self,
        conventions: Iterable[str],
        at: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
        *,
        symbolic: bool = False,
        assume: Mapping[str, Any] | None = None,
        batch: Size = 1,
    ) -> tuple[Count, ...]:
        """What counting tools count, by the names of their conventions; the rest as in :meth:`analyze`.

        Raises :class:`cnncalc.CnncalcError` for a convention that there is not.
        """
        graph = self.graph(at, settings, symbolic, assume)
        return self._counted(graph, conventions, _batch(batch), at, settings)

    def _counted(
        self,
        graph: Graph,
        conventions: Iterable[str],
        batch: Size,
        at: Mapping[str, Any] | None,
        settings: Mapping[str, Any] | None,
    ) -> tuple[Count, ...]:
        """Counted; in numbers too, at the spec's own sizes, where a rule has no formula."""
        from cnncalc.conventions import find_all
        from cnncalc.conventions.counting import count

        found = [count(graph, convention, batch) for convention in find_all(conventions)]
        if not any(one.numeric for one in found):
            return tuple(found)
        try:
            expansion = self.expansion(at, settings)
            concrete = expansion.graph()
        except CnncalcError:
            return tuple(found)
        again = (
            one._replace(at=_at(expansion, count(concrete, one.convention, batch))) for one in found
        )
        return tuple(again)

    def _analyzed(
        self,
        graph: Graph,
        binding: Mapping[str, int],
        batch: Size,
        dtype: str,
        assume: Mapping[str, Any] | None = None,
    ) -> Analysis:
        found = receptive_fields(graph)
        fields = found.fields
        costs = graph_costs(graph)
        rows = []
        for node in graph:
            cost = costs[node.name]
            rows.append(
                LayerResult(
                    node.name,
                    node.kind,
                    node.inputs,
                    node.shape,
                    cost._replace(macs=cost.macs * batch),
                    fields.get(node.name),
                    node.scopes,
                    node.shares,
                )
            )
        total = Cost(*(expand(sum(column)) for column in zip(*(row.cost for row in rows))))
        shapes = graph.shapes
        last = last_feature_map(graph, fields)
        return Analysis(
            name=self.name,
            source=self.source,
            inputs=graph.inputs,
            at=binding,
            batch=batch,
            dtype=dtype,
            layers=tuple(rows),
            total=total,
            memory=activation_memory(graph, DTYPES[dtype], batch),
            outputs={name: shapes[tensor] for name, tensor in graph.outputs.items()},
            last_feature_map=last,
            findings=(
                *map(warning, describe_conditions(graph)),
                *_unused(graph),
                *found.findings,
                *_holes(graph, found, last),
            ),
            assume=_worded(assume),
        )

    def explain(
        self,
        layer: str | None = None,
        of: Iterable[str] | None = None,
        at: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
        *,
        symbolic: bool = False,
        assume: Mapping[str, Any] | None = None,
        batch: Size = 1,
        dtype: str = "float32",
    ) -> Explanation:
        """The working behind every number, step by step: of one ``layer``, or of all.

        ``of`` chooses among ``shape``, ``rf``, ``params``, ``macs`` and ``memory``; the rest is as
        in :meth:`analyze`.

        >>> found = load("3x224x224 | conv 64 k=7 s=2 p=3").explain(of=["shape"])
        >>> print(found.layers[0].steps[1])
        height, width = ⌊(H + 2p − k)/s⌋ + 1 = ⌊(224 + 2·3 − 7)/2⌋ + 1 = 112

        Raises :class:`cnncalc.CnncalcError` for a layer or a quantity that does not exist.
        """
        from cnncalc.explain import explain

        batch, dtype = _batch(batch), _dtype(dtype)
        expansion = self.expansion(at, settings, symbolic, assume)
        graph = expansion.graph()
        analysis = self._analyzed(graph, expansion.binding, batch, dtype, assume)
        return explain(graph, analysis, layer, of)

    def receptive_field(
        self,
        layer: str | None = None,
        at: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
        *,
        symbolic: bool = False,
        assume: Mapping[str, Any] | None = None,
    ) -> LayerField:
        """The receptive field of a layer (of the last feature map) from every side.

        Its phases, holes, smallest and largest path, effective field, and what single units see.

        >>> field = load("1x9x9 | conv 1 k=3 d=2 | conv 1 k=3 d=2").receptive_field()
        >>> field.fields[0].size, field.supports[0].read
        (9, 5)

        Raises :class:`cnncalc.CnncalcError` for a layer that does not exist or sees no map.
        """
        from cnncalc.fields import LayerField

        expansion = self.expansion(at, settings, symbolic, assume)
        graph = expansion.graph()
        found = receptive_fields(graph)
        name = layer or last_feature_map(graph, found.fields)
        meant = None if layer else last_map(graph, found.fields)
        if name is None:
            raise UsageError(
                f"{self.name} has no feature map",
                hint="the input needs spatial axes, as 3x32x32, and a layer before flatten or gap",
            )
        if name not in graph.shapes:  # a block or an iteration: what it puts out
            inside = [node.name for node in graph if node.name.startswith(f"{name}.")]
            name = inside[-1] if inside else name
        if name not in graph.shapes:
            hint = suggest(name, graph.shapes, "layers")
            raise UsageError(f"{self.name} has no layer {name!r}", hint=hint)
        begins = head(self.name, graph.inputs, expansion.binding, _worded(assume))
        return LayerField(graph, found, name, begins, meant)

    def rewrite(
        self,
        rule: str,
        layers: Iterable[str] = (),
        at: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
        *,
        symbolic: bool = False,
    ) -> Rewritten:
        """This network rewritten by a rule, such as ``separable`` or ``grouped=4``.

        ``layers`` are names of layers or blocks (``*`` stands for any text); without them the rule
        is applied wherever it fits. Values for symbols and parameters go into the new spec.

        >>> net = load("8x32x32 | conv 8 k=5 p=2 bias=no")
        >>> stacked = net.rewrite("stack3x3")
        >>> [layer.kind for layer in stacked.analyze().layers]
        ['conv', 'relu', 'conv']
        >>> stacked.analyze().total.params, net.analyze().total.params
        (1152, 1600)

        Raises :class:`cnncalc.CnncalcError` for an unknown rule, and for one that fits nowhere.
        """
        from cnncalc.rewriting import rewrite, rule_of
        from cnncalc.rewriting.claims import hold

        asked = rule_of(rule)
        bound = self.bound(at, settings, symbolic)
        found = Rewritten(rewrite(bound.spec, asked, layers, self.limits), self.limits)
        hold(asked.rule, bound.graph(), found.graph())
        return found


class Rewritten(Network):
    """A network made from another one by a rule.

    ``changed`` are the layers of the other one that the rule changed. ``flattened`` says why all
    layers are written out, when lines of the other spec could not be changed in their places.
    """

    def __init__(self, made: Rewriting, limits: Limits | None = None) -> None:
        from cnncalc.spec.printing import yaml_text

        # Read back from its text, so that errors have places in it.
        super().__init__(parse_yaml(yaml_text(made.spec), "<rewritten>", limits), limits)
        self.changed = made.changed
        self.flattened = made.flattened


def _at(expansion: Expansion, count: Count) -> tuple[Mapping[str, int], Count] | None:
    """A count and the values of the symbols that it is for, if it has a number."""
    return None if count.numeric else (expansion.binding, count)


def _worded(assume: Mapping[str, Any] | None) -> dict[str, str]:
    return {name: str(expression) for name, expression in (assume or {}).items()}


def _unused(graph: Graph) -> list[Finding]:
    names = [*graph.inputs, *(node.name for node in graph)]
    return [
        warning(f"{name}: no output depends on it", name)
        for name in names
        if name not in graph.used
    ]


def _holes(graph: Graph, found: ReceptiveFields, last: str | None) -> Iterator[Finding]:
    """Holes in the field of the last feature map; only dilated networks are looked at for them."""
    if last and any(size != 1 for node in graph for size in getattr(node.layer, "dilation", ())):
        from cnncalc.fields import LayerField

        field = LayerField(graph, found, last)
        yield from (one for one in field.findings if one not in found.findings)


def _dtype(dtype: str) -> str:
    if dtype not in DTYPES:
        raise UsageError(f"unknown dtype {dtype!r}", hint=suggest(dtype, DTYPES, "dtypes"))
    return dtype


def _batch(batch: Any) -> Size:
    if isinstance(batch, str):
        if is_name(batch):
            from cnncalc import symbolic

            return symbolic.symbol(batch)
        batch = int(batch) if batch.isascii() and batch.isdigit() and len(batch) < 18 else batch
    if not (is_int(batch) or is_symbolic(batch)) or at_least(batch, 1) is False:
        raise UsageError(
            f"a batch must be an integer of at least 1, got {batch}", hint="--batch 8, or --batch N"
        )
    return batch


def parse(text: str, name: str = "<spec>", limits: Limits | None = None) -> Network:
    """A network from YAML text. ``name`` is what errors call it.

    Raises :class:`cnncalc.CnncalcError` with line and column for anything that is not a spec.
    """
    return Network(parse_yaml(text, name, limits), limits)


def load(source: str | Path, limits: Limits | None = None) -> Network:
    """A network from a path, the name of a bundled spec or preset, or one line of text.

    >>> load("3x32x32 | conv 10 k=5 p=2").analyze().total.params
    760

    Raises :class:`cnncalc.CnncalcError` when there is no such file or spec, or it is not one.
    """
    from cnncalc.zoo import find

    if isinstance(source, str) and ("|" in source or _is_sizes(source)):
        return Network(parse_line(source), limits)
    found = find(source)
    spec = parse_yaml(found.text, found.name, limits)
    if found.preset is None:
        return Network(spec, limits)
    if found.preset not in spec.presets:
        hint = suggest(found.preset, spec.presets, "presets")
        raise UsageError(f"{found.name} has no preset {found.preset!r}", hint=hint)
    return Network(spec.preset(found.preset), limits)


def _is_sizes(text: str) -> bool:
    """An input without layers, which is a one-line network cut short rather than a name."""
    if not text[:1].isdigit() or "x" not in text:
        return False
    try:
        return not Path(text).exists()
    except OSError:
        return True


__all__ = ["Network", "Rewritten", "load", "parse"]
