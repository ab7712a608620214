"""The application that `flask` and the web server run."""

import gc

gc.disable()  # What is imported stays: to search it for garbage takes a third of the start.

from ddplatform.command_line import application  # noqa: E402

app = application()
