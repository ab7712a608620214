"""Texts of an answer workbook, in one language; the caller has them translated."""

from dataclasses import dataclass


@dataclass(frozen=True)
class BookWords:
    """Every word of ours in the book. Texts with `{...}` are filled in.

    Words that formulas hold (`needed` to `not_applicable`, `yes`) have no quotation marks.
    """

    is_right_to_left: bool = False
    read_me: str = "Read me"
    question: str = "Question"
    source: str = "In the language of the form"
    answer: str = "Your answer"
    state: str = "State"
    help: str = "Help"
    number: str = "No."
    number_in_text: str = "No. in: {title}"
    new: str = "new"
    needed: str = "needed"
    optional: str = "if you like"
    answered: str = "answered"
    now_applies: str = "applies, as you answered so far"
    not_applicable: str = "does not apply"
    yes: str = "Yes"
    no: str = "No"
    file: str = "Add files on the page of this section."
    from_list: str = "Choose one of the answers in the list."
    go_to_text: str = "Fill in the sheet: {title}"
    about_text: tuple[str, ...] = (
        "{requester} asks. {respondent} answers.",
        "Please send your answers by {due}.",
    )
    translation: str = ""
    """Note on the translation of the questions; "" where a person has confirmed it."""
    advice: tuple[str, ...] = (
        "Write in the yellow cells only. The other cells are locked.",
        "Some answers have a list: click the cell, then the arrow beside it.",
        "Grey lines do not apply to you. Leave them empty.",
        "Where a sheet has one row for each entry (a site, a supplier), use the rows marked new.",
        "Do not move, add or delete rows, columns or sheets.",
        "Never write the name of a child or of a worker.",
        "When you are done, save the workbook as .xlsx and upload it where you downloaded it. You"
        " see what will change before anything is kept. Nothing is sent until you press Send.",
    )

    def go_to(self, title: str) -> str:
        """The link to the sheet of a repeat."""
        return self.go_to_text.format(title=title)

    def number_in(self, title: str) -> str:
        """The heading over the number of the entry above."""
        return self.number_in_text.format(title=title)

    def about(self, requester: str, respondent: str, due: str) -> tuple[str, ...]:
        """Sender, recipient and due date of the request."""
        facts = {"requester": requester, "respondent": respondent, "due": due}
        return tuple(text.format(**facts) for text in self.about_text)
