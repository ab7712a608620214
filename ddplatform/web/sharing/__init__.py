"""What a supplier lets which buyer see."""
