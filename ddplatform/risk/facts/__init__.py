"""What is known of the nodes of a map."""
