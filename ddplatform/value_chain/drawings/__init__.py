"""The value chain and the world as SVG."""
