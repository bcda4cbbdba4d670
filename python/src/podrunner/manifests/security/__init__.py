"""What a pod may do: Pod Security levels, rights, SecurityContextConstraints."""
