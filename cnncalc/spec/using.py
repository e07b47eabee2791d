"""Blocks where they are used, and layers and blocks that are used again."""

from __future__ import annotations

from cnncalc.errors import Position
from cnncalc.graph import Scope as Group
from cnncalc.problems import MissingOfBlock, NotALayer, NotShareable
from cnncalc.spec.layering import value_of
from cnncalc.spec.looping import Loops
from cnncalc.spec.misnamed import REUSE
from cnncalc.spec.reporting import Reported
from cnncalc.spec.scope import Frame, Recipe, Scope
from cnncalc.spec.syntax import Block, Call
from cnncalc.spec.validate import given_names
from cnncalc.spec.values import UNKNOWN


class Uses(Loops):
    """The part of an expansion that goes into blocks."""

    def name(self, names: tuple[str, ...], kind: str, scope: Scope) -> str:
        return scope.qualified(names[0]) if names else scope.frame.automatic(kind)

    def define(self, names: tuple[str, ...], scope: Scope, at: Position) -> None:
        for name in names:
            scope.define(name, scope.current, at)

    def use(self, block: Block, call: Call, scope: Scope) -> None:
        """A block: its own names and parameters, the caller's current tensor."""
        name = self.name(call.names, block.name, scope)
        inner = self.inside(block, name, scope)
        given = dict(zip(block.parameters, call.values))
        given.update(call.keys)
        for parameter, default in block.parameters.items():
            value = UNKNOWN
            with self.problems:
                if parameter in given:
                    value = value_of(given[parameter], scope)
                elif default is not None:
                    value = value_of(default, inner)
                else:
                    raise MissingOfBlock(
                        f"{block.name} needs {parameter}",
                        at=call.at,
                        node=name,
                        hint=f"its signature is {block.name}({_signature(block)})",
                    )
            inner.values[parameter] = value
        values, first = dict(inner.values), len(self.placing.nodes)
        self.run(block.body, inner)
        scope.current = inner.current
        self.remember(call.names, Recipe(block, values, first, len(self.placing.nodes)), scope)

    def inside(self, block: Block, name: str, scope: Scope) -> Scope:
        """The scope of one use of a block."""
        groups = (*scope.frame.groups, Group(name, block.name))
        frame = Frame(f"{name}.", groups, given_names(block.body))
        inner = Scope(frame, self.limits, self.root)
        inner.current = scope.current
        return inner

    def remember(self, names: tuple[str, ...], recipe: Recipe, scope: Scope) -> None:
        for name in names:
            scope.recipes[name] = recipe

    def reuse(self, call: Call, scope: Scope) -> None:
        """A named layer or block on the current tensor, with the weights that it has already."""
        piece = call.values[0]
        named = scope.lookup(piece.text, piece.at)
        recipe = scope.recipe(piece.text)
        if recipe is None:
            raise NotALayer(
                f"{piece.text} is neither a layer nor a block, so it cannot be used again",
                at=piece.at,
                hint="name the line that makes it: tower = block …, then reuse tower",
            )
        self.placing.hold(named, piece.at)
        name = self.name(call.names, REUSE, scope)
        originals, first = self.placing.nodes[recipe.first : recipe.last], len(self.placing.nodes)
        if recipe.block is None:
            source = scope.lookup("x", call.at)
            scope.current = self.placing.add(
                name, originals[0].layer, [source], call.at, scope.frame.groups
            )
        else:
            inner = self.inside(recipe.block, name, scope)
            inner.values.update(recipe.values)
            self.run(recipe.block.body, inner)
            scope.current = inner.current
        if len(originals) != len(self.placing.nodes) - first:
            if self.problems.any:
                raise Reported
            raise NotShareable(
                f"{piece.text} has other layers on this input, so its weights cannot be shared",
                at=call.at,
                node=name,
                hint="if: inside the block decides differently here; use an input of equal size",
            )
        for i, original in enumerate(originals):
            self.placing.share(original, first + i, call.at)
        self.remember(call.names, recipe, scope)


def _signature(block: Block) -> str:
    return ", ".join(
        name if default is None else f"{name}={default.text}"
        for name, default in block.parameters.items()
    )
