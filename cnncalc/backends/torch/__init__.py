"""The PyTorch backend: the only package that imports torch. Import it where it is needed.

Raises :class:`MissingDependencyError` on import when PyTorch is not installed.
"""

from __future__ import annotations

from cnncalc.errors import MissingDependencyError

try:
    import torch as _torch  # noqa: F401
except ImportError as _error:
    raise MissingDependencyError(
        f"this needs PyTorch, which cannot be imported: {_error}",
        hint="pip install 'cnncalc[torch]'",
    ) from _error
