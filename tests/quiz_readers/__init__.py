"""How the question of each template is read, without what the project computed of it."""

from .architectures import READERS as ARCHITECTURES
from .asked import Reader
from .comparisons import READERS as COMPARISONS
from .costs import READERS as COSTS
from .fields import READERS as FIELDS
from .formulas import FORMULAS
from .memory import READERS as MEMORY
from .sizes import READERS as SIZES

__all__ = ["FORMULAS", "READERS"]

#: To its right answers, or to which statements are true.
READERS: dict[str, Reader] = {
    **SIZES,
    **FIELDS,
    **COSTS,
    **MEMORY,
    **COMPARISONS,
    **ARCHITECTURES,
}
