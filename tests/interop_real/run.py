#!/usr/bin/env python3
"""Sends the same requests to a real kube-apiserver and to a simulated cluster, and says where their answers differ.

Usage: run.py [--only TOPIC]... [--all-differences] [--list]
Exit codes: 0 alike but for what accepted.yaml names; 1 they differ, or a named difference no longer is one; 2 usage;
4 this machine lacks something, and what.
"""

import argparse
import re
import signal
import sys
import time

import yaml

import cases
import compare
import real
import sides
import simulated

SHOWN_MAX = 12  # differences of one request


def make_space(pair, topic):
    """A namespace for the topic, with what controllers put into each."""
    space = cases.space_of(topic)
    for side in pair:
        side.ask({"ask": "POST /api/v1/namespaces", "body": {"metadata": {"name": space}}})
        side.ask({"ask": f"GET /api/v1/namespaces/{space}/serviceaccounts/default", "until": {"metadata.name": "default"}})
        side.ask({"ask": f"GET /api/v1/namespaces/{space}/configmaps/kube-root-ca.crt",
                  "until": {"metadata.name": "kube-root-ca.crt"}})


def ignored(case, difference):
    return any(difference.path.startswith(path) for path in case.get("ignore", []))


def show(at, found):
    print(f"{at}")
    for difference in found[:SHOWN_MAX]:
        print(f"    {difference.path}\n        real {difference.real or '-'}\n        ours {difference.ours or '-'}")
    if len(found) > SHOWN_MAX:
        print(f"    and {len(found) - SHOWN_MAX} more")


def compare_topic(pair, topic, accepted, options):
    """(requests, [(name of a request, its differences)])"""
    make_space(pair, topic)
    asked, differing = 0, []
    for case in cases.cases(topic):
        found = compare.differences(*(side.ask(case) for side in pair))
        remaining = [difference for difference in found if not ignored(case, difference)
                     and (not accepted.covers(case["at"], difference) or options.all_differences)]
        asked += 1
        if remaining:
            differing.append((case["at"], remaining))
            show(case["at"], remaining)
    for side in pair:
        side.ask({"ask": f"DELETE /api/v1/namespaces/{cases.space_of(topic)}"})
    return asked, differing


def draft(path, differing):
    """Writes what differs in the form of accepted.yaml: a reason each is to be written by hand."""
    paths = {}
    for at, found in differing:
        paths.setdefault("|".join(sorted({re.escape(difference.path) for difference in found})), []).append((at, found))
    with open(path, "w", encoding="utf-8") as text:
        yaml.safe_dump([{"at": [at for at, _ in found], "path": where, "why": ""} for where, found in paths.items()], text,
                       sort_keys=False, allow_unicode=True, width=120)


def compare_all(topics, options):
    accepted = cases.Accepted()
    began = time.monotonic()
    plane = real.ControlPlane(real.RELEASES["1.34"])
    try:
        real.say(f"kube-apiserver {real.RELEASES['1.34'].version} is ready after {time.monotonic() - began:.0f} s")
        world = simulated.Simulated()
        try:
            pair = [sides.Side("real", plane.connect, plane.stranger),
                    sides.Side("simulated", world.connect, world.stranger)]
            total, bad = 0, []
            for topic in topics:
                began = time.monotonic()
                asked, differing = compare_topic(pair, topic, accepted, options)
                total, bad = total + asked, bad + differing
                real.say(f"{topic}: {asked} requests, {len(differing)} differ, {time.monotonic() - began:.1f} s")
            for side in pair:
                side.close()
        finally:
            world.close()
    finally:
        plane.close()
    stale = list(accepted.unused(topics))
    for pattern, entry in stale:
        print(f"accepted.yaml: no longer differs, take it off the list: {pattern} {entry['path']} ({entry['why']})")
    if options.draft:
        draft(options.draft, bad)
    print(f"{total} requests in {len(topics)} topics: {len(bad)} differ in what is not accepted; "
          f"{accepted.used()} accepted ones came up, {len(stale)} no longer did")
    return 1 if bad or stale else 0


def main():
    there = cases.topics()
    parser = argparse.ArgumentParser(
        description="Send the same requests to a real kube-apiserver and to a simulated cluster, and compare the answers.",
        epilog="exit codes: 0 alike but for what accepted.yaml names; 1 they differ, or a difference named there no longer is "
               "one; 2 usage; 4 this machine lacks something")
    parser.add_argument("--only", action="append", metavar="TOPIC", help=f"of {', '.join(there)}; may be given again")
    parser.add_argument("--all-differences", action="store_true", help="show accepted differences too")
    parser.add_argument("--draft", metavar="FILE", help="write what differs in the form of accepted.yaml, without reasons")
    parser.add_argument("--list", action="store_true", help="list the requests and send none")
    options = parser.parse_args()
    for topic in options.only or []:
        if topic not in there:
            parser.error(f"no topic {topic}: there are {', '.join(there)}")
    topics = options.only or there
    if options.list:
        for topic in topics:
            for case in cases.cases(topic):
                print(case["at"])
        return 0
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))
    try:
        return compare_all(topics, options)
    except real.NotHere as lack:
        real.say(str(lack))
        return 4
    except KeyboardInterrupt:
        real.say("ended by Ctrl-C; everything that was started has ended")
        return 130


if __name__ == "__main__":
    sys.exit(main())
