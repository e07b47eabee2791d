"""A network as a user holds it: a spec that can be analysed for any sizes and settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnncalc import given
from cnncalc.analyses.receptive_field import last_feature_map, last_map, receptive_fields
from cnncalc.analyzing import analyzed
from cnncalc.errors import CnncalcError, UsageError, suggest
from cnncalc.graph import Graph
from cnncalc.results import Analysis, Folding, head
from cnncalc.sizes import Size
from cnncalc.spec import Limits, Spec, parse_line, parse_yaml
from cnncalc.spec.bind import Values
from cnncalc.spec.build import Expansion
from cnncalc.spec.reporting import Problems

if TYPE_CHECKING:
    from cnncalc.conventions.counting import Count
    from cnncalc.domain import Domain
    from cnncalc.explain import Explanation
    from cnncalc.fields import LayerField
    from cnncalc.reconcile import Ledger
    from cnncalc.rewriting import Rewriting
    from cnncalc.roofline import Roofline
    from cnncalc.solve import Found
    from cnncalc.training import Training


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
        problems: Problems | None = None,
    ) -> Expansion:
        """The spec with values for its symbols (``at``) and parameters (``settings``).

        ``problems`` may keep all that is wrong, of which the first is raised.
        """
        values = Values(
            given.values(at, "at", '{"H": 224}'),
            given.values(settings, "settings", '{"classes": 10}'),
            symbolic,
            given.values(assume, "assume", '{"W": "H"}'),
        )
        return Expansion(self.spec, values, self.limits, problems=problems)

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

    def expanded(
        self,
        at: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
        symbolic: bool = False,
    ) -> Network:
        """The same network with a line for each layer: no loops, blocks, conditions, parameters.

        Sizes stay symbols, with their values under ``at:``, unless the layers depend on them.
        What the spec expects is kept, shared weights stay shared.

        >>> print(load("3xHxW | conv 2*n k=3 | relu").expanded(settings={"n": 4}).to_yaml())
        cnncalc: 1
        name: 3xHxW | conv 2*n k=3 | relu
        input: 3xHxW
        layers:
          - conv 8 k=3
          - relu
        <BLANKLINE>

        Raises :class:`cnncalc.CnncalcError` for a network that is not well-formed, and for one
        with a symbolic number of layers.
        """
        from cnncalc.spec.expanding import expanded
        from cnncalc.spec.printing import yaml_text

        values = Values(at or {}, settings or {}, symbolic)
        text = yaml_text(expanded(self.spec, values, self.limits))
        # Read back from its text, so that errors have places in it.
        return Network(parse_yaml(text, "<expanded>", self.limits), self.limits)

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
        fold_bn: bool = False,
        **sizes: Any,
    ) -> Analysis:
        """Sizes, receptive fields, parameters, MACs and activation memory.

        ``at`` binds symbols (``{"H": 512}``), and so do further keywords (``H=512``); ``settings``
        binds parameters (``{"classes": 10}``); ``symbolic`` leaves unbound symbols free even where
        the spec has a default. MACs and bytes are for ``batch`` images (a number, or a name for a
        symbol), bytes for elements of ``dtype``. ``fold_bn``: of the network as it is run at
        inference, with batch normalisation folded into the layers before it. ``conventions`` are names of counting
        tools (``fvcore``, ``torchinfo@1.8``) whose counts are wanted too.

        >>> load("resnet50").analyze(H=256, W=256).total.macs
        5340348416

        Raises :class:`cnncalc.CnncalcError` for a network that is not well-formed.
        """
        batch, dtype = given.batch(batch), given.dtype(dtype)
        expansion = self.expansion(_with(at, sizes), settings, symbolic, assume)
        graph, folding = _folded(expansion.graph(), fold_bn)
        found = self.analyzed(graph, expansion.binding, batch, dtype, assume)
        if folding:
            findings = (*found.findings, *folding.findings)
            found = found._replace(folding=folding, findings=findings)
        if asked := given.names(conventions, "conventions"):
            counts = self._counted(graph, asked, batch, _with(at, sizes), settings, fold_bn)
            found = found._replace(counts=counts)
        return found

    def analyzed(
        self,
        graph: Graph,
        binding: Mapping[str, int],
        batch: Size = 1,
        dtype: str = "float32",
        assume: Mapping[str, Any] | None = None,
    ) -> Analysis:
        """What :meth:`analyze` finds, of a graph of this network that is built already."""
        return analyzed(self.name, self.source, graph, binding, batch, dtype, given.worded(assume))

    def count(
        self,
        conventions: Iterable[str],
        at: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
        *,
        symbolic: bool = False,
        assume: Mapping[str, Any] | None = None,
        batch: Size = 1,
        fold_bn: bool = False,
    ) -> tuple[Count, ...]:
        """What counting tools count, by the names of their conventions; the rest as in :meth:`analyze`.

        >>> found = load("3x32x32 | conv 10 k=5 p=2 | bn").count(["fvcore", "thop"])
        >>> [count.total for count in found]
        [788480, 808960]

        Raises :class:`cnncalc.CnncalcError` for a convention that there is not.
        """
        graph, _ = _folded(self.graph(at, settings, symbolic, assume), fold_bn)
        names = given.names(conventions, "conventions")
        return self._counted(graph, names, given.batch(batch), at, settings, fold_bn)

    def reconcile(
        self,
        tools: Iterable[str] | None = None,
        at: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
        *,
        symbolic: bool = False,
        assume: Mapping[str, Any] | None = None,
        batch: Size = 1,
        fold_bn: bool = False,
    ) -> Ledger:
        """Why counting tools differ: what changes from the total of each to that of the next.

        ``tools`` are names of conventions (else the best known); the rest is as in :meth:`analyze`.

        >>> (step,) = load("3x32x32 | conv 10 k=5 p=2 | bn").reconcile(["mac", "fvcore"]).steps
        >>> [(change.entry, change.amount) for change in step.changes]
        [('batch normalisation', 20480)]

        Raises :class:`cnncalc.CnncalcError` for an unknown tool, and where a tool's rule has no
        formula in the symbols and the network has no sizes of its own.
        """
        from cnncalc.reconcile import reconcile

        return reconcile(
            self,
            tools,
            at,
            settings,
            symbolic=symbolic,
            assume=assume,
            batch=batch,
            fold_bn=fold_bn,
        )

    def _counted(
        self,
        graph: Graph,
        conventions: Iterable[str],
        batch: Size,
        at: Mapping[str, Any] | None,
        settings: Mapping[str, Any] | None,
        fold_bn: bool,
    ) -> tuple[Count, ...]:
        """Counted; in numbers too, at the spec's own sizes, where a rule has no formula."""
        from cnncalc.conventions import find_all
        from cnncalc.conventions.counting import count

        found = [count(graph, convention, batch) for convention in find_all(conventions)]
        if not any(one.numeric for one in found):
            return tuple(found)
        try:
            expansion = self.expansion(at, settings)
            concrete, _ = _folded(expansion.graph(), fold_bn)
        except CnncalcError:
            return tuple(found)
        again = (
            one._replace(at=_at(expansion, count(concrete, one.convention, batch))) for one in found
        )
        return tuple(again)

    def training(
        self,
        at: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
        *,
        symbolic: bool = False,
        assume: Mapping[str, Any] | None = None,
        batch: Size = 1,
        dtype: str = "float32",
        optimizer: str = "sgd",
        mixed: bool = False,
    ) -> Training:
        """What a training step costs: MACs of its three passes, what it keeps, its fullest moment.

        ``optimizer`` is ``sgd``, ``momentum``, ``adam`` or ``adamw``; all numbers are of ``dtype``,
        with ``mixed`` beside a float32 copy of the parameters and optimizer state in float32. The
        rest is as in :meth:`analyze`.

        >>> found = load("resnet50").training()
        >>> 2 * found.total.total  # FLOPs, forward and backward
        24299077632

        Raises :class:`cnncalc.CnncalcError` for a dtype or an optimizer that does not train.
        """
        from cnncalc.training import train

        expansion = self.expansion(at, settings, symbolic, assume)
        graph = expansion.graph()
        begins = head(self.name, graph.inputs, expansion.binding, given.worded(assume))
        return train(graph, begins, given.batch(batch), given.dtype(dtype), optimizer, mixed)

    def roofline(
        self,
        device: str | None = None,
        at: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
        *,
        symbolic: bool = False,
        assume: Mapping[str, Any] | None = None,
        batch: Size = 1,
        dtype: str = "float32",
        fold_bn: bool = False,
    ) -> Roofline:
        """Bytes that each layer moves, its MACs for each of them, and what bounds it on a device.

        ``device`` is a name from ``cnncalc/data/devices.json``; without one there are no times. The
        rest is as in :meth:`analyze`.

        >>> found = load("vgg16").roofline("a100", batch=32, dtype="float16")
        >>> found.layers[0].bound, found.layers[2].bound
        ('memory', 'compute')

        Raises :class:`cnncalc.CnncalcError` for a device that is unknown or states nothing of
        ``dtype``, and for a device where sizes are symbols.
        """
        from cnncalc.roofline import roofline

        expansion = self.expansion(at, settings, symbolic, assume)
        graph, folding = _folded(expansion.graph(), fold_bn)
        begins = head(self.name, graph.inputs, expansion.binding, given.worded(assume))
        found = roofline(graph, begins, device, given.batch(batch), given.dtype(dtype))
        return found._replace(folding=folding)

    def explain(
        self,
        layer: str | Iterable[str] | None = None,
        of: str | Iterable[str] | None = None,
        at: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
        *,
        symbolic: bool = False,
        assume: Mapping[str, Any] | None = None,
        batch: Size = 1,
        dtype: str = "float32",
        **sizes: Any,
    ) -> Explanation:
        """The working behind every number, step by step: of the layers that ``layer`` names, or of all.

        ``layer`` is the name of a layer or a block (``*`` stands for any text), or several of them.
        ``of`` chooses among ``shape``, ``rf``, ``params``, ``macs`` and ``memory``; the rest is as
        in :meth:`analyze`.

        >>> found = load("3x224x224 | conv 64 k=7 s=2 p=3").explain(of=["shape"])
        >>> print(found.layers[0].steps[1])
        height, width = ⌊(H + 2p − k)/s⌋ + 1 = ⌊(224 + 2·3 − 7)/2⌋ + 1 = 112

        Raises :class:`cnncalc.CnncalcError` for a layer or a quantity that does not exist.
        """
        from cnncalc.explain import explain

        batch, dtype = given.batch(batch), given.dtype(dtype)
        expansion = self.expansion(_with(at, sizes), settings, symbolic, assume)
        graph = expansion.graph()
        analysis = self.analyzed(graph, expansion.binding, batch, dtype, assume)
        layers = None if layer is None else given.names(layer, "layer")
        return explain(graph, analysis, layers, None if of is None else given.names(of, "of"))

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
        begins = head(self.name, graph.inputs, expansion.binding, given.worded(assume))
        return LayerField(graph, found, name, begins, meant)

    def solve(
        self,
        unknowns: str | Iterable[str],
        such_that: str,
        want: str = "all",
        at: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
        *,
        symbolic: bool = False,
        assume: Mapping[str, Any] | None = None,
        span: tuple[int, int] | None = None,
    ) -> Found:
        """Values of symbols, parameters or arguments for which the network is as it is wanted.

        ``want`` is ``all``, ``smallest`` or ``largest``; with a ``span`` the values in it are tried.

        >>> load("3x9x9 | conv 8 k=3 p=P").solve("P", "output.h == input.h").condition
        'P = 1'

        Raises :class:`cnncalc.CnncalcError` for a condition that cannot be read or decided.
        """
        from cnncalc.solve import Problem, solve

        names = list(given.names(unknowns, "unknowns"))
        values = Values(at or {}, settings or {}, symbolic, assume or {})
        return solve(Problem(self.spec, values, self.limits, names, such_that), want, span)

    def rewrite(
        self,
        rule: str,
        layers: str | Iterable[str] = (),
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

        asked = rule_of(str(rule))
        bound = self.bound(at, settings, symbolic)
        patterns = given.names(layers, "layers")
        found = Rewritten(rewrite(bound.spec, asked, patterns, self.limits), self.limits)
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


def _folded(graph: Graph, fold_bn: bool) -> tuple[Graph, Folding | None]:
    """The graph, with batch normalisation folded if that is wanted, and what was folded."""
    if not fold_bn:
        return graph, None
    from cnncalc.rewriting.folding import fold

    found = fold(graph)
    return found.graph, found.folding


def _with(at: Mapping[str, Any] | None, sizes: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Values for symbols, those given as keywords among them."""
    return {**given.values(at, "at", '{"H": 224}'), **sizes} if sizes else at


def _at(expansion: Expansion, count: Count) -> tuple[Mapping[str, int], Count] | None:
    """A count and the values of the symbols that it is for, if it has a number."""
    return None if count.numeric else (expansion.binding, count)


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

    source = given.source(source)
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
