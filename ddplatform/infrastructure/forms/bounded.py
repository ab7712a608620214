"""Form fields for numbers and days that keep to the bounds of `typed_values`.

The fields of WTForms of the same names read any year and any number of digits, on which days
around a day, the databases or the range check of a form fail later.
"""

import math
from collections.abc import Sequence
from typing import Any

import wtforms

from ddplatform.infrastructure.typed_values import FIRST_YEAR, LAST_YEAR, read_signed, require_year
from ddplatform.languages import gettext


class IntegerField(wtforms.IntegerField):  # type: ignore[misc]
    """A whole number of at most 32 bits."""

    data: Any

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        if not valuelist:
            return
        try:
            self.data = read_signed(valuelist[0].strip())
        except ValueError:
            self.data = None
            message = gettext("Write a whole number of at most nine digits, for example 12.")
            raise ValueError(message) from None


class FloatField(wtforms.FloatField):  # type: ignore[misc]
    """A finite number."""

    data: Any

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        super().process_formdata(valuelist)
        if valuelist and self.data is not None and not math.isfinite(self.data):
            self.data = None
            raise ValueError(gettext("Write a number in digits, for example 5.36."))


class DecimalField(wtforms.DecimalField):  # type: ignore[misc]
    """A finite decimal number."""

    data: Any

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        super().process_formdata(valuelist)
        if valuelist and self.data is not None and not self.data.is_finite():
            self.data = None
            raise ValueError(gettext("Write a number in digits, for example 5.36."))


class DateField(wtforms.DateField):  # type: ignore[misc]
    """A day of the years 1900 to 2999."""

    data: Any

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        super().process_formdata(valuelist)
        if not valuelist or self.data is None:
            return
        try:
            require_year(self.data)
        except ValueError:
            self.data = None
            raise ValueError(
                gettext(
                    "Choose a day between the years %(first)s and %(last)s.",
                    first=FIRST_YEAR,
                    last=LAST_YEAR,
                )
            ) from None
