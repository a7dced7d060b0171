#!/usr/bin/env python3
"""`up` runs everything, `verify` checks everything; every other word is plain Django, inside the project's environment."""

import os
import sys


def main() -> int:
    """Enter the environment, then let Django run the command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
    return 0


if __name__ == "__main__":
    sys.exit(main())
