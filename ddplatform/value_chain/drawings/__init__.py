"""Drawings of the value chain and the world as SVG."""
