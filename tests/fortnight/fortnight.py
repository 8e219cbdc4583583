#!/usr/bin/env python3
"""A real fortnight, 7 to 20 April 2020 in San Francisco, through core, journal and history: every
interval that the history computes equals the one reckoned from the source's own columns, row by row.

What the source contradicts itself in is found here independently and must be refused there: a unit
that is sent while it still has an earlier call, a time before the one it follows.
"""
import argparse
import csv
import datetime
import os
import pathlib
import subprocess
import sys
import tempfile

NAME = "data/incidents/sf_fire_calls_2020-04-07_2020-04-20.csv"
TYPES = {"Medical Incident": 4, "Structure Fire": 3, "Outside Fire": 3, "Vehicle Fire": 3, "Alarms": 3,
         "Traffic Collision": 2}  # engine/core/types.h; 7: other
COLUMNS = ("Received DtTm", "Entry DtTm", "Dispatch DtTm", "Response DtTm", "On Scene DtTm", "Available DtTm")


def seconds(text):
    """The local wall time as if it were UTC: there is no change of the clock within these days."""
    if not text:
        return None
    at = datetime.datetime.strptime(text, "%m/%d/%Y %I:%M:%S %p")
    return int((at - datetime.datetime(1970, 1, 1)).total_seconds())


class Row:
    def __init__(self, fields):
        self.call, self.unit = fields["Call Number"], fields["Unit ID"]
        self.received, self.entry, self.sent, self.left, self.there, self.free = (
            seconds(fields[name]) for name in COLUMNS)
        lat, lon = (float(number) for number in fields["Location"].strip('"()').split(","))
        self.place = round(lat * 1e7), round(lon * 1e7)
        self.type = TYPES.get(fields["Call Type"], 7)


def closings(rows):
    """When each call is over: its last time of any kind."""
    ends = {}
    for row in rows:
        for at in (row.sent, row.left, row.there, row.free):
            if at is not None:
                ends[row.call] = max(ends.get(row.call, 0), at)
    return ends


def script(rows, ends):
    """The lines for the engine, by time; at the same second who becomes free comes first, then what
    a row says in its own order."""
    lines, seen = [], set()
    for number, row in enumerate(rows):
        if row.call not in seen:
            seen.add(row.call)
            lines.append((row.entry, 1, number, f"R {row.entry} {row.call} {row.received} "
                                                f"{row.place[0]} {row.place[1]} {row.type}"))
        for phase, (letter, at) in enumerate((("D", row.sent), ("E", row.left), ("S", row.there)), 2):
            if at is not None:
                lines.append((at, phase, number, f"{letter} {at} {row.call} {row.unit}"))
        if row.free is not None:
            same = row.free in (row.sent, row.left, row.there)
            lines.append((row.free, 5 if same else 0, number, f"C {row.free} {row.call} {row.unit}"))
    lines += [(at, 6, 0, f"X {at} {call}") for call, at in ends.items()]
    return [f"U {unit}" for unit in sorted({row.unit for row in rows})] + [line for *_, line in sorted(lines)]


def expect(rows, ends):
    """What must come out, from the columns alone."""
    orders, refused, busy_until = {}, set(), {}
    for row in sorted(rows, key=lambda row: row.sent):
        if busy_until.get(row.unit, 0) > row.sent:
            refused.add(("D", row.call, row.unit, "unit_busy"))
            continue
        free = row.free if row.free is not None else ends[row.call]
        busy_until[row.unit] = free
        there, left = row.there, row.left
        if there is not None and there > free:
            refused.add(("S", row.call, row.unit, "wrong_state"))
            there = None
        between = lambda a, b: "-" if a is None or b is None else str(b - a)
        orders[row.call, row.unit] = (between(row.received, row.entry), between(row.entry, row.sent),
                                      between(row.sent, left), between(left, there),
                                      between(row.received, there), between(row.sent, free))
    return orders, refused


def neighbours(rows):
    """How many rows begin before the same unit's row just before has ended."""
    before, count = {}, 0
    for row in sorted(rows, key=lambda row: row.sent):
        count += before.get(row.unit, 0) > row.sent
        before[row.unit] = row.free or 0
    return count


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    binary = parser.parse_args().binary
    path = pathlib.Path(os.environ.get("KUAIFAN_SHARED", "../shared")) / NAME
    if not path.exists():
        print(f"SKIPPED: there is no {path}")
        return 77
    with open(path, newline="") as file:
        rows = [Row(fields) for fields in csv.DictReader(file)]
    ends = closings(rows)
    expected, breaks = expect(rows, ends)
    with tempfile.NamedTemporaryFile("w", suffix=".rows") as file:
        file.write("\n".join(script(rows, ends)) + "\n")
        file.flush()
        output = subprocess.run([binary, file.name], check=True, stdout=subprocess.PIPE, text=True).stdout

    computed, refused, events = {}, set(), 0
    for word, *fields in (line.split() for line in output.splitlines()):
        if word == "order":
            if tuple(fields[:2]) in computed:
                sys.exit(f"call {fields[0]} has two orders of {fields[1]}")
            computed[tuple(fields[:2])] = tuple(fields[2:])
        elif word == "refused":
            refused.add(tuple(fields))
        else:
            events = int(fields[0])
    wrong = [key for key in expected.keys() | computed.keys() if expected.get(key) != computed.get(key)]
    for key in sorted(wrong)[:10]:
        print(f"WRONG call {key[0]} unit {key[1]}: computed {computed.get(key)}, the source says {expected.get(key)}")
    for what in sorted(refused ^ breaks):
        print(f"WRONG {'refused' if what in refused else 'not refused'}: {' '.join(what)}")
    names = ("call processing", "to dispatch", "turnout", "travel", "total", "busy")
    print(f"{len(rows)} rows, {len(ends)} calls, {len({row.unit for row in rows})} units, {events} events; "
          f"{len(computed)} orders computed, {len(wrong)} of them wrong")
    print("intervals compared: " + ", ".join(
        f"{name} {sum(times[i] != '-' for times in computed.values())}" for i, name in enumerate(names)))
    print("what the source breaks itself, refused and listed:")
    for kind, text in (("D", f"sent while still on an earlier call ({neighbours(rows)} on the one just before)"),
                       ("S", "on scene after it was free again")):
        found = sorted(what for what in refused if what[0] == kind)
        print(f"  {len(found)} {text}: " + ", ".join(f"{call}-{unit}" for _, call, unit, _ in found))
    unended = [f"{row.call}-{row.unit}" for row in rows if row.free is None]
    print(f"  {len(unended)} never free again, ended with their call: " + ", ".join(unended))
    return 1 if wrong or refused != breaks else 0


if __name__ == "__main__":
    sys.exit(main())
