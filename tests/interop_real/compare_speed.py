#!/usr/bin/env python3
"""How fast and how large a simulated cluster is beside a real kube-apiserver with etcd: the same clients drive both, in turn.

Usage: compare_speed.py [--release 1.20|1.34] [--rounds N] [--pods N]
A round, for each server: Pods that no scheduler takes are created by 8 clients, half of them at two rates, half, once memory
was looked at, as fast as they are answered, while one client watches; then all are deleted at once. The same clients also meet a
relay in Go that only passes on what is created: what the clients themselves cost. Medians of the rounds are told, of memory the
first round, and what is how many times the real one. Nothing is judged: other work on the machine moves all figures, and
those of all servers alike.
Exit codes: 0 measured; 1 a client failed; 2 usage; 4 this machine lacks something, and what.
"""

import argparse
import contextlib
import datetime
import json
import os
import signal
import statistics
import subprocess
import sys
import time

import real
import sides
import simulated

SPACE = "load"
CLIENTS = 8
# key: (share of the Pods, Pods a second of all clients, 0 for as fast as they are answered). A real server of 1.20 keeps up
# with 400 a second on two cores.
PHASES = {"calm": (0.1, 100.0), "steady": (0.4, 400.0), "full": (0.5, 0.0)}
PODS_MIN = 10 * CLIENTS  # of which each client makes one in each phase
CLIENT_SECONDS_MAX = 600
GONE_SECONDS_MAX = 300.0

# key in the figures: (what it is, format, whether more is better). What is about memory is of the first round: later ones
# find what the ones before left, collected or not.
ROWS = {
    "create_rate": ("creates a second, 8 clients", "{:,.0f}", True),
    "calm_p50_ms": ("create to watch event at 100 a second, p50 ms", "{:.2f}", False),
    "calm_p99_ms": ("create to watch event at 100 a second, p99 ms", "{:.2f}", False),
    "steady_p50_ms": ("create to watch event at 400 a second, p50 ms", "{:.2f}", False),
    "steady_p99_ms": ("create to watch event at 400 a second, p99 ms", "{:.2f}", False),
    "full_p50_ms": ("create to watch event at full rate, p50 ms", "{:.2f}", False),
    "full_p99_ms": ("create to watch event at full rate, p99 ms", "{:.2f}", False),
    "delete_rate": ("deletecollection, Pods a second", "{:,.0f}", True),
    "memory": ("resident memory (PSS) with half of the Pods, MiB", "{:,.0f}", False),
    "growth": ("of it since before the Pods, MiB", "{:,.1f}", False),
    "etcd": ("resident memory of etcd, MiB", "{:,.0f}", False),
    "together": ("resident memory, etcd with it, MiB", "{:,.0f}", False),
}
OF_FIRST_ROUND = ("memory", "growth", "etcd", "together")


class Failed(Exception):
    """A client did not do what it was to do."""


def load_program():
    target = real.clients.place("go", "load")
    try:
        real.clients.run([real.clients.go_program(), "build", "-buildvcs=false", "-o", target, "."],
                         cwd=os.path.join(real.HERE, "load"), env={"GOTOOLCHAIN": "auto", **os.environ, "GOFLAGS": ""})
    except real.clients.Missing as missing:
        raise real.NotHere(str(missing)) from missing
    return target


class Server:
    """side: asks single questions; None for the relay, which keeps nothing. pids: whose memory counts. etcd: process whose
    memory is told apart, or None."""

    def __init__(self, name, side, port, authority, pair, pids, etcd=None):
        self.name, self.side, self._pids, self._etcd = name, side, pids, etcd
        self.arguments = ["--server", f"https://127.0.0.1:{port}", "--ca", authority, "--pair", pair, "--namespace", SPACE]

    def memory(self):
        return sum(real.memory_of(pid) for pid in self._pids())

    def etcd_memory(self):
        return real.memory_of(self._etcd.pid) if self._etcd else 0

    def count(self):
        answer = self.side.send("GET", f"/api/v1/namespaces/{SPACE}/pods?limit=1")
        return len(answer.body["items"]) + answer.body["metadata"].get("remainingItemCount", 0)


class Load:
    """Clients of one server."""

    def __init__(self, program, server):
        self._program, self._server, self._processes = program, server, []

    def start(self, *arguments):
        process = subprocess.Popen([self._program, arguments[0], *self._server.arguments, *map(str, arguments[1:])],
                                   stdout=subprocess.PIPE, text=True)
        self._processes.append(process)
        return process

    def told(self, process):
        try:
            out = process.communicate(timeout=CLIENT_SECONDS_MAX)[0]
        except subprocess.TimeoutExpired as error:
            raise Failed(f"a client of the {self._server.name} server took more than {CLIENT_SECONDS_MAX} s") from error
        if process.returncode != 0:
            raise Failed(f"a client of the {self._server.name} server ended with {process.returncode}")
        return json.loads(out.splitlines()[-1])

    def create(self, first, count, rate):
        """(Pods a second, what the watcher told)"""
        watcher = self.start("watch", "--count", count)
        if watcher.stdout.readline().strip() != "ready":
            raise Failed(f"no watch of the {self._server.name} server")
        each = count // CLIENTS
        creators = [self.start("create", "--first", first + number * each, "--count", each, "--rate", rate / CLIENTS)
                    for number in range(CLIENTS)]
        done = [self.told(creator) for creator in creators]
        if refused := sum(each["refused"] for each in done):
            raise Failed(f"the {self._server.name} server refused {refused} Pods")
        seconds = max(each["ended"] for each in done) - min(each["began"] for each in done)
        return each * CLIENTS / seconds, self.told(watcher)

    def close(self):
        for process in self._processes:
            if process.poll() is None:
                process.kill()
            process.wait()
            process.stdout.close()


def delete_all(server):
    began = time.monotonic()
    answer = server.side.send("DELETE", f"/api/v1/namespaces/{SPACE}/pods?gracePeriodSeconds=0")
    if answer.status != 200:
        raise Failed(f"deletecollection of the {server.name} server is answered {answer.status}: {answer.body}")
    while server.count():
        if time.monotonic() - began > GONE_SECONDS_MAX:
            raise Failed(f"Pods of the {server.name} server do not go")
        time.sleep(0.01)
    return time.monotonic() - began


def memory_figures(server, before):
    memory, etcd, mebi = server.memory(), server.etcd_memory(), 1024 * 1024
    return {"memory": memory / mebi, "growth": (memory - before) / mebi, "etcd": etcd / mebi, "together": (memory + etcd) / mebi}


def measure(program, server, pods):
    """One round of one server: {key of ROWS: figure}"""
    before = server.memory() if server.side else 0
    figures, made = {}, 0
    load = Load(program, server)
    try:
        for phase, (share, rate) in PHASES.items():
            if rate == 0 and server.side:
                figures |= memory_figures(server, before)
            count = int(pods * share) // CLIENTS * CLIENTS
            reached, heard = load.create(made, count, rate)
            made += count
            figures |= {f"{phase}_p50_ms": heard["p50_ms"], f"{phase}_p99_ms": heard["p99_ms"]}
            if rate == 0:
                figures["create_rate"] = reached
    finally:
        load.close()
    if not server.side:
        return figures
    there = server.count()
    if there != made:
        raise Failed(f"the {server.name} server has {there} Pods, not {made}")
    seconds = delete_all(server)
    return figures | {"delete_rate": there / seconds}


def table(names, medians):
    print(f"| what | {names[0]} | {names[1]} | ratio | {names[2]} |\n|---|---|---|---|---|")
    for key, (what, form, more) in ROWS.items():
        theirs, ours, least = (median.get(key) for median in medians)
        if not ours or not theirs:
            ratio = "-"
        else:
            ratio = f"{ours / theirs:.1f} times" if more else f"1/{theirs / ours:.1f}" if theirs >= ours else f"{ours / theirs:.1f}"
        written = [form.format(figure) if figure else "-" for figure in (theirs, ours, least)]
        print(f"| {what} | {written[0]} | {written[1]} | {ratio} | {written[2]} |")


class Relay:
    """The load program as a server that passes on what is created, and does nothing else."""

    def __init__(self, program, folder):
        self.authority = os.path.join(folder, "relay.pem")
        self._process = subprocess.Popen([program, "relay", "--ca", self.authority], stdout=subprocess.PIPE, text=True)
        self.port = self._process.stdout.readline().strip()
        if not self.port.isdigit():
            self.close()
            raise Failed("the relay does not begin")

    def close(self):
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()


def make_space(side):
    side.ask({"ask": "POST /api/v1/namespaces", "body": {"metadata": {"name": SPACE}}})
    # Without kube-controller-manager nobody else makes it.
    side.ask({"ask": f"POST /api/v1/namespaces/{SPACE}/serviceaccounts", "body": {"metadata": {"name": "default"}}})


def take_rounds(program, servers, options):
    """For each server the figures of each round; the servers take turns."""
    rounds = [[] for _ in servers]
    for number in range(options.rounds):
        for index, server in enumerate(servers):
            figures = measure(program, server, options.pods)
            rounds[index].append(figures)
            real.say(f"round {number + 1}, {server.name}: "
                     + ", ".join(f"{key} {value:.1f}" for key, value in figures.items()))
            if number == 0 and index == 0:
                real.say(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    return rounds


def compare(options):
    program = load_program()
    release = real.RELEASES[options.release]
    with contextlib.ExitStack() as started:
        plane = real.ControlPlane(release, controllers=False)
        started.callback(plane.close)
        world = simulated.Simulated()
        started.callback(world.close)
        authority, pair = world.credentials()
        relay = Relay(program, world.folder)
        started.callback(relay.close)
        kept = [
            Server("real", sides.Side("real", plane.connect, plane.stranger, GONE_SECONDS_MAX), plane.port, plane.authority,
                   plane.admin, lambda: [plane.server.pid], plane.etcd),
            Server("simulated", sides.Side("simulated", world.connect, world.stranger, GONE_SECONDS_MAX), world.port, authority,
                   pair, world.processes),
        ]
        for server in kept:
            started.callback(server.side.close)
            make_space(server.side)
        rounds = take_rounds(program, [*kept, Server("relay", None, relay.port, relay.authority, pair, list)], options)
    medians = [{key: each[0][key] if key in OF_FIRST_ROUND else statistics.median(figures[key] for figures in each)
                for key in each[0]} for each in rounds]
    print(f"{datetime.date.today()}, {options.pods} Pods, medians of {options.rounds} rounds in turn, "
          f"{os.cpu_count()} cores, load of the machine {os.getloadavg()[0]:.1f}")
    table([f"kube-apiserver {release.version}", "simulated", "relay"], medians)


def main():
    parser = argparse.ArgumentParser(
        description="Drive a real kube-apiserver with etcd and a simulated cluster with the same clients, in turn, and compare.",
        epilog="exit codes: 0 measured; 1 a client failed; 2 usage; 4 this machine lacks something")
    parser.add_argument("--release", choices=sorted(real.RELEASES), default="1.20", help="of Kubernetes; default %(default)s")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="default %(default)s")
    parser.add_argument("--pods", type=int, default=6000, metavar="N", help="of a round; default %(default)s")
    options = parser.parse_args()
    if options.rounds < 1 or options.pods < PODS_MIN:
        parser.error(f"at least one round and {PODS_MIN} Pods")
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))
    try:
        compare(options)
    except real.NotHere as lack:
        real.say(str(lack))
        return 4
    except (Failed, ConnectionError) as failure:
        real.say(str(failure))
        return 1
    except KeyboardInterrupt:
        real.say("ended by Ctrl-C; everything that was started has ended")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
