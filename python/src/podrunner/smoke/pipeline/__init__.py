"""A job of a `.gitlab-ci.yml`, turned into what GitLab would send to a runner."""

from podrunner.smoke.pipeline.document import Pipeline, PipelineError, load_pipeline
from podrunner.smoke.pipeline.fields import Image, Variable
from podrunner.smoke.pipeline.job import Job, choose_job, read_job
from podrunner.smoke.pipeline.payload import Order, make_payload

__all__ = [
    "Image",
    "Job",
    "Order",
    "Pipeline",
    "PipelineError",
    "Variable",
    "choose_job",
    "load_pipeline",
    "make_payload",
    "read_job",
]
