"""What needs a second person: what waits, decided and ended."""
