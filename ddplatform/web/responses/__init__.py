"""The supplier's side: questions on a phone, checking, sending, the receipt."""
