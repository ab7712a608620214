"""Reports: asked for, made, sealed, checked."""
