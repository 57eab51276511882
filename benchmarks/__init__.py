"""What the parts cost, as ratios against a floor or a peer in one run: `make benchmark`, docs/benchmarks.md."""
