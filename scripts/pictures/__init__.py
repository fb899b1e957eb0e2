"""The pictures of docs/screenshots: every page at a desk, on a telephone, in the dark, on paper."""
