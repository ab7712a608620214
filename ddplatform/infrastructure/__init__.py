"""What every feature stands on: database, tenancy, settings, languages, errors, the gate."""
