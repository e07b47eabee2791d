"""What a convention is: rules for the operations that a tool sees, each with its provenance.

A tool sees what PyTorch runs for a layer (:class:`cnncalc.layers.calls.Call`): the functions that
are called, or the modules that call them. A convention is a table of rules on these. What is in no
table of a tool is uncounted, which is said, and is not the same as a rule that says 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from cnncalc.layers.calls import Call
from cnncalc.sizes import Number, equal

if TYPE_CHECKING:
    from cnncalc.conventions.counting import Place

#: Entries of ledgers.
MACS = "multiply–accumulates"
DOUBLE = "2 operations for each MAC"
BIAS = "biases"
NORM = "batch normalisation"
OTHER_NORM = "other normalisation"
ACTIVATION = "activations"
POOLING = "pooling"
UPSAMPLING = "upsampling"
SOFTMAX = "softmax"
ELEMENTWISE = "sums and products of tensors"
DROPOUT = "dropout"
LOSS = "losses"
AGAIN = "counted again"
SIZES = "operations counted at other sizes"
FIRST_ADD = "one addition less for each sum"
FIXED = "fixed amounts"
WEIGHTS = "weights counted once"
GRADIENT_OF_INPUT = "gradients of inputs"
GRADIENT_OF_WEIGHT = "gradients of weights"
GROUPS = "groups ignored in gradients of weights"
ROUNDING = "rounded down"

#: The ledger's entry for each operation.
LABELS: Mapping[str, str] = {
    **dict.fromkeys(("conv", "conv_transpose", "linear", "bmm"), MACS),
    "batch_norm": NORM,
    **dict.fromkeys(("layer_norm", "group_norm", "instance_norm"), OTHER_NORM),
    **dict.fromkeys(("relu", "hardtanh", "leaky_relu", "prelu", "elu", "selu"), ACTIVATION),
    **dict.fromkeys(("gelu", "silu", "mish", "sigmoid", "tanh", "softplus"), ACTIVATION),
    **dict.fromkeys(("hardsigmoid", "hardswish"), ACTIVATION),
    **dict.fromkeys(("max_pool", "avg_pool", "adaptive_max_pool", "adaptive_avg_pool"), POOLING),
    **dict.fromkeys(("max_pool_with_indices", "max_unpool"), POOLING),
    "interpolate": UPSAMPLING,
    **dict.fromkeys(("softmax", "log_softmax", "Tensor.softmax"), SOFTMAX),
    **dict.fromkeys(("+", "-", "*", "/"), ELEMENTWISE),
    **dict.fromkeys(("Tensor.mul", "Tensor.add", "Tensor.pow", "Tensor.square"), ELEMENTWISE),
    "dropout": DROPOUT,
    **dict.fromkeys(("cross_entropy", "Tensor.mean"), LOSS),
}


class Term(NamedTuple):
    """Some operations under one entry of a ledger, by a rule.

    ``apart``: the tool reports them beside its total (netscope's comparisons and additions). ``what``
    is the operation that the rule is for, by its name in the tool's table.
    """

    label: str
    amount: Number
    apart: bool = False
    rule: Rule | None = None
    what: str = ""

    def by(self, rule: Rule, what: str) -> Term:
        """The same, with the rule that it is by."""
        return self._replace(rule=rule, what=what)


Formula: TypeAlias = Callable[[Call], Iterable[Term]]


#: What rules say in letters.
LETTERS = {
    "N": "elements that an operation reads",
    "M": "elements that it makes",
    "K": "elements of its kernel",
    "C": "channels that it reads",
    "g": "groups",
    "n": "positions that it reads",
    "m": "positions that it makes",
    "k": "size of the kernel",
    "s": "stride",
}


class Rule(NamedTuple):
    """What a tool counts for an operation.

    ``text`` says it in :data:`LETTERS`. ``source`` is the file and the function of the tool that does it.
    """

    text: str
    source: str
    formula: Formula


class NoClosedForm(Exception):
    """A rule that has no formula in symbols, such as sums over adaptive windows; says why."""


class Counted(NamedTuple):
    """What a convention counts for a layer, and the operations for which it has no rule."""

    terms: tuple[Term, ...]
    missing: tuple[str, ...] = ()


class Convention(NamedTuple):
    """How one version of a tool counts.

    ``unit`` is what it calls one count. ``rules`` are its rules by what they are for. ``counter`` gives
    the terms of a layer in its place. ``complete``: what has no rule is 0 by definition, not
    forgotten. ``batch`` says what it does with several images.
    """

    name: str
    version: str
    unit: str
    about: str
    rules: Mapping[str, Rule]
    counter: Callable[[Place], Counted]
    complete: bool = False
    batch: str = "counts all images of the batch"
    #: Is the total cut off to an integer?
    floors: bool = False
    #: Is it the version that is meant when none is named?
    usual: bool = True
    #: Does it see a traced network, from which PyTorch drops what leads to no output?
    traced: bool = False

    @property
    def key(self) -> str:
        """The name that finds it, with the version only where it must be said."""
        return self.name if self.usual else f"{self.name}@{self.version}"

    @property
    def title(self) -> str:
        """Name and version, as ``fvcore@0.1.5``."""
        return f"{self.name}@{self.version}" if self.version else self.name


def by_function(rules: Mapping[str, Rule]) -> Callable[[Place], Counted]:
    """Counts by the functions that are called."""
    return lambda place: tabled(place.calls, rules, lambda call: call.name)


def by_module(rules: Mapping[str, Rule]) -> Callable[[Place], Counted]:
    """Counts by the modules that call."""
    return lambda place: tabled(place.calls, rules, lambda call: call.module)


def tabled(
    calls: Iterable[Call], rules: Mapping[str, Rule], key: Callable[[Call], str | None]
) -> Counted:
    """Each call by the rule of its key; what has none, and computes something, is missing."""
    terms: list[Term] = []
    missing: list[str] = []
    for call in calls:
        what = key(call) or ""
        rule = rules.get(what)
        if rule is not None:
            terms += (term.by(rule, what) for term in rule.formula(call))
        elif not call.layer.view:
            missing.append(call.name)
    return Counted(tuple(terms), tuple(dict.fromkeys(missing)))


def by_layer(place: Place, rules: Mapping[str, Rule], key: Callable[[Call], str | None]) -> Counted:
    """The same for tools that see layers: a module with a rule of its own counts once."""
    first = place.calls[:1]
    module = first[0].module if first else None
    if module is not None and module in rules:
        rule = rules[module]
        return Counted(tuple(term.by(rule, module) for term in rule.formula(first[0])))
    return tabled(place.calls, rules, key)


def globally(call: Call) -> str | None:
    """Its function; nothing for adaptive windows other than one for the whole map."""
    if call.name.startswith("adaptive") and not all(equal(m, 1) for m in call.y.spatial):
        return None
    return call.name


# Formulas that several tools have.


def nothing(call: Call) -> Iterator[Term]:
    """0, by a rule."""
    yield from ()


def macs(call: Call) -> Iterator[Term]:
    """One for each multiply–accumulate."""
    yield Term(MACS, call.macs)


def doubled(call: Call) -> Iterator[Term]:
    """Two for each multiply–accumulate."""
    yield Term(MACS, call.macs)
    yield Term(DOUBLE, call.macs)


def bias(call: Call) -> Iterator[Term]:
    """One for each element of the result that a bias is added to."""
    if call.has("bias"):
        yield Term(BIAS, call.made)


def read(times: int) -> Formula:
    """``times`` for each element that is read."""
    return lambda call: (Term(LABELS[call.name], times * call.read),)


def made(times: int) -> Formula:
    """``times`` for each element of the result."""
    return lambda call: (Term(LABELS[call.name], times * call.made),)


def scaled(with_weight: int, without: int) -> Formula:
    """So many for each element that is read, by whether there is a learned scale."""
    return lambda call: read(with_weight if call.has("weight") else without)(call)


def both(*formulas: Formula) -> Formula:
    """All of them."""
    return lambda call: (term for formula in formulas for term in formula(call))


def measures_batch(call: Call) -> bool:
    """Is it normalised by the batch, for want of running statistics?"""
    return not call.has("running_mean")
