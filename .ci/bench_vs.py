#!/usr/bin/env python3
"""bench_vs.py RUNS OURS THEIRS: one question to two programs, timed from process
start to exit, in turn, and their medians side by side.

Both get `eval Llama3_8B H100 --batch-size 32`; a program that fails ends the run.
"""

import statistics
import subprocess
import sys
import time

QUESTION = ["eval", "Llama3_8B", "H100", "--batch-size", "32"]


def once(program):
    start = time.perf_counter()
    done = subprocess.run([program, *QUESTION], capture_output=True, text=True)
    took = time.perf_counter() - start
    if done.returncode != 0 or not done.stdout.strip():
        sys.exit(f"{program} {' '.join(QUESTION)}: exit code {done.returncode}\n{done.stderr or done.stdout}")
    return took


def line(name, times):
    middle = statistics.median(times)
    print(f"{name:28} median {middle * 1e3:8.1f} ms   fastest {min(times) * 1e3:8.1f} ms   slowest {max(times) * 1e3:8.1f} ms")
    return middle


def main():
    if len(sys.argv) != 4 or not sys.argv[1].isdigit() or int(sys.argv[1]) < 1:
        sys.exit("usage: bench_vs.py RUNS OURS THEIRS, with RUNS of at least 1")
    runs, programs = int(sys.argv[1]), sys.argv[2:]

    for program in programs:
        once(program)  # files into the page cache
    times = {program: [] for program in programs}
    for _ in range(runs):
        for program in programs:
            times[program].append(once(program))

    print(f"mlsysim {' '.join(QUESTION)}: {runs} runs each, in turn")
    ours = line("mlsysim for Go", times[programs[0]])
    theirs = line("mlsysim (Python) 0.3.0", times[programs[1]])
    print(f"ratio of medians             {theirs / ours:.0f} : 1")


if __name__ == "__main__":
    main()
