#!/usr/bin/env python3
"""A gateway in trouble, for tests of what the runner makes of it. It never finishes what its argument names:

    hello      the introduction: nothing is ever answered
    control    every control call after hello
    data       users' requests: connections are accepted on port 80 and never answered, while every control call is accepted

Or it does not hang:

    exit       it says why on stderr and ends before hello is answered
    once FILE  it ends before hello is answered if FILE is there, which it makes when it first starts
    misspelt   it declares a feature that nobody knows
    stubborn   it neither answers `stop` nor ends
"""

import json
import os
import signal
import socket
import sys
import threading

FEATURES = ["multi-cluster", "instances", "regions", "vpc-scope", "service-limit", "extra-labels", "host-header", "tags",
            "api-frontend", "weights", "cluster-authorization"]


def accept_and_hang():
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("0.0.0.0", 80))
    listener.listen(1024)
    kept = []
    while True:
        kept.append(listener.accept())


def result_of(method, features):
    if method == "hello":
        return {"contract": 1, "name": "troubled", "version": "0", "features": features, "workers": 1}
    return {"tunnel": "t", "apiService": "s", "api": "a", "state": "authorized", "tunnels": []}


def main(what, file=None):
    if what == "exit":
        for number in range(100):
            print(f"line {number} of what went wrong", file=sys.stderr)
        return 3
    if what == "once":
        if os.path.exists(file):
            return 3
        with open(file, "x", encoding="utf-8"):
            pass
    if what == "data":
        threading.Thread(target=accept_and_hang, daemon=True).start()
    features = ["wieghts"] if what == "misspelt" else FEATURES
    for line in sys.stdin:
        request = json.loads(line)
        method = request["method"]
        if what == "hello" or (what == "control" and method != "hello") or (what == "stubborn" and method == "stop"):
            continue
        print(json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": result_of(method, features)}), flush=True)
        if method == "stop":
            return 0
    while what == "stubborn":
        signal.pause()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
