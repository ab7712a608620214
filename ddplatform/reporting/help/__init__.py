"""Help for staff: where to begin, and the glossary that the pages refer to."""
