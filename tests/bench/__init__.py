"""The benchmark: limits of this machine and the product side by side in one run. `make bench`, or one section alone."""
