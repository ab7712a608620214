"""Questionnaires and their evaluation: XLSForm as format, ODK XForms specification as semantics."""

from questionnaires.checking.form import FormReport, check_file, check_form
from questionnaires.errors import (
    EvaluationFault,
    ExpressionFault,
    Fault,
    FormUnusable,
    QuestionnaireError,
    StepRefused,
)
from questionnaires.evaluation.answers import Answer, AnswerProblem, read_answer
from questionnaires.evaluation.asking import Item, Page, asked_paths, pages
from questionnaires.evaluation.response import NodeState, OfferedChoice, Plan, Response, plan
from questionnaires.evaluation.scripted import (
    Script,
    ScriptError,
    evaluate_script,
    read_script,
    run_script,
    unusable,
)
from questionnaires.form.export import export_workbook
from questionnaires.form.external import read_external
from questionnaires.form.form import (
    Choice,
    Form,
    Group,
    Itemset,
    Kind,
    Output,
    Question,
    Section,
    Text,
)
from questionnaires.form.versions import (
    CarriedOver,
    Comparison,
    SameAsked,
    carry_over,
    compare_versions,
    same_asked,
)
from questionnaires.form.xlsform import read_form, read_form_file
from questionnaires.library.answer_time import (
    minutes_of,
    seconds_in_all,
    seconds_left,
    seconds_of_count,
)
from questionnaires.library.modules import (
    Answerer,
    KnownPlace,
    Module,
    Proposal,
    answered_by,
    modules,
    propose,
)
from questionnaires.library.own_checks import own_check_rules, shown_checks
from questionnaires.library.red_flags import RedFlag, red_flags
from questionnaires.library.shipped import (
    NotShipped,
    Shipped,
    list_shipped,
    read_shipped,
    shipped_form,
)
from questionnaires.scoring.comparisons import far_moves, has_note, own_words, same_words
from questionnaires.scoring.items import FiredFlag
from questionnaires.scoring.notices import Notice, red_flags_fired
from questionnaires.scoring.score import score
from questionnaires.scoring.signals import Cause, Check, ControlSignal, FactorSignal, Signals
