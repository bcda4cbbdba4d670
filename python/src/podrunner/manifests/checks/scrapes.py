"""How often, and for how long, the Prometheus operator lets Prometheus ask."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from podrunner.findings.rules.manifests import SCRAPE_TIMEOUT
from podrunner.manifests.checks.object_finding import object_finding
from podrunner.manifests.objects import maps, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podrunner.findings.finding import Finding
    from podrunner.manifests.rendering import Document

_GROUP = "monitoring.coreos.com/"
# Kind → (list of endpoints, empty where the spec itself says it; the key of the interval).
_KINDS = {
    "ServiceMonitor": ("endpoints", "interval"),
    "PodMonitor": ("podMetricsEndpoints", "interval"),
    "Probe": ("", "interval"),
    "ScrapeConfig": ("", "scrapeInterval"),
    "Prometheus": ("", "scrapeInterval"),
    "PrometheusAgent": ("", "scrapeInterval"),
}
# Prometheus reads units in this order, each once.
_UNITS = {"y": 365 * 86400_000, "w": 7 * 86400_000, "d": 86400_000, "h": 3600_000, "m": 60_000, "s": 1000, "ms": 1}
_DURATION = re.compile("".join(rf"(?:(\d+){unit})?" for unit in _UNITS) + r"\Z")


def check_scrapes(documents: Sequence[Document]) -> Iterator[Finding]:
    """An error for each timeout longer than its interval: the operator leaves such an object out.

    Source: CompareScrapeTimeoutToScrapeInterval of github.com/prometheus-operator/prometheus-operator/pkg/prometheus.
    Without an interval, that of the Prometheus counts, which is not known here.
    """
    for document in documents:
        kind = str(document.data.get("kind"))
        if kind not in _KINDS or not str(document.data.get("apiVersion")).startswith(_GROUP):
            continue
        endpoints, key = _KINDS[kind]
        spec = table(document.data.get("spec"))
        for index, one in enumerate(maps(spec.get(endpoints)) if endpoints else [spec]):
            at = f"spec.{endpoints}[{index}]" if endpoints else "spec"
            if why := _longer(one, key):
                yield object_finding(document, SCRAPE_TIMEOUT, f"{at}.scrapeTimeout", why)


def _longer(scrape: dict[str, Any], key: str) -> str:
    timeout, interval = _milliseconds(scrape.get("scrapeTimeout")), _milliseconds(scrape.get(key))
    if not timeout or not interval or timeout <= interval:
        return ""
    said = f"{scrape['scrapeTimeout']} is longer than {key}, {scrape[key]}"
    return f"{said}: the Prometheus operator leaves the object out. Write {scrape[key]} or less."


def _milliseconds(duration: object) -> int | None:
    found = _DURATION.match(duration) if isinstance(duration, str) else None
    return (
        sum(int(number or 0) * unit for number, unit in zip(found.groups(), _UNITS.values(), strict=True))
        if found
        else None
    )
