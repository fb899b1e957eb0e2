"""One module per file format, each bringing it into paragraphs and tables."""
