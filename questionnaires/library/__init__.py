"""The questionnaires that come with the product."""
