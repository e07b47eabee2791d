"""cnncalc: output sizes, receptive fields, parameters and MACs of a CNN, from a short spec.

>>> import cnncalc
>>> cnncalc.load("3x32x32 | conv 10 k=5 p=2").analyze().total.macs
768000

Nothing is imported before it is used: `cnncalc --help` needs none of it, sympy and islpy come with the
first symbol, torch with the backend.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnncalc.comparison import Comparison as Comparison
    from cnncalc.comparison import compare as compare
    from cnncalc.errors import CnncalcError as CnncalcError
    from cnncalc.network import Network as Network
    from cnncalc.network import Rewritten as Rewritten
    from cnncalc.network import load as load
    from cnncalc.network import parse as parse
    from cnncalc.results import Analysis as Analysis
    from cnncalc.results import LayerResult as LayerResult
    from cnncalc.spec import Limits as Limits
    from cnncalc.zoo import names as bundled

__version__ = "0.1.0"

__all__ = [
    "Analysis",
    "CnncalcError",
    "Comparison",
    "LayerResult",
    "Limits",
    "Network",
    "Rewritten",
    "bundled",
    "compare",
    "load",
    "parse",
]

#: Where each name is, and what it is called there.
_PLACES = {
    "Analysis": "results:Analysis",
    "CnncalcError": "errors:CnncalcError",
    "Comparison": "comparison:Comparison",
    "LayerResult": "results:LayerResult",
    "Limits": "spec:Limits",
    "Network": "network:Network",
    "Rewritten": "network:Rewritten",
    "bundled": "zoo:names",
    "compare": "comparison:compare",
    "load": "network:load",
    "parse": "network:parse",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, _, attribute = _PLACES[name].partition(":")
    found = getattr(import_module(f"cnncalc.{module}"), attribute)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
