"""What changed between two versions of model specs: each model's numbers, old and new."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from cnncalc.check.checking import metrics_of
from cnncalc.check.model import Model
from cnncalc.check.models import models
from cnncalc.check.renaming import Text, Texts, renames
from cnncalc.check.settings import Settings
from cnncalc.comparison import Quantity
from cnncalc.errors import CnncalcError
from cnncalc.results import TOTALS
from cnncalc.spec import parse_yaml
from cnncalc.spec.lines import is_name
from cnncalc.spec.syntax import Spec

if TYPE_CHECKING:
    from cnncalc.sizes import Number
    from cnncalc.versions import Alignment

#: A metric in JSON: a number, text for a formula or a fraction, one for each axis or output.
Value = int | str | list[Any] | dict[str, Any] | None


def _field(name: str) -> Callable[[Mapping[str, Any]], Value]:
    return lambda metrics: (metrics.get("receptive_field") or {}).get(name)


def _total(name: str) -> Callable[[Mapping[str, Any]], Value]:
    return lambda metrics: metrics.get(name)


#: What is compared, and where it is among the metrics of a check.
METRICS: Mapping[str, Callable[[Mapping[str, Any]], Value]] = {
    **{name: _total(name) for name in TOTALS},
    "receptive_field": _field("size"),
    "jump": _field("jump"),
    "output": lambda metrics: metrics.get("output", metrics.get("outputs")),
}


class State(NamedTuple):
    """One model in one version: its metrics as in a check's JSON, or why it has none."""

    name: str
    at: Mapping[str, Any]
    metrics: Mapping[str, Any]
    error: str | None = None
    model: Model | None = None


#: The models of a file by their labels, "" where there is only one.
States = Mapping[str, State]
#: The models of files, by path.
Version = Mapping[str, States]


def states_of(text: Text, path: str, settings: Settings) -> States:
    """The models of a spec; a spec that is none is one model with an error."""
    try:
        if isinstance(text, CnncalcError):
            raise text
        return states(parse_yaml(text, path, settings.limits), settings)
    except CnncalcError as error:
        return {"": State(path, {}, {}, worded(error))}


def states(spec: Spec, settings: Settings) -> States:
    found = [model for model in models(spec, settings) if not isinstance(model, CnncalcError)]
    return {model.label or "": _state(model) for model in found}


def _state(model: Model) -> State:
    try:
        analysis = model.analysis
    except CnncalcError as error:
        return State(model.network.name, model.at, {}, worded(error), model)
    return State(analysis.name, analysis.at, metrics_of(analysis), None, model)


def worded(error: CnncalcError) -> str:
    """An error in one line, with its line in the spec."""
    place = f"line {error.at.line}: " if error.at else ""
    node = f"{error.node}: " if error.node else ""
    return f"{place}{node}{error.message}"


class Change(NamedTuple):
    """A metric of both versions."""

    metric: str
    old: Value
    new: Value

    @property
    def quantity(self) -> Quantity:
        return Quantity(self.metric, (_numbers(self.old), _numbers(self.new)))

    @property
    def share(self) -> Fraction | None:
        """How much more it is (1/10: 10 % more), along the axis that changes most.

        None where nothing can be said: of shapes and formulas, or when it was 0 or undefined.
        """
        if self.metric == "output" or self.old == self.new:
            return None
        (ratios,) = self.quantity.ratios
        shares = [Fraction(ratio) - 1 for ratio in ratios if isinstance(ratio, (int, Fraction))]
        return max(shares, key=abs) if shares and len(shares) == len(ratios) else None

    def counts(self, least: Fraction) -> bool:
        """Is it a change, and of at least this share where a share can be given?"""
        return self.old != self.new and (self.share is None or abs(self.share) >= least)


def _numbers(value: Value) -> tuple[Number | None, ...]:
    return tuple(map(_number, value if isinstance(value, list) else [value]))


def _number(value: Any) -> Number | None:
    if isinstance(value, int):
        return value
    try:
        return Fraction(value)
    except (TypeError, ValueError, ZeroDivisionError):
        return None


class Difference(NamedTuple):
    """A model of both versions, or (None in the place of the other) of one.

    ``path`` and ``label`` are the new ones, ``old_path`` and ``old_label`` what it was called.
    """

    path: str
    label: str
    old_path: str
    old_label: str
    old: State | None
    new: State | None

    @property
    def title(self) -> str:
        return titled(self.path, self.label)

    @property
    def old_title(self) -> str:
        return titled(self.old_path, self.old_label)

    @property
    def changes(self) -> tuple[Change, ...]:
        """All metrics; those of a version that has none are None."""
        old, new = ((one.metrics if one else {}) for one in (self.old, self.new))
        return tuple(Change(name, find(old), find(new)) for name, find in METRICS.items())

    def notable(self, least: Fraction) -> tuple[Change, ...]:
        """The metrics of both versions that changed by at least a share."""
        if not (self.old and self.new and self.old.metrics and self.new.metrics):
            return ()
        return tuple(change for change in self.changes if change.counts(least))

    def status(self, least: Fraction = Fraction(0)) -> str:
        """added, removed, broken, mended, changed, renamed, or same."""
        if self.old is None or self.new is None:
            return "added" if self.old is None else "removed"
        if self.new.error is not None:
            return "same" if self.new.error == self.old.error else "broken"
        if self.old.error is not None:
            return "mended"
        if self.notable(least):
            return "changed"
        return "renamed" if self.title != self.old_title else "same"

    @property
    def alignment(self) -> Alignment | None:
        """The layers of both versions; None where one is not a network, or only its metrics known."""
        from cnncalc.versions import align, steps

        sides = [one.model for one in (self.old, self.new) if one and one.metrics and one.model]
        if len(sides) < 2:
            return None
        return align(*(steps(model.graph, model.analysis.layers) for model in sides))


def titled(path: str, label: str) -> str:
    """``specs/resnet.yaml:resnet18``, as commands take it."""
    shown = "".join(map(_printable, path))
    if not path or not label:
        return shown or label
    return f"{shown}:{label}" if is_name(label) else f"{shown} ({label})"


def _printable(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode()


class Sides(NamedTuple):
    """Two versions of files by path, and what the versions are called."""

    old: Texts
    new: Texts
    old_name: str
    new_name: str


class Differences(NamedTuple):
    """Two versions of models. Changes of less than the share ``least`` are passed over.

    ``unchanged`` files have the same text in both, and were not looked into.
    """

    models: tuple[Difference, ...]
    old_name: str
    new_name: str
    least: Fraction = Fraction(0)
    unchanged: int = 0

    @property
    def different(self) -> tuple[Difference, ...]:
        return tuple(one for one in self.models if one.status(self.least) != "same")

    @property
    def counts(self) -> Mapping[str, int]:
        """Models by what became of them; ``small``: they changed by less than ``least``."""
        found = dict.fromkeys((*STATUSES, "small"), 0)
        for one in self.models:
            status = one.status(self.least)
            found["small" if status != one.status() else status] += 1
        return found


#: What may become of a model.
STATUSES = ("changed", "added", "removed", "renamed", "broken", "mended", "same")


def differences(sides: Sides, settings: Settings, everything: bool = False) -> Differences:
    """The models of files that are not the same in both versions; with ``everything``, of all."""
    moved = renames(sides.old, sides.new)
    same = {
        path
        for path, text in sides.new.items()
        if isinstance(text, str) and sides.old.get(path) == text and not everything
    }
    old, new = (
        {path: states_of(text, path, settings) for path, text in side.items() if path not in same}
        for side in (sides.old, sides.new)
    )
    found = tuple(compared(old, new, moved))
    return Differences(found, sides.old_name, sides.new_name, unchanged=len(same))


def compared(old: Version, new: Version, renamed: Mapping[str, str]) -> Iterator[Difference]:
    """The models of both versions in pairs; ``renamed`` are old paths by the new ones."""
    gone = {*renamed.values()}
    for path in sorted({*old, *new}):
        if path in new:
            before = renamed.get(path, path)
            yield from _models(before, old.get(before, {}), path, new[path])
        elif path not in gone:
            yield from _models(path, old[path], path, {})


def _models(old_path: str, old: States, path: str, new: States) -> Iterator[Difference]:
    """Models with equal labels, then those with equal metrics; the only ones of both."""
    pairs = {label: label for label in new if label in old}
    if len(old) == len(new) == 1:
        pairs = dict(zip(new, old))
    rest = [label for label in old if label not in pairs.values()]
    for label, state in new.items():
        same = [other for other in rest if state.metrics and old[other].metrics == state.metrics]
        if label not in pairs and same:
            pairs[label] = same[0]
            rest.remove(same[0])
    for label, state in new.items():
        before = pairs.get(label)
        if before is None:
            yield Difference(path, label, path, label, None, state)
        else:
            yield Difference(path, label, old_path, before, old[before], state)
    for label in rest:
        yield Difference(old_path, label, old_path, label, old[label], None)
