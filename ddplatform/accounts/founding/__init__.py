"""Organisations founded in the browser: a link by mail, then the organisation and its founder."""
