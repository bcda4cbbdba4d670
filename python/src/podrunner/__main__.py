"""`python -m podrunner` is the command `podrunner`."""

import sys

from podrunner.cli import main

sys.exit(main())
