"""Reference data of the product."""
