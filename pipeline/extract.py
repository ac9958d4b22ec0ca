"""Read the company's files as text, with file and row of each record; hash the ids, redact."""

from __future__ import annotations

from nexo import paths, privacy
from nexo.config import Common, load_params
from nexo.contract import load_dictionary
from nexo.errors import run
from nexo.results import whole_folder
from nexo.simulate import write_raw_files
from nexo.sources import extract, load_source


def main() -> None:
    """Build data/raw from the data set that ``common.source`` names."""
    common = load_params(Common)
    dictionary = load_dictionary()
    source = load_source(common.source, dictionary)
    key = privacy.load_key(privacy.key_place(common.key_file))
    with whole_folder(paths.raw_dir()) as folder:
        data_dir = paths.root() / common.data_dir
        if source.simulate is not None:
            data_dir = folder / common.source
            write_raw_files(data_dir, seed=source.simulate.seed)
        counts = extract(source, dictionary, data_dir, key, folder)
    for table, count in counts["tables"].items():
        print(f"{table}: {count['rows']} records from {len(count['files'])} file(s)")


if __name__ == "__main__":
    run(main)
