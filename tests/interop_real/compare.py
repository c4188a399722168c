"""What differs between two answers, once that is taken away which no two servers have alike."""

import collections
import json
import re

TEXT_MAX = 400

# path: where, as in .items[0].metadata.name; real, ours: what stands there, as JSON; "" where nothing does
Difference = collections.namedtuple("Difference", "path real ours")

_ALIKE = {"uid", "resourceVersion", "creationTimestamp", "deletionTimestamp", "time", "lastTransitionTime", "lastUpdateTime",
          "continue", "token", "ca.crt", "expirationTimestamp", "startTime", "renewTime", "firstTimestamp", "lastTimestamp",
          "resourceVersionMatched"}
_WORDS = [
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "UID"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"), "TIME"),
    (re.compile(r"\b10\.0\.24[0-3]\.\d+\b"), "CLUSTER-IP"),
    (re.compile(r"\b127\.0\.0\.1:\d+"), "SERVER"),
    (re.compile(r"\b(\d{1,3}\.){3}\d{1,3}:\d{4,5}\b"), "SERVER"),
    (re.compile(r"(too old resource version: \d+) \(\d+\)"), r"\1 (RV)"),
    (re.compile(r"(Too large resource version: \d+, current: )\d+"), r"\1RV"),
    (re.compile(r"(ResourceVersion in record \()\d+\)"), r"\1RV)"),
    (re.compile(r"\b([a-z][-a-z0-9.]*\.)[0-9a-f]{16}\b"), r"\1EVENT"),
    (re.compile(r"\b(Bad_)[bcdfghjklmnpqrstvwxz2456789]{5}\b"), r"\1SUFFIX"),
    (re.compile(r'(ReplicaSet "[a-z]+-)[bcdf0-9][bcdfghjklmnpqrstvwxz0-9]{7,9}"'), r'\1HASH"'),
    (re.compile(r"\b(kube-api-access|generated)-[bcdfghjklmnpqrstvwxz2456789]{5}\b"), r"\1-SUFFIX"),
]
_UNORDERED = {"resourceRules", "nonResourceRules"}  # real servers tell them as a map of theirs has them
_NODE_PORT_FIELDS = {"nodePort", "healthCheckNodePort"}
_KEYS = (("name",), ("manager", "operation", "subresource"), ("type",), ("groupVersion",), ("key",))


def normal(value, field=""):
    if isinstance(value, dict):
        return {"UID-KEY" if key.startswith('k:{"uid"') else normal_words(key): normal(inner, key)
                for key, inner in value.items()}
    if isinstance(value, list):
        found = [normal(inner, field) for inner in value]
        return sorted(found, key=lambda inner: json.dumps(inner, sort_keys=True)) if field in _UNORDERED else found
    if field == "cells" and isinstance(value, str) and re.fullmatch(r"\d+s", value):
        return "AGE"
    if isinstance(value, str):
        return field.upper() if field in _ALIKE and value else normal_words(value)
    if field in _NODE_PORT_FIELDS and isinstance(value, int) and 30000 <= value <= 32769:
        return "NODE-PORT"
    return value


def normal_words(text):
    for pattern, instead in _WORDS:
        text = pattern.sub(instead, text)
    return text


def _short(value):
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= TEXT_MAX else text[:TEXT_MAX] + "..."


def _keyed(items):
    """{key: item} of a list whose elements have names of some sort, else None."""
    if not items or not all(isinstance(item, dict) for item in items):
        return None
    for fields in _KEYS:
        keys = ["/".join(str(item[field]) for field in fields if field in item) for item in items]
        if all(fields[0] in item for item in items) and len(set(keys)) == len(keys):
            return dict(zip(keys, items))
    return None


def _inside(real, ours, path):
    if isinstance(real, dict) and isinstance(ours, dict):
        for key in sorted(real.keys() | ours.keys()):
            where = f"{path}.{key}"
            if key not in ours:
                yield Difference(where, _short(real[key]), "")
            elif key not in real:
                yield Difference(where, "", _short(ours[key]))
            else:
                yield from _inside(real[key], ours[key], where)
    elif isinstance(real, list) and isinstance(ours, list):
        left, right = _keyed(real), _keyed(ours)
        if left is not None and right is not None:
            for key in [*left, *(key for key in right if key not in left)]:
                where = f"{path}[{key}]"
                if key not in right:
                    yield Difference(where, _short(left[key]), "")
                elif key not in left:
                    yield Difference(where, "", _short(right[key]))
                else:
                    yield from _inside(left[key], right[key], where)
            common = ([key for key in left if key in right], [key for key in right if key in left])
            if common[0] != common[1]:
                yield Difference(path + ".order", _short(common[0]), _short(common[1]))
        elif len(real) != len(ours):
            yield Difference(path, _short(real), _short(ours))
        else:
            for number, pair in enumerate(zip(real, ours)):
                yield from _inside(*pair, f"{path}[{number}]")
    elif type(real) is not type(ours) or real != ours:
        yield Difference(path, _short(real), _short(ours))


def differences(real, ours):
    """Of two Answers. Where codes differ, bodies have little in common: then it is codes and messages alone."""
    if real.status != ours.status:
        return [Difference("code", _said(real), _said(ours))]
    return [*_inside(normal(real.headers), normal(ours.headers), "header"),
            *_inside(normal(real.body), normal(ours.body), "")]


def _said(answer):
    body = normal(answer.body)
    message = body.get("message", body.get("kind", "")) if isinstance(body, dict) else body
    return f"{answer.status} {_short(message)}"
