"""Numbers as people type them: with a point or with a comma."""

import math
from collections.abc import Sequence

from wtforms import FloatField


class NumberField(FloatField):  # type: ignore[misc]
    """A number that may be written "5.36" or "5,36"; what was typed stays in the field."""

    data: float | None

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        if not valuelist:
            return
        try:
            self.data = float(valuelist[0].strip().replace(",", "."))
        except ValueError:
            self.data = None
        if self.data is None or not math.isfinite(self.data):
            self.data = None
            raise ValueError("Write a number in digits, for example 5.36.")
