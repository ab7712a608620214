"""Reports: ask for one, read it on the page, download it, check a file."""
