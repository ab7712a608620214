"""Page of a node, with the cards of later packages."""
