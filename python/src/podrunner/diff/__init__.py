"""What changes between two charts or two sets of values, in every case, by consequence."""
