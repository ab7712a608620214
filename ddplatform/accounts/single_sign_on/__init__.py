"""Single sign-on: sign-in at the OpenID Connect provider of an organisation."""
