"""`python -m annotate` is `allert`."""

import sys

from annotate.command import main

sys.exit(main())
