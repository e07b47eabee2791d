"""A network as a user holds it: a spec that can be analysed for any sizes and settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnncalc import given
from cnncalc.analyses.receptive_field import last_feature_map, last_map, receptive_fields
from cnncalc.analyzing import analyzed, counted
from cnncalc.described import Described
from cnncalc.errors import UsageError
from cnncalc.graph import Graph
from cnncalc.results import Analysis, Sized
from cnncalc.sizes import Size
from cnncalc.spec import Limits, parse_yaml, reread
from cnncalc.spec.bind import Values

if TYPE_CHECKING:
    from cnncalc.conventions.counting import Count
    from cnncalc.explain import Explanation
    from cnncalc.fields import LayerField
    from cnncalc.reconcile import Ledger
    from cnncalc.rewriting import Rewriting
    from cnncalc.roofline import Roofline
    from cnncalc.solve import Found
    from cnncalc.training import Training


class Network(Described):
    """A parsed spec.

    Made by :func:`cnncalc.load` and :func:`cnncalc.parse`. Nothing is computed until asked for.
    """

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
        at = given.sizes(at, sizes)
        sized = self.sized(at, settings, symbolic, assume, fold_bn)
        found = analyzed(sized, batch, dtype)
        names = given.names(conventions, "conventions")
        if not names:
            return found
        concrete = partial(self.sized, at, settings, fold_bn=fold_bn)
        return found._replace(counts=counted(sized, names, batch, concrete))

    def analyzed(
        self,
        graph: Graph,
        binding: Mapping[str, int],
        batch: Size = 1,
        dtype: str = "float32",
        assume: Mapping[str, Any] | None = None,
    ) -> Analysis:
        """What :meth:`analyze` finds, of a graph of this network that is built already."""
        sized = Sized(self.name, self.source, graph, binding, given.worded(assume))
        return analyzed(sized, batch, dtype)

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
        sized = self.sized(at, settings, symbolic, assume, fold_bn)
        names = given.names(conventions, "conventions")
        concrete = partial(self.sized, at, settings, fold_bn=fold_bn)
        return counted(sized, names, given.batch(batch), concrete)

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

        sized = self.sized(at, settings, symbolic, assume)
        batch, dtype = given.batch(batch), given.dtype(dtype)
        return train(sized.graph, sized.head, batch, dtype, optimizer, mixed)

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

        sized = self.sized(at, settings, symbolic, assume, fold_bn)
        batch, dtype = given.batch(batch), given.dtype(dtype)
        found = roofline(sized.graph, sized.head, device, batch, dtype)
        return found._replace(folding=sized.folding)

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
        sized = self.sized(given.sizes(at, sizes), settings, symbolic, assume)
        layers = None if layer is None else given.names(layer, "layer")
        asked = None if of is None else given.names(of, "of")
        return explain(sized.graph, analyzed(sized, batch, dtype), layers, asked)

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

        sized = self.sized(at, settings, symbolic, assume)
        graph = sized.graph
        found = receptive_fields(graph)
        if layer:
            return LayerField(graph, found, graph.tensor(layer, self.name), sized.head)
        name = last_feature_map(graph, found.fields)
        if name is None:
            raise UsageError(
                f"{self.name} has no feature map",
                hint="the input needs spatial axes, as 3x32x32, and a layer before flatten or gap",
            )
        return LayerField(graph, found, name, sized.head, last_map(graph, found.fields))

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
        super().__init__(reread(made.spec, "<rewritten>", limits), limits)
        self.changed = made.changed
        self.flattened = made.flattened


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
    from cnncalc.zoo import spec_of

    return Network(spec_of(given.source(source), limits), limits)


__all__ = ["Network", "Rewritten", "load", "parse"]
