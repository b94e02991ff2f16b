"""`python -m cx_text` is `cx-text`."""

from cx_text.cli import main

if __name__ == "__main__":
    main()
