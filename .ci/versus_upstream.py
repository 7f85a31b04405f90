#!/usr/bin/env python3
"""versus_upstream.py POINTS: mlsysim (Python) answers the questions of
mlsysim/versus_test.go in this process; prints one JSON object, name to seconds.

Each question is asked once to warm up and then for a second, at least three
times; the fastest counts.
"""

import json
import sys
import time

import mlsysim
from mlsysim.solvers import DistributedModel, ParallelismOptimizer, ServingModel

SMALL, LARGE = mlsysim.Models.Language.Llama3_8B, mlsysim.Models.Language.Llama3_70B
H100 = mlsysim.Hardware.Cloud.H100
CLUSTER = mlsysim.Systems.Clusters.Research_256
# The cluster of the reference vector ParallelismOptimizer-001.
SIXTEEN = CLUSTER.model_copy(update={"count": 16, "fabric": mlsysim.Systems.Fabrics.InfiniBand_NDR})


def questions(points):
    serving, training, layouts = ServingModel(), DistributedModel(), ParallelismOptimizer()
    batches = list(range(1, points + 1))
    return {
        "single-node": lambda: mlsysim.Engine.solve(SMALL, H100, batch_size=32),
        "serving": lambda: serving.solve(SMALL, H100, seq_len=2048, batch_size=32),
        "training-step": lambda: training.solve(LARGE, CLUSTER, batch_size=1024, tp_size=8, pp_size=4, microbatch_count=16),
        "parallelism": lambda: layouts.solve(LARGE, SIXTEEN, batch_size=1024),
        "sweep": lambda: mlsysim.Engine.sweep(SMALL, [H100], batch_sizes=batches),
        "serving-sweep": lambda: [serving.solve(SMALL, H100, seq_len=2048, batch_size=b) for b in batches],
    }


def fastest(ask):
    ask()
    times, end = [], time.perf_counter() + 1
    while len(times) < 3 or time.perf_counter() < end:
        start = time.perf_counter()
        ask()
        times.append(time.perf_counter() - start)
    return min(times)


if __name__ == "__main__":
    print(json.dumps({name: fastest(ask) for name, ask in questions(int(sys.argv[1])).items()}))
