"""Rules for files from outside: what each kind may hold, checked in a child process."""
