"""What can be wrong with a spec: a class for each kind of mistake.

``cnncalc check`` has a rule with a code and a page about each of them; the text of an error is
written where it is raised.
"""

from __future__ import annotations

from collections.abc import Iterable

from cnncalc.errors import (
    ArgumentError,
    CnncalcError,
    LayerError,
    Position,
    SpecError,
    slip,
    suggest,
)


class _UnknownWord(SpecError):
    """A word that is not among those ``known``; ``meant`` is the right one where that is sure."""

    def __init__(
        self,
        message: str,
        *,
        at: Position,
        word: str,
        known: Iterable[str],
        what: str = "",
        hint: str | None = None,
        meant: str | None = None,
    ) -> None:
        names = list(known)
        super().__init__(message, at=at, hint=hint or suggest(word, names, what))
        meant = meant or slip(word, names)
        self.typo = (word, meant) if meant else None


# Files and YAML.


class UnreadableFile(SpecError):
    """A file that is not there, not text, or not for us to read."""


class NotYaml(SpecError):
    """Text that no YAML reader reads."""


class ForeignYaml(SpecError):
    """YAML that means nothing here: tags, merged keys, several documents."""


class GivenTwice(SpecError):
    """A key or an argument that is there twice."""


class UnknownKey(_UnknownWord):
    """A key that its mapping does not have."""


class MissingKey(SpecError):
    """A key that its mapping must have."""


class WrongForm(SpecError):
    """A list, a mapping or nothing where something else is wanted."""


class OtherVersion(SpecError):
    """A spec in another version of the language."""


# Lines and arguments.


class BadName(SpecError):
    """What cannot be the name of a thing."""


class BadSize(SpecError):
    """What cannot be the size of an input."""


class BadLine(SpecError):
    """What cannot be read as a layer."""


class Unbalanced(SpecError):
    """A bracket or a quote without its partner."""


class UnknownKind(_UnknownWord):
    """What is neither a kind of layer nor a block."""


class UnknownArgument(_UnknownWord):
    """An argument that a kind or a block does not have."""


class MissingArgument(CnncalcError):
    """An argument that a kind or a block must have."""


class MissingOfKind(MissingArgument, ArgumentError):
    """An argument that a kind must have."""


class MissingOfBlock(MissingArgument, SpecError):
    """A parameter that a block must have."""


class BadValue(CnncalcError):
    """A value that is not among those allowed."""


class BadArgument(BadValue, ArgumentError):
    """A value that an argument does not take."""


class BadChoice(BadValue, SpecError):
    """A number of repetitions, or a condition, that is none."""


class ArgumentConflict(ArgumentError):
    """Arguments that do not go with each other."""


# Expressions.


class BadExpression(SpecError):
    """What cannot be read as an expression."""


class NoValue(SpecError):
    """An expression that has no value: of the wrong type, or out of range."""


class BadExpectation(SpecError):
    """An expectation that means nothing."""


# Names, blocks and references.


class UnknownName(_UnknownWord):
    """A name that nothing here has."""


class NameTaken(SpecError):
    """A name that something else has already."""


class BlockCycle(SpecError):
    """Blocks that contain themselves."""


class NotALayer(SpecError):
    """Something else where a layer is to be named."""


class WrongNumber(CnncalcError):
    """Fewer or more branches, layers or names than a kind takes."""


class WrongNumberOfParts(WrongNumber, SpecError):
    """The same, as it is seen in the spec."""


class WrongNumberOfInputs(WrongNumber, LayerError):
    """The same, as a layer sees it."""


class UnequalLoop(SpecError):
    """Variables of a loop with different numbers of values."""


class NoCurrentTensor(SpecError):
    """A layer before one of several inputs was chosen."""


class NoLayers(SpecError):
    """A network without layers."""


class NotShareable(LayerError):
    """Weights that do not fit where they are used again."""


class NoClosedForm(SpecError):
    """A body that cannot be repeated a symbolic number of times."""


# Sizes.


class TooSmall(LayerError):
    """An input of which a layer leaves nothing."""


class Indivisible(LayerError):
    """Channels or positions that do not divide into equal parts."""


class JoinMismatch(LayerError):
    """Tensors that cannot be joined."""


class WrongAxes(ArgumentError):
    """A layer on a tensor with other axes than it takes."""


class OtherElements(LayerError):
    """A shape that does not hold the elements of the input."""


class NeedsNumber(SpecError):
    """A symbol where a number is needed."""
