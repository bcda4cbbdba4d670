"""`python -m podrunner` is the command `podrunner`."""

import sys

from podrunner.cli.main import main

sys.exit(main())
