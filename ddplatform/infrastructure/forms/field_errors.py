"""Service errors at their form fields."""

from wtforms import Form

from ddplatform.infrastructure.errors import Invalid


def show_at_fields(form: Form, error: Invalid) -> None:
    """Put each message at its field; messages without a field go above the form."""
    for name, text in error.fields.items():
        if name in form:
            form[name].errors = [*form[name].errors, text]
        else:
            form.form_errors.append(text)
    if not error.fields:
        form.form_errors.append(f"{error.message} {error.advice}".strip())
