"""What a layer kind states. Everything else is derived from it by code that names no kind.

A kind is one class: its arguments, the window along each axis, its output channels, its weights
with how often each is used, what it requires of its input, and its PyTorch twin.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from cnncalc import formulas
from cnncalc.errors import LayerError
from cnncalc.layers.arguments import REQUIRED, Argument
from cnncalc.layers.calls import Call
from cnncalc.layers.keeping import Kept
from cnncalc.layers.windows import POINT, Window
from cnncalc.problems import (
    Indivisible,
    MissingOfKind,
    TooSmall,
    WrongAxes,
    WrongNumberOfInputs,
)
from cnncalc.sizes import Shape, Size, axis_names, product

if TYPE_CHECKING:
    from cnncalc.layers.repeated import Inside

_POINTS = tuple((POINT,) * rank for rank in range(8))


class Weight(NamedTuple):
    """A weight tensor, named and shaped as in PyTorch.

    ``uses``: multiply–accumulates of each element per image; 0 for biases, for normalisation and
    for buffers, which the default convention does not count. ``inner``: it multiplies what the layer
    has made of its input already. ``out``: the axis of the output's channels, for the weight that
    makes them (with groups, one group's, and the groups lie along axis 0). ``bytes`` of each element
    where these are not the network's.
    """

    name: str
    shape: tuple[Size, ...]
    uses: Size = 0
    trainable: bool = True
    inner: bool = False
    out: int | None = None
    bytes: int | None = None

    @property
    def macs(self) -> Size:
        """Multiply–accumulates per image: each element is used so many times."""
        return formulas.macs(product(self.shape), self.uses) if self.uses != 0 else 0


class Product(NamedTuple):
    """A matrix product of two tensors: (rows x inner) by (inner x columns).

    ``weighted``: one of them is a weight after all, whose uses are not the same for all elements.
    """

    name: str
    rows: Size
    inner: Size
    columns: Size
    times: Size = 1
    weighted: bool = False

    @property
    def macs(self) -> Size:
        """Each element of the first matrix meets every column of the second."""
        return formulas.macs(self.rows * self.inner, self.columns) * self.times


class Requirement(NamedTuple):
    """A condition on sizes: ``left == right``, ``left >= right`` or ``left % right == 0``.

    ``message`` may use ``{left}`` and ``{right}``; ``inputs`` are the inputs that disagree,
    ``error`` says what kind of mistake it is where the condition does not hold.
    """

    left: Size
    relation: str
    right: Size
    message: str
    hint: str
    inputs: tuple[int, ...] = ()
    error: type[LayerError] = TooSmall


_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Mistake(NamedTuple):
    """A misconception, as the wrong layer that one has in mind: its rules are the right ones.

    ``text`` names it, ``changes`` are the arguments it gets wrong. With ``kind``, a layer of that
    kind is taken for this one; arguments that both have stay, unless changed. ``where``: changes
    to the kind's example without which the mistake would make no difference.
    """

    text: str
    changes: Mapping[str, Any] = _NOTHING
    kind: str | None = None
    where: Mapping[str, Any] = _NOTHING


def groups_divide(
    groups: Size, channels: Size, what: str = "channels", hint: str = "the channels"
) -> Requirement:
    """Groups must divide the channels that they part."""
    return Requirement(
        channels,
        "% ==",
        groups,
        f"groups={{right}} does not divide the {{left}} {what}",
        f"choose g so that it divides {hint}",
        error=Indivisible,
    )


class Layer:
    """Base of all kinds. Immutable; arguments are given by name.

    Raises :class:`ArgumentError` for a value that an argument does not take.
    """

    #: Name in the language.
    kind: ClassVar[str]
    #: Names in other tools, for hints; lower case, without digits and underscores.
    known_as: ClassVar[tuple[str, ...]] = ()
    #: Fewest and most inputs (None: any number).
    arity: ClassVar[tuple[int, int | None]] = (1, 1)
    #: Are tensors with features last (sequences of tokens) taken: "no", "also" or "only"?
    on_tokens: ClassVar[str] = "no"
    #: Numbers of spatial axes that the input may have; "also" takes features last with any number.
    ranks: ClassVar[range] = range(8)
    #: How to get an input of the right rank.
    ranks_hint: ClassVar[str | None] = None
    #: Where several names may stand before the layer line: the arguments that number them and
    #: that say how many there are.
    numbered: ClassVar[tuple[str, str] | None] = None
    #: The output shares the input's storage: it costs no activation memory.
    view: ClassVar[bool] = False
    #: The gradient of each input is the output's, or a part of it: it costs no memory.
    passes_gradient: ClassVar[bool] = False
    #: A view whose axes are not in the order in which its elements lie in memory.
    reorders: ClassVar[bool] = False
    #: A view of elements that do not lie in memory side by side.
    gaps: ClassVar[bool] = False
    #: Class in ``torch.nn`` of its PyTorch twin, without the rank; None for a class of ours.
    module: ClassVar[str | None] = None
    #: What its twin calls (see :class:`Call`); None when it computes nothing, only moves elements.
    function: ClassVar[str | None] = None
    #: The networks that it runs in place of one operation.
    inside: ClassVar[Inside | None] = None

    #: A small, typical network of one line whose last layer is of this kind.
    example: ClassVar[str]
    #: What is typically got wrong about it.
    mistakes: ClassVar[tuple[Mistake, ...]] = ()

    arguments: ClassVar[Mapping[str, Argument[Any]]] = _NOTHING
    #: Every name and alias to the argument's name.
    aliases: ClassVar[Mapping[str, str]] = MappingProxyType({})
    #: The argument that a layer line may give without its name.
    value: ClassVar[str | None] = None

    given: Mapping[str, Any]

    def __init_subclass__(cls) -> None:
        own = {name: item for name, item in vars(cls).items() if isinstance(item, Argument)}
        cls.arguments = {**cls.arguments, **own}
        aliases: dict[str, str] = {}
        for name, argument in cls.arguments.items():
            for alias in (name, *argument.aliases):
                if alias in aliases:
                    raise TypeError(f"{cls.__name__}: two arguments are called {alias!r}")
                aliases[alias] = name
            if argument.positional:
                cls.value = name
        cls.aliases = aliases

    def __init__(self, **given: Any) -> None:
        values = {"given": given}
        for name, argument in self.arguments.items():
            if name in given:
                values[name] = argument.convert(given[name])
            elif argument.default is REQUIRED:
                raise MissingOfKind(
                    f"{self.kind} needs {name}: {argument.doc}", hint=self.usage(), argument=name
                )
            else:
                values[name] = argument.default
        self.__dict__.update(values)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable; use replace()")

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self.given.items())
        return f"{type(self).__name__}({given})"

    def replace(self, **changes: Any) -> Layer:
        """The same layer with other arguments."""
        return type(self)(**{**self.given, **changes})

    @classmethod
    def usage(cls) -> str:
        """How to write this kind, such as ``conv OUT k=… [s=…]``."""
        words = []
        for name, argument in cls.arguments.items():
            word = (
                name.upper()
                if argument.positional
                else f"{min((name, *argument.aliases), key=len)}=…"
            )
            optional = argument.default is not REQUIRED
            words.append((optional, not argument.positional, f"[{word}]" if optional else word))
        return f"write {' '.join([cls.kind, *(word for *_, word in sorted(words, key=_order))])}"

    # Facts, stated by each kind.

    def windows(self, x: Shape) -> tuple[Window, ...]:
        """The window along each spatial axis of ``x``; pointwise unless the kind says otherwise."""
        return _POINTS[x.rank]

    def channels(self, *xs: Shape) -> Size:
        """Output channels (or features)."""
        return xs[0].channels

    def weights(self, x: Shape, y: Shape) -> Iterable[Weight]:
        """Weight tensors for input ``x`` and output ``y``, in PyTorch's order."""
        return ()

    def products(self, *xs: Shape) -> Iterable[Product]:
        """Matrix products of tensors with each other, whose MACs count beside the weights'."""
        return ()

    def keeps(self, xs: tuple[Shape, ...], y: Shape) -> Iterable[Kept]:
        """What the gradients of ``xs`` and of the weights read, beside the weights."""
        return ()

    @property
    def view_in_training(self) -> bool:
        """While it is trained, does its output share the input's storage?"""
        return self.view

    def calls(self, xs: tuple[Shape, ...], y: Shape) -> Iterable[Call]:
        """What its PyTorch twin computes, in order; nothing where it only moves elements."""
        if self.function is not None:
            yield Call(self.function, self.module, xs[0], y, self, tuple(self.weights(xs[0], y)))

    def reaches_all(self, *xs: Shape) -> bool:
        """Does every unit depend on all positions, beside those that its windows read?"""
        return False

    def requirements(self, *xs: Shape) -> Iterable[Requirement]:
        """What must hold of the inputs, beyond every window leaving at least one unit."""
        return ()

    def torch(self, torch: Any, *xs: Shape) -> Any:
        """The PyTorch twin: an ``nn.Module``, or a function of the inputs (batch first)."""
        raise NotImplementedError

    # Derived from the facts.

    def reads(self, *xs: Shape) -> tuple[tuple[Window, ...], ...]:
        """The windows on each input; a join may read one input differently (broadcasting)."""
        return tuple(self.windows(x) for x in xs)

    def output(self, *xs: Shape) -> Shape:
        """Shape of the output.

        Raises :class:`LayerError` when the inputs are of a wrong number or rank; sizes are held to
        :meth:`requirements` by the caller, who knows what the symbols stand for.
        """
        self._check_inputs(xs)
        first = xs[0]
        sizes: list[Size] = []
        for window, n in zip(self.reads(*xs)[0], first.spatial):
            size = n if window is POINT else window.size(n)
            if size is not None:
                sizes.append(size)
        channels = self.channels(*xs)
        return first.like(channels, sizes) if sizes else Shape((channels,))

    def _check_inputs(self, xs: tuple[Shape, ...]) -> None:
        fewest, most = self.arity
        if len(xs) < fewest or (most is not None and len(xs) > most):
            wanted = f"{fewest}" if fewest == most else f"at least {fewest}"
            raise WrongNumberOfInputs(
                f"{self.kind} takes {wanted} input(s), got {len(xs)}",
                hint=f"name the tensors that it reads: {self.kind} A B"
                if fewest > 1
                else "join the tensors first, with add, mul or concat",
            )
        for x in xs:
            last = {"no": False, "only": True}.get(self.on_tokens, x.features_last)
            free = x.features_last and self.on_tokens == "also"
            if x.features_last != last or not (free or x.rank in self.ranks):
                raise WrongAxes(_wrong_layout(self, x), hint=_layout_hint(self, x))

    def along(self, name: str, x: Shape) -> tuple[Size, ...]:
        """The per-axis argument ``name`` with one value for each spatial axis of ``x``."""
        values: tuple[Size, ...] = self.__dict__[name]
        if len(values) == x.rank:
            return values
        if len(values) == 1:
            return values * x.rank
        raise WrongAxes(
            f"{name}={'x'.join(map(str, values))} is for {len(values)} axes, "
            f"but the input {x} has {x.rank}",
            hint=f"give one value for all axes, or {x.rank}: {', '.join(axis_names(x.rank))}",
            argument=name,
        )


def _order(word: tuple[bool, bool, str]) -> tuple[bool, bool]:
    return word[:2]


def _layout_hint(layer: Layer, x: Shape) -> str:
    if x.features_last and layer.on_tokens == "no":
        return "bring the features first: permute first, then reshape CxHxW to have rows again"
    if layer.ranks_hint:
        return layer.ranks_hint
    if x.rank == 0:
        return "put it before flatten, while there are spatial axes"
    return "reshape the map first"


def _wrong_layout(layer: Layer, x: Shape) -> str:
    low, high = layer.ranks.start, layer.ranks.stop - 1
    if layer.on_tokens == "only":
        wanted = "a sequence of tokens"
    elif high == 0:
        wanted = "a vector of features"
    elif low == high:
        wanted = f"a map with {low} spatial axes"
    else:
        wanted = f"a map with {low} to {high} spatial axes"
    if x.rank == 0:
        got = f"a vector of {x.channels} features"
    elif not x.features_last:
        got = f"the map {x}"
    elif x.rank == 1:
        got = f"{x[0]} tokens of {x.channels} features"
    else:
        got = f"the map {x} with features last"
    return f"{layer.kind} needs {wanted}, got {got}"
