#!/usr/bin/env python3
"""bench_kernel.py RUNS MLSYSIM [SITE_PACKAGES]: our kernel beside ipykernel, in one
run: time until a kernel answers, its first cell with the library, trivial cells,
a moved slider, and the memory of all its processes after the notebook T0.

SITE_PACKAGES is where mlsysim (Python) is installed; without it ipykernel runs
alone and has no library cell. Run it with a Python that has jupyter_client and
ipykernel.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

from jupyter_client.manager import KernelManager

ROOT = pathlib.Path(__file__).resolve().parent.parent
TRIVIAL = 50


def execute(client, code):
    """The time from sending a cell to its reply and its idle state."""
    start = time.perf_counter()
    sent = client.execute(code)
    while True:
        reply = client.get_shell_msg(timeout=120)
        if reply["parent_header"].get("msg_id") == sent:
            break
    if reply["content"]["status"] != "ok":
        sys.exit(f"{code}\n{reply['content']}")
    while True:
        news = client.get_iopub_msg(timeout=120)
        if news["parent_header"].get("msg_id") == sent and news["content"].get("execution_state") == "idle":
            return time.perf_counter() - start


SLIDER = """Interact(func(v Values) any {
	return SingleNode{Model: Llama3_8B, Hardware: H100, Batch: v.Int("batch")}.Run()
}, Slider("batch", 1, 512, 32))"""


def slide(client, steps=30):
    """The time from a moved slider to the new numbers, for each step."""
    client.execute(SLIDER)
    models = {}
    while "HTMLModel" not in models or "VBoxModel" not in models:
        news = client.get_iopub_msg(timeout=60)
        if news["msg_type"] == "comm_open":
            models[news["content"]["data"]["state"]["_model_name"]] = news["content"]["comm_id"]
    client.get_shell_msg(timeout=60)
    took = []
    for step in range(steps):
        start = time.perf_counter()
        data = {"method": "update", "state": {"value": 10 + step}, "buffer_paths": []}
        client.shell_channel.send(client.session.msg("comm_msg", {"comm_id": models["IntSliderModel"], "data": data}))
        while True:
            news = client.get_iopub_msg(timeout=60)
            if news["msg_type"] == "comm_msg" and news["content"]["comm_id"] == models["HTMLModel"]:
                break
        took.append(time.perf_counter() - start)
    return took


def tree(pid):
    """The process and all below it."""
    below = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True).stdout.split()
    return [pid] + [p for child in below for p in tree(int(child))]


def memory(pid):
    """MB of all processes: resident (RSS), and with what they share counted once
    (PSS). The second is what the machine has less of: a kernel is two processes
    of one program, whose text RSS counts twice."""
    rss = pss = 0.0
    for p in tree(pid):
        for line in pathlib.Path(f"/proc/{p}/smaps_rollup").read_text().splitlines():
            kind, _, rest = line.partition(":")
            if kind in ("Rss", "Pss"):
                size = float(rest.split()[0]) * 1024 / 1e6
                rss, pss = (rss + size, pss) if kind == "Rss" else (rss, pss + size)
    return rss, pss


def once(spec, first, trivial, cells, env):
    start = time.perf_counter()
    manager = KernelManager(kernel_name=spec)
    manager.start_kernel(env=env, stderr=subprocess.DEVNULL)
    client = manager.client()
    client.start_channels()
    try:
        client.kernel_info()
        client.get_shell_msg(timeout=60)
        took = {"ready": time.perf_counter() - start}
        client.wait_for_ready(timeout=60)  # until its outputs are heard
        if first:
            took["first"] = execute(client, first)
        took["trivial"] = [execute(client, trivial) for _ in range(TRIVIAL)]
        for cell in cells:
            execute(client, cell)
        took["rss"], took["pss"] = memory(manager.provisioner.process.pid)
        if cells:
            took["slider"] = statistics.median(slide(client))
        return took
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def notebook():
    cells = json.loads((ROOT / "notebooks/T0_hello_world.ipynb").read_text())["cells"]
    return ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]


def main():
    if len(sys.argv) not in (3, 4) or not sys.argv[1].isdigit() or int(sys.argv[1]) < 1:
        sys.exit("usage: bench_kernel.py RUNS MLSYSIM [SITE_PACKAGES], with RUNS of at least 1")
    runs, binary = int(sys.argv[1]), sys.argv[2]
    theirs = sys.argv[3] if len(sys.argv) == 4 else ""

    with tempfile.TemporaryDirectory() as place:
        for part in ("DATA", "RUNTIME", "CONFIG"):
            os.environ[f"JUPYTER_{part}_DIR"] = f"{place}/{part}"
        os.environ["JUPYTER_PATH"] = place
        subprocess.run([binary, "kernel", "install", "--dir", f"{place}/kernels"], check=True, capture_output=True)
        subprocess.run([sys.executable, "-m", "ipykernel", "install", "--prefix", place, "--name", "beside"], check=True, capture_output=True)
        os.environ["JUPYTER_PATH"] += f"{os.pathsep}{place}/share/jupyter"
        python = dict(os.environ, PYTHONPATH=theirs)
        kernels = [
            ("MLSysim (Go)", "mlsysim", "Evaluate(Llama3_8B, H100)", "1 + 1", notebook(), dict(os.environ)),
            ("ipykernel", "beside", "", "1 + 1", [], dict(os.environ)),
        ]
        if theirs:
            kernels.append(("ipykernel + mlsysim (Python)", "beside", "import mlsysim", "1 + 1", [], python))
        results = {name: [] for name, *_ in kernels}
        for run in range(runs + 1):
            for name, *how in kernels:
                result = once(*how)
                if run > 0:  # the first one files the programs into the page cache
                    results[name].append(result)

    report(results, runs)


def report(results, runs):
    def middle(list_, key, scale=1e3, digits=0):
        values = [r[key] for r in list_ if key in r]
        return f"{statistics.median(values) * scale:.{digits}f}" if values else "-"

    print(f"{runs} runs each, in turn; medians. Memory of all processes after T0, or after the import.")
    print(f"{'':30}{'ready ms':>10}{'first cell ms':>15}{'trivial ms':>12}{'slowest ms':>12}{'slider ms':>11}{'PSS MB':>8}{'RSS MB':>8}")
    for name, list_ in results.items():
        cells = [t for r in list_ for t in r["trivial"]]
        print(
            f"{name:30}{middle(list_, 'ready'):>10}{middle(list_, 'first', digits=1):>15}"
            f"{statistics.median(cells) * 1e3:>12.1f}{max(cells) * 1e3:>12.1f}{middle(list_, 'slider', digits=1):>11}"
            f"{middle(list_, 'pss', 1):>8}{middle(list_, 'rss', 1):>8}"
        )
    print(f"{'wanted of ours, at most':30}{250:>10}{20:>15}{5:>12}{'':>12}{25:>11}{60:>8}")


if __name__ == "__main__":
    main()
