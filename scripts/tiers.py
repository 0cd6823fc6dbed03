#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counts tests and their seconds per tier, from the XML reports of Surefire and Failsafe.

The tier is in the name of the test class: *FuzzTest, *Test and *Properties (unit), *IT (integration), *CT (cluster),
*ST (system). Seconds in which several test JVMs were at work on a tier count once: it is the time that one waits for it.
The last line is "N passed, N failed, N skipped".
"""

import argparse
import glob
import os
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field

# In this order, because *FuzzTest is also *Test.
TIERS = (
    ("fuzz", ("FuzzTest",)),
    ("unit", ("Test", "Properties")),
    ("integration", ("IT",)),
    ("cluster", ("CT",)),
    ("system", ("ST",)),
)
SHOWN = ("unit", "fuzz", "integration", "cluster", "system", "other")


@dataclass
class Count:
    """What one tier comes to."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    # Begin and end of each class.
    spans: list = field(default_factory=list)

    def seconds(self):
        """How long at least one of the classes ran."""
        total, reached = 0.0, float("-inf")
        for begin, end in sorted(self.spans):
            total += max(0.0, end - max(begin, reached))
            reached = max(reached, end)
        return total


def tier_of(class_name):
    """The tier of a test class; a nested class belongs to its outermost one."""
    outer = class_name.split("$")[0]
    return next((tier for tier, endings in TIERS if outer.endswith(endings)), "other")


def reports(root, since):
    """The report files of all modules that were written at or after a time (seconds since the epoch)."""
    for kind in ("surefire", "failsafe"):
        for path in sorted(glob.glob(os.path.join(root, "*", "target", kind + "-reports", "TEST-*.xml"))):
            if os.path.getmtime(path) >= since:
                yield path


def add(path, counts):
    """Adds one report to the counts."""
    suite = ElementTree.parse(path).getroot()
    count = counts[tier_of(suite.get("name", ""))]
    # A report is written when its class has ended, and does not say when that was.
    end = os.path.getmtime(path)
    count.spans.append((end - float(suite.get("time", "0").replace(",", "")), end))
    for case in suite.iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            count.failed += 1
        elif case.find("skipped") is not None:
            count.skipped += 1
        else:
            count.passed += 1


def main():
    parser = argparse.ArgumentParser(description="Count tests per tier.")
    parser.add_argument("--root", default=os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    parser.add_argument("--since-file", help="leave out reports that are older than this file")
    arguments = parser.parse_args()
    since = os.path.getmtime(arguments.since_file) if arguments.since_file else 0.0

    counts = {tier: Count() for tier in SHOWN}
    unreadable = False
    for path in reports(arguments.root, since):
        try:
            add(path, counts)
        except (ElementTree.ParseError, OSError) as error:
            # A test JVM that was killed leaves half a report; that must not pass for a success.
            print(f"tiers: {path}: {error}", file=sys.stderr)
            unreadable = True

    print(f"{'tier':<12}{'passed':>8}{'failed':>8}{'skipped':>8}{'seconds':>10}")
    for tier, count in counts.items():
        if tier != "other" or count != Count():
            print(f"{tier:<12}{count.passed:>8}{count.failed:>8}{count.skipped:>8}{count.seconds():>10.1f}")
    print(
        f"{sum(c.passed for c in counts.values())} passed,"
        f" {sum(c.failed for c in counts.values())} failed,"
        f" {sum(c.skipped for c in counts.values())} skipped"
    )
    return 1 if unreadable else 0


if __name__ == "__main__":
    sys.exit(main())
