"""Arguments of layer kinds: declared once, with documentation and bounds, checked in one place.

An argument is a descriptor: ``kernel = Axes("size of the kernel")`` in a layer class declares it,
and ``layer.kernel`` is its checked value. The language, the errors and the reference pages all
read the declarations.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Generic, TypeGuard, TypeVar, overload

from cnncalc.errors import ArgumentError
from cnncalc.problems import BadArgument
from cnncalc.sizes import (
    Number,
    Shape,
    Size,
    at_least,
    axis_names,
    is_fraction,
    is_int,
    is_symbolic,
    is_worked,
    text,
    undecided,
)

T = TypeVar("T")

#: Default of an argument that must be given.
REQUIRED: Final = object()


#: Size, jump and first position of a receptive field: letters that no argument has in formulas.
_OF_FIELDS = frozenset("rjb")


class Argument(Generic[T]):
    """One argument of a kind.

    ``aliases`` are its short names, ``words`` the values that are words and not expressions,
    ``positional`` marks the one that a layer line may give without its name.
    """

    words: frozenset[str] = frozenset()

    def __init__(
        self,
        doc: str,
        *aliases: str,
        default: Any = REQUIRED,
        positional: bool = False,
    ) -> None:
        self.doc = doc
        self.aliases = aliases
        self.default = default
        self.positional = positional
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Argument[T]: ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...
    def __get__(self, instance: object | None, owner: type) -> Argument[T] | T:
        if instance is None:
            return self
        value: T = instance.__dict__[self.name]
        return value

    def convert(self, value: object) -> T:
        """The checked value, or :class:`ArgumentError` that says what is allowed."""
        raise NotImplementedError

    def allowed(self) -> str:
        """What the argument takes, in words."""
        raise NotImplementedError

    @property
    def letter(self) -> str:
        """Its shortest name, which stands for it in formulas where it means nothing else."""
        names = (self.name, *self.aliases)
        return min((name for name in names if name not in _OF_FIELDS), key=len)

    def mapped(self, value: Any, size: Callable[[Size, str], Size]) -> Any:
        """The value with every size in it replaced by ``size(value, letter)``."""
        return value

    def refuse(self, value: object, why: str | None = None) -> ArgumentError:
        got = "yes" if value is True else "no" if value is False else show(value)
        message = why or f"{self.name} must be {self.allowed()}, got {got}"
        return BadArgument(message, argument=self.name)


def show(value: object) -> str:
    """A value as the language writes it."""
    if isinstance(value, Shape):
        return f"the tensor {value}"
    if isinstance(value, (tuple, list)):
        return "x".join(show(item) for item in value)
    if isinstance(value, str):
        return repr(value)
    return text(value)


class Count(Argument[Size]):
    """An integer of at least ``minimum``."""

    def __init__(self, doc: str, *aliases: str, minimum: int = 1, **rest: Any) -> None:
        super().__init__(doc, *aliases, **rest)
        self.minimum = minimum

    def convert(self, value: object) -> Size:
        if not _is_size(value) or at_least(value, self.minimum) is False:
            raise self.refuse(value)
        return value

    def mapped(self, value: Any, size: Callable[[Size, str], Size]) -> Any:
        return None if value is None else size(value, self.letter)

    def allowed(self) -> str:
        return f"an integer of at least {self.minimum}"


class Axes(Argument["tuple[Size, ...]"]):
    """One integer for every axis, or one per axis (``3x1``), each at least ``minimum``."""

    def __init__(
        self, doc: str, *aliases: str, minimum: int = 1, words: tuple[str, ...] = (), **rest: Any
    ) -> None:
        super().__init__(doc, *aliases, **rest)
        self.minimum = minimum
        self.words = frozenset(words)

    def convert(self, value: object) -> Any:
        if isinstance(value, str) and value in self.words:
            return value
        items = value if isinstance(value, tuple) and not isinstance(value, Shape) else (value,)
        for item in items:
            if not _is_size(item) or at_least(item, self.minimum) is False:
                raise self.refuse(value)
        return items

    def mapped(self, value: Any, size: Callable[[Size, str], Size]) -> Any:
        """Axes that are alike share one size: ``k``; those that differ are ``k_h`` and ``k_w``."""
        if not isinstance(value, tuple):
            return value
        if len({*value}) == 1:
            return (size(value[0], self.letter),) * len(value)
        letters = (f"{self.letter}_{axis[0]}" for axis in axis_names(len(value)))
        return tuple(map(size, value, letters))

    def allowed(self) -> str:
        words = "".join(f" or {word!r}" for word in sorted(self.words))
        return f"integers of at least {self.minimum}, one for all axes or one each (3x1){words}"


class Flag(Argument[bool]):
    """``yes`` or ``no``."""

    def convert(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise self.refuse(value)
        return value

    def allowed(self) -> str:
        return "yes or no"


class Choice(Argument[str]):
    """One of a few words."""

    def __init__(self, doc: str, *aliases: str, words: tuple[str, ...], **rest: Any) -> None:
        super().__init__(doc, *aliases, **rest)
        self.options = words
        self.words = frozenset(words)

    def convert(self, value: object) -> str:
        if not isinstance(value, str) or value not in self.words:
            raise self.refuse(value)
        return value

    def allowed(self) -> str:
        return f"one of {', '.join(self.options)}"


class Real(Argument["Number | str"]):
    """An exact number between ``minimum`` and ``maximum``.

    Decimals of the language are fractions; a decimal default is its text, which is as exact and
    imports nothing. ``float()`` takes either.
    """

    def __init__(
        self,
        doc: str,
        *aliases: str,
        minimum: int | None = None,
        maximum: int | None = None,
        **rest: Any,
    ) -> None:
        super().__init__(doc, *aliases, **rest)
        self.minimum = minimum
        self.maximum = maximum

    def convert(self, value: object) -> Number:
        undecided(value)
        if not (is_int(value) or is_fraction(value)):
            raise self.refuse(value)
        number: Any = value
        low = self.minimum is not None and number < self.minimum
        high = self.maximum is not None and number > self.maximum
        if low or high:
            raise self.refuse(value)
        return number

    def allowed(self) -> str:
        if self.minimum is None:
            return "a number"
        if self.maximum is None:
            return f"a number of at least {self.minimum}"
        return f"a number from {self.minimum} to {self.maximum}"


class Like(Argument["Shape | None"]):
    """A tensor whose spatial size is taken over."""

    def convert(self, value: object) -> Shape | None:
        if value is not None and not isinstance(value, Shape):
            raise self.refuse(value)
        return value

    def mapped(self, value: Any, size: Callable[[Size, str], Size]) -> Any:
        if value is None:
            return None
        letters = (f"{self.letter}_{axis[0]}" for axis in value.axes)
        return type(value)(map(size, value, letters))

    def allowed(self) -> str:
        return "the name of an earlier layer"


def _is_size(value: object) -> TypeGuard[Size]:
    formula = is_symbolic(value) or is_worked(value)
    return is_int(value) or (formula and getattr(value, "is_integer", False) is True)
