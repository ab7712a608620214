"""Two nodes become one, and come apart again."""
