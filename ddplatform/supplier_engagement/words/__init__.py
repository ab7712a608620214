"""Display texts shared by questionnaire pages and papers."""
