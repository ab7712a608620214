"""Many nodes changed in one step, and the step taken back."""
