#!/usr/bin/env python3
"""Line coverage of the pure layers, from gcc's own gcov. Usage: coverage.py BUILD_DIR FLOOR."""
import json
import pathlib
import subprocess
import sys

PURE = ("geo/", "proto/", "engine/core/")
APART = "geo/import/"  # a tool at the edge: files, memory and libraries that fail


def main(build, floor):
    root = pathlib.Path.cwd()
    hits = {}
    notes = [str(p) for p in pathlib.Path(build).rglob("*.gcda")]
    output = subprocess.run(["gcov", "--json-format", "--stdout", *notes], check=True,
                            capture_output=True, text=True).stdout
    for document in output.splitlines():
        notes = json.loads(document)
        here = pathlib.Path(notes["current_working_directory"]) # where ccache makes names relative to
        for unit in notes["files"]:
            path = (here / unit["file"]).resolve()
            name = str(path.relative_to(root)) if path.is_relative_to(root) else ""
            for line in unit["lines"] if name.startswith(PURE) and APART not in name else []:
                key = (name, line["line_number"])
                hits[key] = hits.get(key, 0) + line["count"]
    unlinked = sorted(str(p) for top in PURE for p in pathlib.Path(top).rglob("*.c") if APART not in str(p)
                      if not any(name == str(p) for name, _ in hits))
    failed = bool(unlinked)
    for name in unlinked:
        print(f"   0.0 %  {name}  no test links it")
    for name in sorted({n for n, _ in hits}):
        lines = [number for n, number in hits if n == name]
        missed = sorted(number for number in lines if hits[name, number] == 0)
        percent = 100.0 * (len(lines) - len(missed)) / len(lines)
        print(f"{percent:6.1f} %  {name}  missed: {missed}")
        if percent < floor:
            print(f"{name}: below {floor} %")
            failed = True
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], float(sys.argv[2])))
