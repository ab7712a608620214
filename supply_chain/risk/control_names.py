"""Names of the controls of the risk method."""

from collections.abc import Mapping

from supply_chain.risk.rm2.method import METHOD

CONTROL_NAMES: Mapping[str, str] = {
    ref: name[0].upper() + name[1:]
    for ref, name in zip(METHOD.controls, METHOD.control_names, strict=True)
}
"""Control -> its name by itself, beginning with a capital."""
