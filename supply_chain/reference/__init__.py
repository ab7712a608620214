"""The reference data of the product."""
