"""How easily a password is guessed, by what is known of people's choices."""
