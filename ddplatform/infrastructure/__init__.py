"""The base layer of all features: database, tenancy, settings, languages, errors, the gate."""
