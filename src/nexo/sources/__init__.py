"""Any company's files in one YAML: described, checked, read as text."""

from nexo.sources.describe import load_source
from nexo.sources.extract import extract
from nexo.sources.files import raw_names
from nexo.sources.schema import ColumnRule, FileRule, Source, TableRule

__all__ = [
    "ColumnRule",
    "FileRule",
    "Source",
    "TableRule",
    "extract",
    "load_source",
    "raw_names",
]
