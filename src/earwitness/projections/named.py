"""Every layout an export can have, by name."""

from earwitness.projections import layouts
from earwitness.projections.layout_s3 import S3

LAYOUTS = {**layouts.LAYOUTS, S3.name: S3}
