#!/usr/bin/env python3
"""bench_vs.py RUNS POINTS OURS THEIRS: the same questions to two programs, and
their times side by side. The fastest of several counts: whatever else runs on
the machine only adds.

Inside a process: ours are the Go benchmarks of mlsysim/versus_test.go, theirs
are versus_upstream.py. From process start to exit: both programs eval one
network, in turn, RUNS times. A program that fails ends the run.
"""

import json
import os
import re
import subprocess
import sys
import time

EVAL = ["eval", "Llama3_8B", "H100", "--batch-size", "32"]
HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    if len(sys.argv) != 5 or not all(n.isdigit() and int(n) > 0 for n in sys.argv[1:3]):
        sys.exit("usage: bench_vs.py RUNS POINTS OURS THEIRS, with RUNS and POINTS of at least 1")
    runs, points, ours, theirs = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]

    go, python = benchmarks(points), upstream(theirs, points)
    go["eval"], python["eval"] = starts(runs, [ours, theirs])
    table([
        ("one pass of Llama-3.1-8B on an H100, batch 32", "single-node"),
        ("32 requests to it, prefill and decode", "serving"),
        ("a training step of Llama-3.1-70B on 256 H100", "training-step"),
        ("the best split of 128 H100 for it", "parallelism"),
        (f"sweep of {points:,} batches, one pass each", "sweep"),
        (f"sweep of {points:,} batches of requests", "serving-sweep"),
        ("sweep of 1,000,000 batches of requests", "million"),
        (f"mlsysim {' '.join(EVAL)}", "eval"),
    ], go, python)
    print(f"the fastest of several, on one core; eval from process start to exit, {runs} runs in turn; – is not asked")
    print("the best split is out of 11 candidates there; here out of those with other microbatches, interleaving, ZeRO and recomputation, too")


def output(command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode != 0 or not done.stdout.strip():
        sys.exit(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr or done.stdout}")
    return done.stdout


def benchmarks(points):
    """Seconds per question of the Go benchmarks."""
    command = ["go", "test", "-run", "^$", "-bench", "^BenchmarkVersus$", "-benchtime", "0.2s", "-count", "5", "./mlsysim"]
    text = output(command, cwd=os.path.dirname(HERE), env={**os.environ, "POINTS": str(points)})
    found = {}
    for name, ns in re.findall(r"^BenchmarkVersus/(\S+?)(?:-\d+)?\s+\d+\s+([\d.]+) ns/op", text, re.M):
        found.setdefault(name, []).append(float(ns) * 1e-9)
    return {name: min(times) for name, times in found.items()}


def upstream(program, points):
    python = os.path.join(os.path.dirname(os.path.abspath(program)), "python")
    return json.loads(output([python, os.path.join(HERE, "versus_upstream.py"), str(points)]))


def starts(runs, programs):
    times = {program: [] for program in programs}
    for run in range(runs + 1):  # the first brings files into the page cache
        for program in programs:
            start = time.perf_counter()
            output([program, *EVAL])
            times[program] += [time.perf_counter() - start] if run else []
    return [min(times[program]) for program in programs]


def clock(seconds):
    for unit, size in (("s", 1), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def table(questions, ours, theirs):
    rows = [("", "mlsysim for Go", "mlsysim (Python) 0.3.0", "ratio")]
    for text, name in questions:
        a, b = ours.get(name), theirs.get(name)
        rows.append((text, clock(a) if a else "–", clock(b) if b else "–", f"{b / a:,.0f} : 1" if a and b else "–"))
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    for row in rows:
        print("  ".join([row[0].ljust(widths[0])] + [row[i].rjust(widths[i]) for i in (1, 2, 3)]))


if __name__ == "__main__":
    main()
