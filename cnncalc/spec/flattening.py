"""A graph as a spec again: its layers one by one, without blocks, loops and conditions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cnncalc.graph import Graph, Node
from cnncalc.layers import KINDS
from cnncalc.layers.arguments import Like
from cnncalc.problems import NeedsNumber
from cnncalc.sizes import Shape, is_symbolic
from cnncalc.spec.lines import RESERVED
from cnncalc.spec.misnamed import FROM, REUSE
from cnncalc.spec.printing import NOWHERE, Line, value_text
from cnncalc.spec.syntax import Call, Piece, Spec


def flat(
    spec: Spec, graph: Graph, lines: Mapping[str, Sequence[Line]], named: Names | None = None
) -> Spec:
    """``graph``, an expansion of ``spec``, written out; ``lines`` are other ones for some nodes.

    A line may be needed for a tensor that several layers read: it then gets a name, as those do
    that are ``named`` already. Raises :class:`NeedsNumber` for a layer that cannot be written as a
    line.
    """
    named = named or Names(graph)
    calls = tuple(_calls(graph, lines, named))
    names = {size.name for shape in graph.inputs.values() for size in _symbols(shape)}
    outputs = None
    if graph.outputs != {"output": graph.nodes[-1].name}:
        outputs = {name: Piece(named.of(tensor), NOWHERE) for name, tensor in graph.outputs.items()}
    return spec._replace(
        one_line=False,
        inputs={
            name: tuple(Piece(_size_text(size), NOWHERE) for size in shape)
            for name, shape in graph.inputs.items()
        },
        at={name: piece for name, piece in spec.at.items() if name in names},
        params={},
        blocks={},
        layers=tuple(named.given(calls)),
        outputs=outputs,
        expect={},
        presets={},
        expect_list=(),
    )


def _symbols(shape: Shape) -> Iterator[Any]:
    for size in shape:
        yield from size.free_symbols if is_symbolic(size) else ()


def _size_text(size: object) -> str:
    written = value_text(size)
    return written if re.fullmatch(r"\w+|\(.*\)", written) else f"({written})"


#: A statement (None: left out) and the tensor that it makes (None: nothing that has a name).
Made = tuple[str | None, Call | None]


class Names:
    """Names that the language takes for tensors, given to those that are read by name."""

    def __init__(self, graph: Graph) -> None:
        self.known: dict[str, str] = {name: name for name in graph.inputs}
        self.read: set[str] = set()
        ends = {scope.name: node.name for node in graph for scope in node.scopes}
        #: Blocks and iterations by their last layer, the outermost of several.
        self.ended: dict[str, str] = {}
        for scope, node in ends.items():
            self.ended[node] = min(scope, self.ended.get(node, scope), key=len)

    def of(self, tensor: str) -> str:
        """What to call a tensor: ``down_0_skip`` for down[0].skip, also if that is a block."""
        self.read.add(tensor)
        if tensor not in self.known:
            base = re.sub(r"\W+", "_", self.ended.get(tensor, tensor)).strip("_")
            name, taken = base, {*self.known.values(), *RESERVED, *KINDS, FROM, REUSE}
            while name in taken:
                name += "_"
            self.known[tensor] = name
        return self.known[tensor]

    def given(self, calls: Sequence[Made]) -> Iterator[Call]:
        """The statements, those that make a tensor that is read by name with that name."""
        for tensor, call in calls:
            if tensor in self.read and tensor:
                # A layer left out keeps its name: what reads it reads the one before.
                call = call or Line("identity").call(NOWHERE)
                yield call._replace(names=(self.of(tensor),))
            elif call:
                yield call


def _calls(graph: Graph, lines: Mapping[str, Sequence[Line]], named: Names) -> Iterator[Made]:
    current = next(iter(graph.inputs)) if len(graph.inputs) == 1 else None
    for node in graph:
        cls = KINDS.get(node.kind)
        if cls is None:
            raise NeedsNumber(
                f"{node.name} stands for a symbolic number of layers, which cannot be written out",
                at=node.at,
                hint="give the number of repetitions a value with --set",
            )
        joins = cls.arity[0] > 1
        if joins:
            sources = [named.of(name) for name in node.inputs]
            call = _written(node, graph, named).call(NOWHERE)
            made = [call._replace(values=tuple(Piece(name, NOWHERE) for name in sources))]
        else:
            if node.inputs[0] != current:
                yield None, _referring(FROM, named.of(node.inputs[0]))
            if node.shares:
                made = [_referring(REUSE, named.of(node.shares))]
            else:
                made = [
                    line.call(NOWHERE)
                    for line in lines.get(node.name, [_written(node, graph, named)])
                ]
        yield from ((None, call) for call in made[:-1])
        yield node.name, made[-1] if made else None
        current = node.name


def _written(node: Node, graph: Graph, named: Names) -> Line:
    """The line of a node; a size that is taken over is that of any tensor of this size."""
    line = Line.of(node.layer)
    arguments = dict(line.arguments)
    for name, argument in node.layer.arguments.items():
        if isinstance(argument, Like) and name in arguments:
            wanted = getattr(node.layer, name)
            source = next(
                tensor
                for tensor, shape in graph.shapes.items()
                if shape == wanted and type(shape) is type(wanted)
            )
            arguments[name] = named.of(source)
    return line._replace(arguments=arguments)


def _referring(word: str, name: str) -> Call:
    return Call((), word, (Piece(name, NOWHERE),), {}, NOWHERE, {})
