"""Supplier-list import, from file bytes to drafts; its interface is `supply_chain.intake.maps`."""
