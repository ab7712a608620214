"""Server-side browser sessions."""
