"""The requests, as files in cases/ have them (README.md says in what form), and the differences that are accepted."""

import copy
import json
import os
import re

import yaml

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.join(HERE, "cases")
ACCEPTED = os.path.join(HERE, "accepted.yaml")

_FIELDS = {"ask", "name", "body", "variants", "type", "as", "accept", "headers", "keep", "until", "ignore", "dry"}
_ABSENT = "(absent)"


class Mistake(Exception):
    """A file that is not as it should be; the text says where."""


def topics():
    return sorted(name.removesuffix(".yaml") for name in os.listdir(CASES) if name.endswith(".yaml"))


def _load(path):
    with open(path, encoding="utf-8") as text:
        try:
            return yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise Mistake(f"{path}: {error}") from error


def _changed(body, changes):
    """A copy of a body with what stands at dotted paths replaced, or taken away where the value is "(absent)"."""
    body = copy.deepcopy(body)
    for path, value in changes.items():
        *way, last = path.split("/") if "/" in path else path.split(".")
        inner = body
        for step in way:
            if isinstance(inner, list):
                inner = inner[int(step)]
            else:
                inner = inner.setdefault(step, {})
        if isinstance(inner, list):
            last = int(last)
            if last == len(inner):
                inner.append(None)
        if value == _ABSENT:
            inner.pop(last, None) if isinstance(inner, dict) else inner.pop(last)
        else:
            inner[last] = value
    return body


def _spaced(value, space):
    """$NS is the namespace of the topic."""
    return json.loads(json.dumps(value).replace("$NS", space))


def cases(topic):
    """The cases of a topic, in order; each has `ask`, and `at`: TOPIC/NAME, which is unique."""
    path = os.path.join(CASES, topic + ".yaml")
    found, names = [], {}
    for number, written in enumerate(_load(path)["requests"], 1):
        unknown = set(written) - _FIELDS
        if unknown or "ask" not in written:
            what = f"no field is called {', '.join(sorted(unknown))}" if unknown else "no 'ask'"
            raise Mistake(f"{path}: request {number}: {what}")
        for changes in written.get("variants", [None]):
            case = _spaced({key: value for key, value in written.items() if key != "variants"}, space_of(topic))
            name = case.get("name", case["ask"])
            if changes is not None:
                case["body"] = _changed(case["body"], _spaced(changes, space_of(topic)))
                name += " " + json.dumps(changes, ensure_ascii=False)
                if case.get("dry", True):
                    case["ask"] += ("&" if "?" in case["ask"] else "?") + "dryRun=All"
            names[name] = names.get(name, 0) + 1
            case["at"] = f"{topic}/{name}" + (f" #{names[name]}" if names[name] > 1 else "")
            found.append(case)
    return found


def space_of(topic):
    return f"topic-{topic}"


class Accepted:
    """The list of differences that remain. Every name of every entry must go on to differ."""

    def __init__(self):
        self._entries = _load(ACCEPTED) or []
        self._used = set()
        for number, entry in enumerate(self._entries, 1):
            if set(entry) - {"at", "path", "real", "ours", "why"} or not {"at", "path", "why"} <= set(entry):
                raise Mistake(f"{ACCEPTED}: entry {number} wants at, path and why, and may have real and ours")

    def covers(self, at, difference):
        found = False
        for number, entry in enumerate(self._entries):
            for pattern in entry["at"]:
                if (_matches(pattern, at) and re.fullmatch(entry["path"], difference.path, re.DOTALL)
                        and re.search(entry.get("real", ""), difference.real)
                        and re.search(entry.get("ours", ""), difference.ours)):
                    self._used.add((number, pattern))
                    found = True
        return found

    def used(self):
        return len(self._used)

    def unused(self, asked):
        """(pattern, entry) of what did not come up in the topics that were asked."""
        for number, entry in enumerate(self._entries):
            for pattern in entry["at"]:
                if (number, pattern) not in self._used and any(_matches(pattern.split("/")[0], topic) for topic in asked):
                    yield pattern, entry


def _matches(pattern, text):
    """Only * is special: names of cases have braces and brackets of JSON."""
    return re.fullmatch(".*".join(re.escape(part) for part in pattern.split("*")), text, re.DOTALL) is not None

