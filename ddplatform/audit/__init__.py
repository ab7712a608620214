"""The audit log: one event per change, its pages, verification and proofs."""
