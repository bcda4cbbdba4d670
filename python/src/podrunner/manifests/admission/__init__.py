"""What the API server takes: fields of pods, and what LimitRanges and quotas of a namespace make of them."""
