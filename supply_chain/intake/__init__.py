"""From the bytes of value-chain files to drafts; the face is `supply_chain.intake.maps`."""
