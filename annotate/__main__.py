"""`python -m annotate` is `allert`."""

import sys

from annotate.cli import main

sys.exit(main())
