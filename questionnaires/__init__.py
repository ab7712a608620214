"""Asking and judging answers: XLSForm is the format, the ODK XForms specification the meaning."""

from questionnaires.answers import Answer, AnswerProblem, read_answer
from questionnaires.checking import FormReport, check_file, check_form
from questionnaires.errors import (
    EvaluationFault,
    ExpressionFault,
    Fault,
    FormUnusable,
    QuestionnaireError,
    StepRefused,
)
from questionnaires.evaluation import NodeState, OfferedChoice, Plan, Response, plan
from questionnaires.external import read_external
from questionnaires.form import Choice, Form, Group, Itemset, Kind, Output, Question, Section, Text
from questionnaires.scripted import (
    Script,
    ScriptError,
    evaluate_script,
    read_script,
    run_script,
    unusable,
)
from questionnaires.xlsform import read_form, read_form_file

__all__ = [
    "Answer",
    "AnswerProblem",
    "Choice",
    "EvaluationFault",
    "ExpressionFault",
    "Fault",
    "Form",
    "FormReport",
    "FormUnusable",
    "Group",
    "Itemset",
    "Kind",
    "NodeState",
    "OfferedChoice",
    "Output",
    "Plan",
    "Question",
    "QuestionnaireError",
    "Response",
    "Script",
    "ScriptError",
    "Section",
    "StepRefused",
    "Text",
    "check_file",
    "check_form",
    "evaluate_script",
    "plan",
    "read_answer",
    "read_external",
    "read_form",
    "read_form_file",
    "read_script",
    "run_script",
    "unusable",
]
