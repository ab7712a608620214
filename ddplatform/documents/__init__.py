"""Documents from facts and definitions: PDF, XLSX, CSV, JSON and SVG."""
