"""The pod that the Kubernetes executor makes for a job."""
