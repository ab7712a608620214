"""The application that `flask` and the web server run."""

import gc

gc.disable()  # What is imported stays: to search it for garbage takes a third of the start.

from ddplatform.factory import create_app  # noqa: E402

app = create_app()
gc.freeze()
gc.enable()
