#!/usr/bin/env python3
"""Style that a machine can check, checked by a machine. Run from the repository root.

Errors: layers (who may include whom) and bans (calls with a better way).
Notes: long lines, functions and files. A reader judges those; nothing fails for them.
"""
import pathlib
import re
import subprocess
import sys
from fnmatch import fnmatch

STD = {"assert.h", "errno.h", "float.h", "inttypes.h", "limits.h", "math.h", "signal.h",
       "stdarg.h", "stdbool.h", "stddef.h", "stdint.h", "stdlib.h", "string.h"}
# layer -> (own and lower layers it may include, extra <system> headers)
LAYERS = {
    "geo": ({"geo"}, set()),
    "geo/import": ({"geo"}, {"expat.h", "zlib.h", "metis.h", "jansson.h", "stdio.h", "unistd.h",
                           "unicode/utrans.h"}),
    "proto": ({"proto"}, {"jansson.h", "libxml/*", "expat.h", "iconv.h"}),
    "engine/core": ({"engine/core", "geo"}, set()),
    "engine/store": ({"engine/store", "engine/core", "geo"},
                     {"sqlite3.h", "sodium.h", "stdio.h", "pthread.h"}),
    "engine/net": ({"engine/net", "engine/core", "proto", "geo"},
                   {"libwebsockets.h", "uv.h", "stdio.h"}),
    "engine/host": ({"engine", "proto", "geo"}, {"*"}),
    "engine/cli": ({"engine", "proto", "geo"}, {"*"}),
    "engine/sim": ({"engine", "proto", "geo"}, {"*"}),
    "tests": ({"engine", "proto", "geo", "tests"}, {"*"}),
}
LINE_MAX, FUNCTION_MAX, FILE_MAX, TEST_FILE_MAX = 100, 60, 500, 800
BANNED = {
    r"\b(strcpy|strcat|sprintf|gets|strtok|atoi|atol|atof)\s*\(": "a bounded or checked form",
    r"\b(rand|srand|random)\s*\(": "the seeded generator in engine/core/prng.h",
    r"\balloca\s*\(": "a fixed array",
    r"\bassert\([^;]*&&": "two assertions, so the report says which one failed",
    r"\bgt\((u8|u16|u32|u64|i8|i16|i32|i64|int|sz|dbl|flt|long|uint)\b":
        "lt() with its sides exchanged: Criterion 2.4.1's gt() also passes when they are equal",
    r"\b(TODO|FIXME|XXX|HACK)\b": "an issue, or the work itself",
}
CLOCKS = re.compile(r"\b(time|clock|clock_gettime|gettimeofday|uv_now|uv_hrtime)\s*\(")


def layer_of(path):
    return max((name for name in LAYERS if str(path).startswith(name + "/")), key=len, default=None)


def check_includes(path, number, line, errors):
    match = re.match(r'\s*#\s*include\s+(<([^>]+)>|"([^"]+)")', line)
    if not match:
        return
    own, system = LAYERS[layer_of(path)]
    if match[2] and match[2] not in STD and not any(fnmatch(match[2], name) for name in system):
        errors.append(f"{path}:{number}: {layer_of(path)} may not include <{match[2]}>")
    if match[3] and not any(match[3].startswith(name + "/") for name in own):
        errors.append(f'{path}:{number}: {layer_of(path)} may not include "{match[3]}"')


def check_line(path, number, line, errors, notes):
    if len(line) > LINE_MAX:
        notes.append(f"{path}:{number}: {len(line)} columns, at most {LINE_MAX}")
    for pattern, better in BANNED.items():
        if re.search(pattern, line):
            errors.append(f"{path}:{number}: banned here; use {better}")
    if layer_of(path) not in ("engine/host", "engine/cli", "engine/sim", "tests") and CLOCKS.search(line):
        errors.append(f"{path}:{number}: only engine/host reads a clock")


def check_functions(paths, errors, notes):
    command = ["ctags", "--languages=C", "--langmap=C:.c", "--kinds-C=f", "--fields=+ne",
               "--excmd=number", "-f", "-", *map(str, paths)]
    for tag in subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines():
        name, path = tag.split("\t")[:2]
        start, end = re.search(r"\tline:(\d+)", tag), re.search(r"\tend:(\d+)", tag)
        if start and end and int(end[1]) - int(start[1]) + 1 > FUNCTION_MAX:
            notes.append(f"{path}:{start[1]}: {name} is longer than {FUNCTION_MAX} lines")
        layer = layer_of(path)
        prefix = {"geo": "geo", "proto": "proto", "engine/cli": "cli"}.get(layer, pathlib.Path(path).stem)
        if "\tfile:" not in tag and layer != "tests" and name not in (prefix, "main") and \
                not name.startswith(prefix + "_"):
            errors.append(f"{path}:{start[1]}: {name} is extern but does not start with {prefix}_")


def main():
    errors, notes = [], []
    paths = [p for top in ("geo", "proto", "engine", "tests")
             for p in sorted(pathlib.Path(top).rglob("*.[ch]"))]
    for path in paths:
        lines = path.read_text().splitlines()
        limit = TEST_FILE_MAX if layer_of(path) == "tests" else FILE_MAX
        if len(lines) > limit:
            notes.append(f"{path}: {len(lines)} lines, more than {limit}")
        if layer_of(path) is None:
            errors.append(f"{path}: belongs to no layer")
            continue
        for number, line in enumerate(lines, 1):
            check_includes(path, number, line, errors)
            check_line(path, number, line, errors, notes)
    check_functions([p for p in paths if p.suffix == ".c" and layer_of(p)], errors, notes)
    for line in [f"note: {note}" for note in notes] + errors:
        print(line)
    print(f"tidy: {len(paths)} files, {len(errors)} errors, {len(notes)} notes")
    return bool(errors)


if __name__ == "__main__":
    sys.exit(main())
