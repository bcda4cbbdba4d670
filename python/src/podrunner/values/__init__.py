"""Values as Helm reads and merges them."""
