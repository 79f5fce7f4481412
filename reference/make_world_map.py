"""Outlines of countries for the world map, from Natural Earth by way of the npm package world-atlas.

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python reference/make_world_map.py package/countries-110m.json package/countries-50m.json \
        crates/monazite/src/nomenclature/m49.csv crates/monazite/src/report/figures/world/outlines.txt

One line a ring: iso3, then the first point and the steps to the next ones in tenths of a degree, longitude and latitude. Countries
that are too small for the 1:110m outlines have a line `iso3 . longitude latitude` with the middle of their largest ring at 1:50m.
Antarctica is left out.
"""
import csv, json, sys

small, large, m49, out = sys.argv[1:]
by_numeric = {int(r["numeric"]): r["iso3"] for r in csv.DictReader(open(m49, encoding="utf8"))}
by_numeric[158] = "TWN"
# Areas without an ISO number. Trade data count the first two with the state they are part of on the lists of the United Nations.
by_name = {"N. Cyprus": "CYP", "Somaliland": "SOM", "Kosovo": "XKX"}


def countries(path):
    world = json.load(open(path))
    (sx, sy), (tx, ty) = world["transform"]["scale"], world["transform"]["translate"]
    arcs = []
    for arc in world["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * sx + tx, y * sy + ty))
        arcs.append(points)

    def ring(indices):
        points = []
        for i in indices:
            part = arcs[i] if i >= 0 else arcs[~i][::-1]
            points += part if not points else part[1:]
        return points

    for g in world["objects"]["countries"]["geometries"]:
        iso3 = by_numeric.get(int(g["id"])) if g.get("id") else by_name.get(g["properties"]["name"])
        if iso3 is None or iso3 == "ATA":
            continue
        polygons = g["arcs"] if g["type"] == "MultiPolygon" else [g["arcs"]]
        yield iso3, [ring(r) for polygon in polygons for r in polygon]


def clipped(points, keep, edge):
    """The part of a ring on one side of a meridian (Sutherland and Hodgman)."""
    out = []
    for a, b in zip(points, points[1:] + points[:1]):
        if keep(a[0]) != keep(b[0]):
            t = (edge - a[0]) / (b[0] - a[0])
            out.append((edge, a[1] + t * (b[1] - a[1])))
        if keep(b[0]):
            out.append(b)
    return out


def cut(points):
    """A ring that goes over the 180th meridian, in two pieces; others as they are."""
    unwrapped, shift = [points[0]], 0
    for a, b in zip(points, points[1:]):
        shift += 360 if a[0] - b[0] > 180 else -360 if b[0] - a[0] > 180 else 0
        unwrapped.append((b[0] + shift, b[1]))
    low, high = min(p[0] for p in unwrapped), max(p[0] for p in unwrapped)
    if high > 180.05:
        east, west = clipped(unwrapped, lambda x: x <= 180, 180), clipped(unwrapped, lambda x: x >= 180, 180)
        return [east, [(x - 360, y) for x, y in west]]
    if low < -180.05:
        east, west = clipped(unwrapped, lambda x: x <= -180, -180), clipped(unwrapped, lambda x: x >= -180, -180)
        return [[(x + 360, y) for x, y in east], west]
    return [points]


def area(points):
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, points[1:] + points[:1]))) / 2


lines, drawn = [], set()
for iso3, rings in countries(small):
    for points in (piece for ring in rings for piece in cut(ring)):
        tenths = []
        for x, y in points:
            p = (round(x * 10), round(y * 10))
            if not tenths or p != tenths[-1]:
                tenths.append(p)
        if tenths[0] == tenths[-1]:
            tenths.pop()
        if len(tenths) < 3:
            continue
        steps = [tenths[0]] + [(b[0] - a[0], b[1] - a[1]) for a, b in zip(tenths, tenths[1:])]
        lines.append(f"{iso3} " + " ".join(f"{x} {y}" for x, y in steps))
        drawn.add(iso3)
for iso3, rings in countries(large):
    if iso3 not in drawn:
        ring = max(rings, key=area)
        x = (min(p[0] for p in ring) + max(p[0] for p in ring)) / 2
        y = (min(p[1] for p in ring) + max(p[1] for p in ring)) / 2
        lines.append(f"{iso3} . {x:.1f} {y:.1f}")
        drawn.add(iso3)
lines.sort()
open(out, "w", newline="\n").write("\n".join(lines) + "\n")
print(len(drawn), "countries and territories,", len(lines), "lines")
