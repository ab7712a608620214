"""What every page needs: headers, errors, languages, filters, navigation."""
