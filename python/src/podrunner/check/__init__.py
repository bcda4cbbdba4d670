"""From a case to its findings."""
