"""What a leaver answers for: sites, risks, reassessments, findings and actions."""
