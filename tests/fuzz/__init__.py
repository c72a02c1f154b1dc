"""Long runs against hostile files and sudden ends; `python -m fuzz` and `python -m fuzz.crash` in the folder tests."""
