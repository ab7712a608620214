"""The application that `flask` and the web server run."""

from ddplatform.factory import create_app

app = create_app()
