"""Entry point of the application for `flask` and the web server."""

import gc

gc.disable()  # Imported objects stay: garbage collection over them takes a third of the start.

from ddplatform.command_line import application  # noqa: E402

app = application()
