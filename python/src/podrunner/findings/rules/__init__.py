"""The register of rules: every code that a finding may have, once, with what is wrong and what to do about it."""
