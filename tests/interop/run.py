#!/usr/bin/env python3
"""Runs the suites of real clients, one after the other, and says for each how it went.

Usage: run.py [--allow-missing] [SUITE...]
Exit codes: 0 everything ran and passed; 1 a test failed, or a client could not be had (unless --allow-missing); 2 usage.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time

import clients

HERE = os.path.dirname(os.path.abspath(__file__))
SUITE_SECONDS_MAX = 1200
PYTHON = "/usr/bin/python3"

# name: (script, where its client comes from)
SUITES = {
    "kubectl-debian": ("kubectl_test.py", clients.kubectl_debian),
    "kubectl-current": ("kubectl_test.py", clients.kubectl_current),
    "python-debian": ("python_test.py", clients.python_debian),
    "python-current": ("python_test.py", clients.python_current),
    "javascript": ("javascript_test.py", clients.javascript_client),
    "traffic": (os.path.join(os.pardir, "kubectl_traffic_test.py"), clients.kubectl_installed),
    "go": ("go_test.py", clients.go_client),
}


def run_suite(script, client):
    """(passed, what to say in the summary)"""
    interpreter = client.program if script == "python_test.py" else PYTHON
    began = time.monotonic()
    with tempfile.TemporaryFile("w+") as log:
        try:
            code = subprocess.run([interpreter, os.path.join(HERE, script), "-v"], stdout=log, stderr=subprocess.STDOUT,
                                  timeout=SUITE_SECONDS_MAX, check=False,
                                  env={**os.environ, "INTEROP_CLIENT": client.program, "PYTHONDONTWRITEBYTECODE": "1"}).returncode
        except subprocess.TimeoutExpired:
            code = f"nothing after {SUITE_SECONDS_MAX} s"
        log.seek(0)
        text = log.read()
    ran = re.search(r"^Ran (\d+) tests?", text, re.MULTILINE)
    counts = {word: int(count) for word, count in re.findall(r"(failures|errors|skipped)=(\d+)", text.rsplit("\n\n", 1)[-1])}
    failed, skipped = counts.get("failures", 0) + counts.get("errors", 0), counts.get("skipped", 0)
    passed = code == 0 and ran is not None and int(ran.group(1)) > skipped
    if not passed:
        print(text, file=sys.stderr)
    if ran is None:
        return False, f"FAILED  ended with {code} before its end"
    said = f"{int(ran.group(1)) - failed - skipped} passed, {failed} failed"
    if skipped:
        said += f", {skipped} that this version cannot do"
    return passed, f"{'passed' if passed else 'FAILED'}  {said}, {time.monotonic() - began:.0f} s"


def main():
    parser = argparse.ArgumentParser(description="Drive a simulated cluster with real clients.", epilog=(
        "exit codes: 0 everything ran and passed; 1 a test failed or a client could not be had; 2 usage"))
    parser.add_argument("--allow-missing", action="store_true", help="a client that cannot be had does not count as a failure")
    parser.add_argument("suites", nargs="*", metavar="SUITE", help=f"of {', '.join(SUITES)}; default: all")
    options = parser.parse_args()
    for name in options.suites:
        if name not in SUITES:
            parser.error(f"no suite {name}: there are {', '.join(SUITES)}")
    clients.say(f"clients are kept in {clients.CACHE} ($PLUMBLINE_CACHE); nothing is installed elsewhere")
    rows, good = [], True
    for name in options.suites or SUITES:
        script, find = SUITES[name]
        try:
            client = find()
        except clients.Missing as missing:
            rows.append((name, f"NOT RUN {missing}", "no client"))
            good = good and options.allow_missing
            clients.say(f"{name}: NOT RUN, {missing}")
            continue
        clients.say(f"{name}: {client.version}")
        passed, said = run_suite(script, client)
        rows.append((name, said, client.version))
        good = good and passed
    for name, said, version in rows:
        print(f"{name:<16} {said}  ({version})")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
