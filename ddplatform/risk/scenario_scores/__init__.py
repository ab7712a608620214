"""What a map scores as it stands: where every scenario begins."""
