"""A cluster: how it is made, asked and used, and how everything is removed again."""
