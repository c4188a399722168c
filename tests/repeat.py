#!/usr/bin/env python3
"""Runs the whole suite against the reference many times in a row, each with its own seed, and counts verdicts.

usage: repeat.py [RUNS] [--busy]     default 20 runs; --busy keeps every core occupied meanwhile
Exit code 0 when every run was good; with --busy INCONCLUSIVE is good too, because the host may stall us. Not a ctest: it is
the measurement behind a claim, and takes a minute or two.
"""

import collections
import json
import multiprocessing
import os
import sys
import tempfile
import time

import binaries


def occupy():
    while True:
        sum(range(100000))


def main():
    numbers = [argument for argument in sys.argv[1:] if argument.isdigit()]
    runs, busy = int(numbers[0]) if numbers else 20, "--busy" in sys.argv
    loads = [multiprocessing.Process(target=occupy, daemon=True) for _ in range(os.cpu_count() if busy else 0)]
    for load in loads:
        load.start()
    accepted = {"PASS", "INCONCLUSIVE"} if busy else {"PASS"}
    verdicts, bad, seconds = collections.Counter(), [], []
    for seed in range(1, runs + 1):
        with tempfile.NamedTemporaryFile(suffix=".json") as report:
            began = time.monotonic()
            binaries.run("conform", "--candidate", "reference", "--seed", str(seed), "--json", report.name, timeout=300)
            seconds.append(time.monotonic() - began)
            for scenario in json.load(open(report.name, encoding="utf-8"))["scenarios"]:
                verdicts[scenario["verdict"]] += 1
                if scenario["verdict"] not in accepted:
                    bad.append(f"seed {seed}: {scenario['name']} {scenario['verdict']}: {scenario['evidence'][:1]}")
        print(f"run {seed}: {seconds[-1]:.1f} s {dict(verdicts)}", file=sys.stderr, flush=True)
    for load in loads:
        load.terminate()
    print(f"{runs} runs, {min(seconds):.1f} to {max(seconds):.1f} s each, scenarios {dict(verdicts)}")
    print("\n".join(bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
