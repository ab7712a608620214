"""Facts and definitions become documents: PDF, XLSX, CSV, JSON and SVG."""
