"""Why a risk has its score, and what would change it."""
