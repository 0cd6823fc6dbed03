# SPDX-License-Identifier: Apache-2.0
"""Sizes and tables as text."""
import argparse
import re

_UNITS = {"": 1, "B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}


def parse_size(text):
    """'100KiB' -> 102400. For argparse: raises its error type."""
    match = re.fullmatch(r"(\d+)\s*(B|KiB|MiB|GiB|)", text.strip())
    if not match:
        raise argparse.ArgumentTypeError(f"not a size: {text!r} (like 512, 1KiB, 10MiB, 10GiB)")
    return int(match[1]) * _UNITS[match[2]]


def parse_sizes(text):
    """A comma-separated list of sizes."""
    return [parse_size(part) for part in text.split(",")]


def size(count):
    """102400 -> '100 KiB'; one decimal where it is not whole."""
    for unit in ("GiB", "MiB", "KiB"):
        if abs(count) >= _UNITS[unit]:
            value = count / _UNITS[unit]
            return f"{value:.0f} {unit}" if value == int(value) else f"{value:.1f} {unit}"
    return f"{count:.0f} B"


def mib(count):
    """Bytes as MiB with one decimal, for memory figures that stand below one another."""
    return f"{count / (1 << 20):.1f} MiB"


def table(head, rows):
    """A Markdown table whose columns also line up as plain text; the first column to the left, figures to the right."""
    cells = [list(head)] + [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]

    def line(row):
        padded = [cell.ljust(width) if column == 0 else cell.rjust(width)
                  for column, (cell, width) in enumerate(zip(row, widths))]
        return "| " + " | ".join(padded) + " |"

    rule = "|" + "|".join("-" * (width + 2) if column == 0 else "-" * (width + 1) + ":"
                          for column, width in enumerate(widths)) + "|"
    return "\n".join([line(cells[0]), rule] + [line(row) for row in cells[1:]])


def percentiles(times):
    """The median, the 99th percentile and the longest."""
    times = sorted(times)
    return [times[len(times) // 2], times[min(len(times) - 1, len(times) * 99 // 100)], times[-1]]
