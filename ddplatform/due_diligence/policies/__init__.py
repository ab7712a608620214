"""Policy commitments to children's rights: versions, checklist, approval, review."""
