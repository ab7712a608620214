"""The public door for concerns: pages without account, cookie or script."""
