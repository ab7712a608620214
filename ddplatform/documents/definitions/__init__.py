"""What a report says: its definition, read and checked, and the document it makes of facts."""
