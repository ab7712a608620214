"""Storage: how many files and bytes people and organisations have sent, and where that ends."""
