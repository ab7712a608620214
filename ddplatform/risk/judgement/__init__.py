"""What people judge of a risk."""
