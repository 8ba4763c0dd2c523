#!/usr/bin/env python3
"""Takes one collection out of the package `ansible`, which has a hundred: take_collection.py WHEEL NAMESPACE.NAME FOLDER."""
import sys
import zipfile

wheel, name, folder = sys.argv[1:]
prefix = "ansible_collections/" + name.replace(".", "/") + "/"
with zipfile.ZipFile(wheel) as archive:
    files = [file for file in archive.namelist() if file.startswith(prefix)]
    if not files:
        sys.exit(f"{wheel} has no collection {name}")
    archive.extractall(folder, files)
