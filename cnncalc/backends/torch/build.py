"""A graph as a PyTorch module, each layer as the twin that its kind states."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import torch
from torch import Tensor, nn

from cnncalc.errors import CnncalcError, LayerError
from cnncalc.graph import Graph, Node

#: Called with every node's name and its tensor (batch first), in the order they are made.
Observer: TypeAlias = Callable[[str, Tensor], None]


def build(graph: Graph) -> Network:
    """The graph as a module, freshly initialised, on torch's default device and in its dtype.

    Raises :class:`LayerError` for a layer that PyTorch does not build.
    """
    return Network(graph)


class _Step(NamedTuple):
    """One node: the tensors it reads, and those that nothing after it needs."""

    name: str
    module: nn.Module
    inputs: tuple[str, ...]
    done: tuple[str, ...]


class Network(nn.Module):
    """The PyTorch twin of a graph.

    Modules nest along the dots of the node names, so that a weight is called
    ``<node name>.<weight name>`` in ``state_dict()``. ``twins`` has each node's own twin.
    """

    def __init__(self, graph: Graph) -> None:
        super().__init__()
        self.twins: dict[str, nn.Module] = {}
        for node in graph:
            self.twins[node.name] = self.twins[node.shares] if node.shares else _twin(node, graph)
        scopes = {scope for name in self.twins for scope in _scopes(name)}
        places: dict[str, nn.Module] = {
            name: _Joint(twin) if name in scopes else twin for name, twin in self.twins.items()
        }
        for node in graph:
            if node.shares:
                places[node.name] = places[node.shares]
                continue
            if _place(self, node.name, places) is not places[node.name]:
                raise LayerError(
                    "a part of the layer above has the same name",
                    at=node.at,
                    node=node.name,
                    hint="give this layer another name",
                )
        done = _last_readers(graph)
        self._steps = tuple(
            _Step(node.name, places[node.name], node.inputs, done[node.name]) for node in graph
        )
        self._reads = tuple(graph.inputs)
        self._makes = dict(graph.outputs)

    def forward(
        self, *inputs: Tensor, observer: Observer | None = None
    ) -> Tensor | dict[str, Tensor]:
        """The output, or a dict of them by name; ``inputs`` in the order of the graph's inputs.

        A tensor is let go of after its last reader, so that memory peaks where the graph does.
        """
        if len(inputs) != len(self._reads):
            names = ", ".join(self._reads)
            raise TypeError(f"expected {len(self._reads)} input(s) ({names}), got {len(inputs)}")
        tensors = dict(zip(self._reads, inputs, strict=True))
        for name, module, reads, done in self._steps:
            tensors[name] = module(*(tensors[read] for read in reads))
            if observer is not None:
                observer(name, tensors[name])
            for finished in done:
                del tensors[finished]
        outputs = {name: tensors[tensor] for name, tensor in self._makes.items()}
        return next(iter(outputs.values())) if len(outputs) == 1 else outputs


class _Function(nn.Module):
    """A twin that is a function of the tensors."""

    def __init__(self, function: Callable[..., Tensor]) -> None:
        super().__init__()
        self.function = function

    def forward(self, *xs: Tensor) -> Tensor:
        return self.function(*xs)


class _Joint(nn.Module):
    """A node whose name is also the scope of other nodes: ``mixed`` beside ``mixed.conv1``.

    The twin runs as it is and is not registered; its weights are this module's own (the same
    dicts), so that the scope's other modules neither change their names nor what the twin runs.
    """

    def __init__(self, twin: nn.Module) -> None:
        super().__init__()
        self._parameters = twin._parameters
        self._buffers = twin._buffers
        self._non_persistent_buffers_set = twin._non_persistent_buffers_set
        self._modules = dict(twin._modules)
        self.__dict__["_twin"] = twin  # past nn.Module's registration

    def forward(self, *xs: Tensor) -> Tensor:
        made: Tensor = self.__dict__["_twin"](*xs)
        return made

    def train(self, mode: bool = True) -> _Joint:
        self.__dict__["_twin"].train(mode)
        return super().train(mode)


def _twin(node: Node, graph: Graph) -> nn.Module:
    try:
        twin: Any = node.layer.torch(torch, *graph.inputs_of(node))
    except CnncalcError:
        raise
    except Exception as error:  # whatever torch thinks of these arguments, the user may see it
        raise LayerError(
            f"PyTorch does not build this {node.kind}: {type(error).__name__}: {error}",
            at=node.at,
            node=node.name,
        ) from error
    return twin if isinstance(twin, nn.Module) else _Function(twin)


def _scopes(name: str) -> list[str]:
    """The scopes a name is in: ``a`` and ``a.b`` for ``a.b.c``."""
    parts = name.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]


def _place(root: nn.Module, name: str, places: dict[str, nn.Module]) -> nn.Module:
    """The module registered as ``name``, put there (with the scopes above it) when none is.

    Past ``add_module``, which refuses names such as ``double`` or ``half`` that are methods of
    every module, and that layers and blocks of a network may well have.
    """
    here = root
    for path in (*_scopes(name), name):
        last = path.rpartition(".")[2]
        found = here._modules.get(last)
        if found is None:
            found = here._modules[last] = places[path] if path in places else nn.Module()
        here = found
    return here


def _last_readers(graph: Graph) -> dict[str, tuple[str, ...]]:
    """For each node the tensors that only outputs, or nothing, need after it."""
    last: dict[str, str] = {}
    for node in graph:
        last[node.name] = node.name
        last.update(dict.fromkeys(node.inputs, node.name))
    kept = set(graph.outputs.values())
    done: dict[str, list[str]] = {node.name: [] for node in graph}
    for tensor, reader in last.items():
        if tensor not in kept:
            done[reader].append(tensor)
    return {name: tuple(tensors) for name, tensors in done.items()}
