"""Leavers: the end of a membership, with everything that the person answers for handed over."""
