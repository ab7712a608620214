"""The daily look for what asks for a reassessment."""
