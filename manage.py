#!/usr/bin/env python3
"""`up` runs everything, `verify` checks everything, `simulate_icloud` plays Apple; all else is plain Django.

Whatever the word, it runs in the project's own environment, which is built first where it is missing.
"""

import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this very file is what an older Python meets first
    sys.exit("Halfpast needs Python 3.11 or later; this is Python %d.%d." % sys.version_info[:2])  # noqa: UP031

from scripts import bootstrap

#: the commands that show pages, or test them
PAGES = (["up"], ["verify"], ["runserver"], ["collectstatic"])


def main(arguments: list[str]) -> int:
    """Enter the environment, then run the command. Return the exit code."""
    try:
        python = bootstrap.ensure(pages=arguments[:1] in PAGES)
    except bootstrap.CannotBuild as reason:
        bootstrap.say(str(reason))
        return 1
    if os.path.realpath(sys.prefix) != os.path.realpath(bootstrap.ENVIRONMENT):
        os.execv(python, [str(python), os.path.abspath(__file__), *arguments])  # noqa: S606
    if arguments[:1] == ["up"]:
        from operations import up

        return up.main(arguments[1:])
    if arguments[:1] == ["verify"]:
        from operations import verify

        return verify.main(arguments[1:])
    if arguments[:1] == ["simulate_icloud"]:
        from operations import simulate_icloud

        return simulate_icloud.main(arguments[1:])
    return django(arguments)


def django(arguments: list[str]) -> int:
    """Let Django run the command; settings that cannot be are one sentence, not a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        settings.INSTALLED_APPS  # noqa: B018 - reads the settings
    except ImproperlyConfigured as reason:
        bootstrap.say(str(reason))
        return 1
    execute_from_command_line([sys.argv[0], *arguments])
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
