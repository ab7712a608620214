"""Maps as files: whole maps go out, lists come in by command."""
