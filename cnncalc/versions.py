"""Two versions of a network: their layers aligned, equal ones with equal ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cnncalc.graph import Graph
from cnncalc.results import LayerResult, cost_to_dict, plain
from cnncalc.spec.printing import Line


class Step(NamedTuple):
    """One layer of a version: what was analysed of it, and its line, joins without their inputs."""

    result: LayerResult
    line: str

    def same_as(self, other: Step) -> bool:
        """The same layer at the same cost; its sizes and its field are the doing of those before."""
        return self.line == other.line and self.result.cost == other.result.cost

    def to_dict(self) -> dict[str, Any]:
        found = self.result
        return {
            "name": found.name,
            "line": self.line,
            "output": [plain(size) for size in found.output],
            **cost_to_dict(found.cost),
        }


class Pair(NamedTuple):
    """A layer of both versions, or (None in the place of the other) of one."""

    first: Step | None
    second: Step | None

    @property
    def equal(self) -> bool:
        return bool(self.first and self.second and self.first.same_as(self.second))


class Alignment(NamedTuple):
    """The layers of two versions in order, each in one pair."""

    pairs: tuple[Pair, ...]

    @property
    def different(self) -> tuple[Pair, ...]:
        return tuple(pair for pair in self.pairs if not pair.equal)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many layers are equal, changed, and only in one of the versions."""
        only_first = sum(pair.second is None for pair in self.pairs)
        only_second = sum(pair.first is None for pair in self.pairs)
        different = len(self.different)
        return {
            "equal": len(self.pairs) - different,
            "changed": different - only_first - only_second,
            "only_first": only_first,
            "only_second": only_second,
        }

    def to_dict(self) -> dict[str, Any]:
        return {
            **self.counts,
            "different": [
                {
                    "first": pair.first and pair.first.to_dict(),
                    "second": pair.second and pair.second.to_dict(),
                }
                for pair in self.different
            ],
        }


def steps(graph: Graph, results: Sequence[LayerResult]) -> list[Step]:
    return [Step(result, str(Line.of(node.layer))) for node, result in zip(graph, results)]


def align(first: Sequence[Step], second: Sequence[Step]) -> Alignment:
    """Aligns by the layers' lines; what is left between equal ones, by their kinds.

    Layers of the same kind that face each other are one that was changed.
    """
    pairs = _matched(first, second, [one.line for one in first], [one.line for one in second])
    found: list[Pair] = []
    for equal, ours, theirs in pairs:
        if equal:
            found += map(Pair, ours, theirs)
            continue
        kinds = ([one.result.kind for one in side] for side in (ours, theirs))
        for same_kind, left, right in _matched(ours, theirs, *kinds):
            if same_kind:
                found += map(Pair, left, right)
            else:
                found += [*(Pair(one, None) for one in left), *(Pair(None, one) for one in right)]
    return Alignment(tuple(found))


def _matched(
    first: Sequence[Step], second: Sequence[Step], keys: Sequence[str], others: Sequence[str]
) -> Iterator[tuple[bool, Sequence[Step], Sequence[Step]]]:
    """Runs of both, and whether their keys are equal one by one."""
    from difflib import SequenceMatcher

    matcher = SequenceMatcher(None, keys, others, autojunk=False)
    for word, i, j, k, m in matcher.get_opcodes():
        yield word == "equal", first[i:j], second[k:m]
