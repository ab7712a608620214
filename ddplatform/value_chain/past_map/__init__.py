"""A map as it stood on a past day: picture, list, single nodes."""
