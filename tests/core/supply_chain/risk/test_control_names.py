"""What the controls are called, in one place for pages, files and forms."""

from supply_chain.risk.control_names import CONTROL_NAMES
from supply_chain.risk.method import METHOD
from supply_chain.risk.rm2.method import METHOD as RM2


def test_every_control_has_a_name_in_the_order_of_the_controls():
    assert list(CONTROL_NAMES) == list(RM2.controls)
    assert all(name[0].isupper() for name in CONTROL_NAMES.values())


def test_both_methods_have_the_same_controls_by_the_same_names():
    assert (METHOD.controls, METHOD.control_names) == (RM2.controls, RM2.control_names)
