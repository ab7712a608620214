"""What is judged of a finding: severity, involvement, leverage."""
