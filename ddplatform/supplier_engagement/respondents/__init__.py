"""Who answers: the way in by a link, and several people of one supplier."""
