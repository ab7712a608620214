"""Countries and goods: what is known of them."""
