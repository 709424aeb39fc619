"""`python -m earwitness` is `earwitness`."""

from earwitness.cli import main

main()
