"""Small drawings as SVG: pure functions, no request."""
