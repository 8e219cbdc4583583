#!/usr/bin/env python3
"""dimacs_geojson.py TIMES.gr.gz COORDINATES.co.gz OUT.geojson: a road network of the 9th DIMACS
challenge as GeoJSON that `kuaifan import` reads, for bench_nearest on a city larger than Porto.

The travel times of these files have no unit. They become speeds: the median road is driven at
MEDIAN_KMH, and each road keeps its share of that, rounded to a whole km/h."""
import gzip
import json
import math
import statistics
import sys

MEDIAN_KMH = 40.0


def read_points(path):
    points = {}
    with gzip.open(path, "rt") as lines:
        for line in lines:
            if line.startswith("v "):
                _, node, lon, lat = line.split()
                points[int(node)] = (int(lon) / 1e6, int(lat) / 1e6)
    return points


def read_roads(path):
    """Each pair of nodes once, with its least time."""
    roads = {}
    with gzip.open(path, "rt") as lines:
        for line in lines:
            if line.startswith("a "):
                _, tail, head, time = line.split()
                ends = (min(int(tail), int(head)), max(int(tail), int(head)))
                roads[ends] = min(int(time), roads.get(ends, int(time)))
    return roads


def metres(a, b):
    y = (b[1] - a[1]) * 111195.0
    x = (b[0] - a[0]) * 111195.0 * math.cos(math.radians((a[1] + b[1]) / 2))
    return math.hypot(x, y)


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    points = read_points(sys.argv[2])
    roads = read_roads(sys.argv[1])
    speeds = {
        ends: metres(points[ends[0]], points[ends[1]]) / max(time, 1)
        for ends, time in roads.items()
        if ends[0] != ends[1]
    }
    median = statistics.median(speeds.values())
    with open(sys.argv[3], "w", encoding="utf-8") as out:
        out.write('{"type":"FeatureCollection","features":[\n')
        for index, (ends, speed) in enumerate(sorted(speeds.items())):
            kmh = min(130, max(5, round(MEDIAN_KMH * speed / median)))
            feature = {
                "type": "Feature",
                "properties": {"highway": "residential", "maxspeed": str(kmh)},
                "geometry": {"type": "LineString", "coordinates": [points[node] for node in ends]},
            }
            out.write(("" if index == 0 else ",\n") + json.dumps(feature, separators=(",", ":")))
        out.write("\n]}\n")
    print(f"{len(points)} nodes, {len(speeds)} roads")


if __name__ == "__main__":
    main()
