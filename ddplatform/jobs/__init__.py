"""Which service call each job's name stands for."""
