"""bench_nbgrader.py MLGRADE NBGRADER-VENV [RATES]: the same Python course through both.

Releases autograder/assignment/testdata/roofline.ipynb with nbgrader and with
mlgrade, grades the same submissions with both, and prints marks, seconds and the
ratio. RATES has a line "TIER SECONDS" for each tier that graded a class in the lab
language, which is put beside nbgrader's seconds too. Fails if the released checksums differ, or the marks do where nbgrader is
known to be right.
"""

import copy
import csv
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

MLGRADE, VENV = (str(pathlib.Path(p).resolve()) for p in sys.argv[1:3])
SOURCE = pathlib.Path(__file__).resolve().parent.parent / "autograder/assignment/testdata/roofline.ipynb"
RIGHT = {
    "q1": "def attainable(flops, peak, bytes, bandwidth):\n    return max(flops / peak, bytes / bandwidth)",
    "q2": "def kv_bytes(layers, heads, width, tokens, bytes_each=2):\n    return 2 * layers * heads * width * tokens * bytes_each",
    "q3": "class Cache:\n    def __init__(self):\n        self.bytes = 0\n    def add(self, tokens):\n        self.bytes += 4 * tokens\n        return self",
    "q4": "Bandwidth.",
}
# What each student changes, and whether nbgrader's mark is the right one.
STUDENTS = {
    "right": ({}, True),
    "wrong": ({"q1": "def attainable(f, p, b, w):\n    return b / w"}, True),
    "stub": ({"q1": None, "q2": None, "q3": None, "q4": None}, True),
    "partial": ({"q2": RIGHT["q2"].replace("* bytes_each", "* 2")}, True),
    "syntax": ({"q1": "def attainable(:"}, True),
    "stderr": ({"q1": "import sys\n" + RIGHT["q1"].replace("    return", "    print('x', file=sys.stderr)\n    return")}, False),
}


def run(*args, **kw):
    env = {**os.environ, "PATH": os.path.join(VENV, "bin") + os.pathsep + os.environ["PATH"]}  # nbgrader starts alembic
    began = time.monotonic()
    done = subprocess.run(args, capture_output=True, text=True, env=env, **kw)
    if done.returncode:
        sys.exit(f"{' '.join(args)}\n{done.stdout}{done.stderr}")
    return time.monotonic() - began, done.stdout


def ids(cells, key):
    return {m["grade_id"]: m[key] for m in (c["metadata"].get("nbgrader") for c in cells) if m}


def submit(release, home):
    for student, (change, _) in STUDENTS.items():
        nb = copy.deepcopy(release)
        for cell in nb["cells"]:
            answer = {**RIGHT, **change}.get(cell["metadata"].get("nbgrader", {}).get("grade_id"))
            if answer:
                cell["source"] = answer
        folder = home / "submitted" / student / "ps1"
        folder.mkdir(parents=True)
        (folder / "roofline.ipynb").write_text(json.dumps(nb))


def main():
    nbgrader = os.path.join(VENV, "bin", "nbgrader")
    with tempfile.TemporaryDirectory() as name:
        home = pathlib.Path(name)
        (home / "source/ps1").mkdir(parents=True)
        (home / "source/ps1/roofline.ipynb").write_text(SOURCE.read_text())
        run(nbgrader, "generate_assignment", "ps1", "--create", cwd=home)
        release = json.loads((home / "release/ps1/roofline.ipynb").read_text())
        ours = json.loads(run(MLGRADE, "release", str(SOURCE))[1])
        if ids(release["cells"], "checksum") != ids(ours["cells"], "checksum"):
            sys.exit("the released notebooks differ")
        submit(release, home)

        theirs, _ = run(nbgrader, "autograde", "ps1", "--create", cwd=home)
        run(nbgrader, "export", cwd=home)
        marks = {r["student_id"]: float(r["score"]) for r in csv.DictReader((home / "grades.csv").open())}
        mine, out = run(MLGRADE, "grade", "submitted", "--source", "source/ps1/roofline.ipynb", "-o", "json", cwd=home)

        print(f"{'student':10} {'nbgrader':>8} {'mlgrade':>8}")
        for s in json.loads(out)["submissions"]:
            student, points = s["student"], s["points"]
            note = "" if STUDENTS[student][1] else "  nbgrader is wrong: a line on stderr"
            print(f"{student:10} {marks[student]:8g} {points:8g}{note}")
            if STUDENTS[student][1] and marks[student] != points:
                sys.exit("the marks differ")
        n = len(STUDENTS)
        print(f"seconds per submission, one batch of {n}: nbgrader {theirs / n:.2f}, mlgrade {mine / n:.2f} (with the solution's own run): {theirs / mine:.1f} times")
        for line in open(sys.argv[3]) if len(sys.argv) > 3 else ():
            tier, each = line.split()
            print(f"a notebook of L03 in the lab language, {tier}: {float(each):.3f} s, nbgrader on its Python notebook {theirs / n:.2f} s: {theirs / n / float(each):.0f} times")


main()
