"""One step on many risks of the register: previewed, carried out, undone."""
