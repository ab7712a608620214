"""Report definitions: reading, checking, and composition with facts."""
