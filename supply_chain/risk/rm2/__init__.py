"""Risk method RM-2.0, beside RM-1.0."""
