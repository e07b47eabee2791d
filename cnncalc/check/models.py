"""The models of a file: its network, or each preset of a family."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.check.model import Model
from cnncalc.check.settings import Settings
from cnncalc.errors import CnncalcError
from cnncalc.network import Network
from cnncalc.spec.bind import free_symbols
from cnncalc.spec.syntax import Spec


def models(spec: Spec, settings: Settings) -> Iterator[Model | CnncalcError]:
    """The models of a spec: the network, or each preset of a family."""
    members: dict[str | None, Spec] = {name: spec.preset(name) for name in spec.presets}
    for label, member in (members or {None: spec}).items():
        network = Network(member, settings.limits)
        symbols = free_symbols(member, settings.limits)
        at = {name: value for name, value in settings.at if name in symbols}
        given = {name: value for name, value in settings.set if name in member.params}
        yield Model(network, at, given, label)
