"""Reports: request, generation, sealing, verification."""
