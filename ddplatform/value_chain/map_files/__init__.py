"""Maps as files: export of whole maps, import of lists by command."""
