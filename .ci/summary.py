#!/usr/bin/env python3
"""Reads `go test -json` and prints it for people.

A line per package as it ends, the output of what failed, the name and reason of
what was skipped, and as the last line `N passed, N failed, N skipped`. A package
that fails without a failing test (it does not build, panics or runs out of time)
counts as one failure. Exits 1 if anything failed or nothing ran.
"""

import json
import re
import sys

PREFIX = "github.com/mlsysim/golab/"
NOISE = re.compile(r"^(=== (RUN|PAUSE|CONT|NAME)|--- SKIP|\s*--- (PASS|SKIP))")


class Summary:
    def __init__(self):
        self.output = {}  # (package, test) -> lines
        self.build = {}  # import path -> compiler output
        self.failed_in = {}  # package -> failed tests
        self.passed_in = {}
        self.failures = []
        self.skips = []
        self.passed = 0

    def read(self, line):
        try:
            event = json.loads(line)
            action = event["Action"]
        except (ValueError, KeyError, TypeError):
            print(line, end="")  # go itself speaks: a broken pattern, a missing module
            return

        package, test = event.get("Package", ""), event.get("Test", "")
        if action == "build-output":
            self.build.setdefault(event["ImportPath"], []).append(event["Output"])
        elif action == "output":
            self.output.setdefault((package, test), []).append(event["Output"])
        elif test:
            self.end_test(action, package, test)
        elif action in ("pass", "fail", "skip"):
            self.end_package(action, package, event)

    def end_test(self, action, package, test):
        if action == "pass":
            self.passed += 1
            self.passed_in[package] = self.passed_in.get(package, 0) + 1
            self.output.pop((package, test), None)
        elif action == "skip":
            self.skips.append((f"{short(package)} {test}", self.reason(package, test)))
        elif action == "fail":
            self.failed_in[package] = self.failed_in.get(package, 0) + 1
            self.failures.append((f"{short(package)} {test}", self.take(package, test)))

    def end_package(self, action, package, event):
        if action == "fail" and not self.failed_in.get(package):
            lines = self.build.get(event.get("FailedBuild", ""), [])
            for key in [k for k in self.output if k[0] == package]:
                lines = lines + self.take(*key)  # a panic ends up with the test that was running
            self.failures.append((short(package), lines))
        if action == "skip":
            return  # no test files
        count = self.passed_in.get(package, 0)
        cached = any("(cached)" in o for o in self.output.get((package, ""), []))
        time = "cached" if cached else f"{event.get('Elapsed', 0):.1f} s"
        print(f"{'ok  ' if action == 'pass' else 'FAIL'} {short(package)}  {count} passed, {time}", flush=True)

    def take(self, package, test):
        lines = self.output.pop((package, test), [])
        return [o for o in lines if not NOISE.match(o)]

    def reason(self, package, test):
        text = " ".join(o.strip() for o in self.take(package, test))
        return re.sub(r"^\S+\.go:\d+: ", "", text) or "no reason given"

    def close(self):
        for name, lines in self.failures:
            print(f"\nFAILED {name}")
            print("".join("    " + o for o in lines).rstrip())
        if self.skips:
            print("\nskipped:")
        for name, why in self.skips:
            print(f"    {name}: {why}")

        failed = len(self.failures)
        print(f"\n{self.passed} passed, {failed} failed, {len(self.skips)} skipped", flush=True)
        return 1 if failed or not self.passed else 0


def short(package):
    return package.removeprefix(PREFIX)


def main():
    summary = Summary()
    for line in sys.stdin:
        summary.read(line)
    sys.exit(summary.close())


if __name__ == "__main__":
    main()
