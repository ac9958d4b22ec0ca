"""Any company's files in one YAML: described, checked, read as text."""

from nexo.sources.describe import load_source
from nexo.sources.names import raw_names
from nexo.sources.schema import ColumnRule, FileRule, Source, TableRule

__all__ = [
    "ColumnRule",
    "FileRule",
    "Source",
    "TableRule",
    "load_source",
    "raw_names",
]
