"""How fast it is, measured side by side: `python -m bench --help`."""
