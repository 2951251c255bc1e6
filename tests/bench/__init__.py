"""What Camera Push costs, beside what else does a part of its work: `scripts/bench`."""
