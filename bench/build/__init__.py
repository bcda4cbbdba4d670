"""The same builds on the host and in job pods: what does a mode cost?"""
