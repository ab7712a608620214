"""Map on a past day: picture, list, single nodes."""
