"""Lazy imports of heavy libraries that few pages need (decision 24)."""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

MODULES = {
    "aliases": "pyxform.aliases",
    "pyxform_errors": "pyxform.errors",
    "question_type_dictionary": "pyxform.question_type_dictionary",
    "workbook_child": "questionnaires.workbook.child",
    "xl_utility": "xlsxwriter.utility",
    "xls2json_backends": "pyxform.xls2json_backends",
    "xls2xform": "pyxform.xls2xform",
    "quoted_cells": "questionnaires.quoted_cells",
}

if TYPE_CHECKING:
    from pyxform import aliases, question_type_dictionary, xls2json_backends, xls2xform
    from pyxform import errors as pyxform_errors
    from xlsxwriter import utility as xl_utility

    from questionnaires import quoted_cells
    from questionnaires.workbook import child as workbook_child
else:

    def __getattr__(name: str) -> ModuleType:
        if name not in MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return globals().setdefault(name, import_module(MODULES[name]))
