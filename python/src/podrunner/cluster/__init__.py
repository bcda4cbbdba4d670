"""A cluster: asked, used, and left as it was."""
