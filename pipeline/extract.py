"""Read the company's files as text, with file and row of each record; hash the ids, redact."""

from __future__ import annotations

from nexo import privacy
from nexo.base import paths
from nexo.base.config import Common, load_params
from nexo.base.errors import run
from nexo.base.results import whole_folder, write_json
from nexo.contract import load_dictionary
from nexo.simulate import write_raw_files
from nexo.sources import load_source
from nexo.sources.corrections import require_corrections
from nexo.sources.databases import refuse_unlabelled
from nexo.sources.extract import extract


def main() -> None:
    """Build data/raw from the data set that ``common.source`` names."""
    common = load_params(Common)
    dictionary = load_dictionary()
    source = load_source(common.source, dictionary)
    refuse_unlabelled(source, common.snapshot)
    require_corrections(common.source)
    place = privacy.key_place(common.key_file)
    key = privacy.load_key(place)
    with whole_folder(paths.raw_dir()) as folder:
        data_dir = paths.root() / common.data_dir
        if source.simulate is not None:
            data_dir = folder / common.source
            write_raw_files(data_dir, seed=source.simulate.seed)
        counts = extract(source, dictionary, data_dir, key, folder)
        counts["key"] = "public" if privacy.is_public(place) else "own"
        write_json(folder / "counts.json", counts)
    for table, count in counts["tables"].items():
        print(f"{table}: {count['rows']} records from {len(count['files'])} file(s)")
    if counts["key"] == "public" and source.simulate is None:
        print(f"WARNING: {privacy.PUBLIC_KEY}")


if __name__ == "__main__":
    run(main)
