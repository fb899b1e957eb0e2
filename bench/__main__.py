"""Runs the benchmark."""

from bench.run import main

main()
