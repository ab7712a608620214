"""Display texts shared by the pages of several features."""
