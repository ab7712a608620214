"""The description of the interface, for people and as OpenAPI."""
