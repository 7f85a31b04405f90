"""nbgrader_course.py MLGRADE NBGRADER-VENV: nbgrader's own example course in both.

`nbgrader quickstart` makes the course of nbgrader's documentation. Its assignment
is released, validated and graded with nbgrader and with mlgrade. Fails if the
released checksums, the verdict of validation or the marks differ.
"""

import copy
import json
import os
import pathlib
import subprocess
import sys
import tempfile

MLGRADE, VENV = (str(pathlib.Path(p).resolve()) for p in sys.argv[1:3])
NBGRADER = os.path.join(VENV, "bin", "nbgrader")
SQUARES = "def squares(n):\n    if n < 1:\n        raise ValueError\n    return [i ** 2 for i in range(1, n + 1)]"
SUM = "def sum_of_squares(n):\n    return sum(squares(n))"
RIGHT = {
    "squares": SQUARES,
    "sum_of_squares": SUM,
    "sum_of_squares_equation": "$\\sum_{i=1}^n i^2$",
    "sum_of_squares_application": "def pyramidal_number(n):\n    return sum_of_squares(n)",
}
# What each student writes; what is not named stays as it was released.
STUDENTS = {
    "right": RIGHT,
    "stub": {},
    "no_error": {**RIGHT, "squares": "def squares(n):\n    return [i ** 2 for i in range(1, n + 1)]"},
    "own_sum": {**RIGHT, "sum_of_squares": "def sum_of_squares(n):\n    return n * (n + 1) * (2 * n + 1) // 6"},
    "from_zero": {**RIGHT, "squares": SQUARES.replace("range(1, n + 1)", "range(n)")},
    "syntax": {**RIGHT, "squares": "def squares(n:"},
}
MARKS = """import json
from nbgrader.api import Gradebook
with Gradebook("sqlite:///gradebook.db") as book:
    print(json.dumps({s.student.id: {n.name: {g.cell.name: g.auto_score for g in n.grades} for n in s.notebooks} for s in book.assignment_submissions("ps1")}))"""


def run(*args, ok=(0,), **kw):
    env = {**os.environ, "PATH": os.path.join(VENV, "bin") + os.pathsep + os.environ["PATH"]}
    done = subprocess.run(args, capture_output=True, text=True, env=env, **kw)
    if done.returncode not in ok:
        sys.exit(f"{' '.join(args)}\n{done.stdout}{done.stderr}")
    return done


def marked(cells, key):
    return {m["grade_id"]: m.get(key) for m in (c["metadata"].get("nbgrader") for c in cells) if m}


def release(home):
    run(NBGRADER, "generate_assignment", "ps1", "--create", cwd=home)
    out = {}
    for path in sorted((home / "source/ps1").glob("*.ipynb")):
        theirs = json.loads((home / "release/ps1" / path.name).read_text())
        ours = json.loads(run(MLGRADE, "release", str(path)).stdout)
        if marked(theirs["cells"], "checksum") != marked(ours["cells"], "checksum"):
            sys.exit(f"{path.name}: the released notebooks differ")
        out[path.name] = theirs
    return out


def submit(released, home):
    for student, answers in STUDENTS.items():
        folder = home / "submitted" / student / "ps1"
        folder.mkdir(parents=True)
        for name, nb in released.items():
            nb = copy.deepcopy(nb)
            for cell in nb["cells"]:
                answer = answers.get(cell["metadata"].get("nbgrader", {}).get("grade_id"))
                if answer:
                    cell["source"] = answer
            (folder / name).write_text(json.dumps(nb))


def validate(home, student):
    path = str(home / "submitted" / student / "ps1/problem1.ipynb")
    theirs = "Success! Your notebook passes all the tests." in run(NBGRADER, "validate", path, ok=(0, 1)).stdout
    ours = run(MLGRADE, "validate", path, ok=(0, 3)).returncode == 0
    return theirs, ours


def main():
    with tempfile.TemporaryDirectory() as name:
        run(NBGRADER, "quickstart", "course", cwd=name)
        home = pathlib.Path(name) / "course"
        released = release(home)
        submit(released, home)
        for student in ("right", "stub"):
            theirs, ours = validate(home, student)
            if theirs != ours:
                sys.exit(f"validation of {student}: nbgrader says {theirs}, mlgrade {ours}")
        run(NBGRADER, "autograde", "ps1", "--create", cwd=home)
        marks = json.loads(run(os.path.join(VENV, "bin", "python"), "-c", MARKS, cwd=home).stdout)
        cells = differ = 0
        for name in released:
            problem = name.removesuffix(".ipynb")
            (home / problem).mkdir()
            for student in STUDENTS:
                (home / problem / f"{student}.ipynb").write_text((home / "submitted" / student / "ps1" / name).read_text())
            out = json.loads(run(MLGRADE, "grade", problem, "--source", f"source/ps1/{name}", "-o", "json", cwd=home).stdout)
            for s in out["submissions"]:
                for q in s["questions"]:
                    theirs = marks[s["student"]][problem].get(q["id"])
                    ours = q["points"] if q["outcome"] in ("graded", "failed") else None
                    cells += 1
                    if theirs != ours and not (ours is None and not theirs):
                        differ += 1
                        print(f"{problem} {s['student']} {q['id']}: nbgrader {theirs}, mlgrade {ours} ({q.get('why', '')})")
        print(f"nbgrader's example course: released alike, validated alike, {cells} cells of {len(STUDENTS)} students graded by both, {differ} marks differ")
        sys.exit(differ > 0)


main()
