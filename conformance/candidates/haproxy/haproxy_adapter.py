#!/usr/bin/python3
"""HAProxy as a candidate: one backend for each released API, one server slot for each Pod.

Definitions become a configuration file and a reload (master-worker mode); Pods that come and go are followed
through the runtime API only, in slots that the configuration keeps free. What HAProxy does not do is not declared.
"""

import os
import re
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))

from plumbline_adapter import Adapter, Refusal  # noqa: E402  pylint: disable=wrong-import-position

HAPROXY = "/usr/sbin/haproxy"
SLOTS_FREE = 64          # server slots beyond the nodes of the moment, a backend
NO_API = '{"message":"no API takes this request"}'
# What the runtime API says when it did not do as told; its good answers are empty or tell what was changed.
TROUBLE = re.compile(r"no such|invalid|unknown|require|cannot|can't|failed|error|denied", re.I)
ANSWER_SECONDS = 5.0     # how long a reload or a runtime command may take
AGAIN_SECONDS = 0.5      # after a reload that failed, until the next try; each further one waits twice as long,
AGAIN_SECONDS_MAX = 8.0  # and this at most


class Slots:
    """Which slot of a backend serves which node."""

    def __init__(self, name, nodes):
        self.name = name
        self.count = len(nodes) + SLOTS_FREE
        self.of = {node.key: f"s{index + 1}" for index, node in enumerate(nodes)}
        self.nodes = {node.key: node for node in nodes}

    def free(self):
        taken = set(self.of.values())
        return next((f"s{index + 1}" for index in range(self.count) if f"s{index + 1}" not in taken), None)


class HAProxyAdapter(Adapter):
    NAME = "haproxy"
    FEATURES = ["multi-cluster", "weights", "extra-labels", "host-header", "tags", "api-frontend", "api-release",
                "response-result", "introspection"]
    WORKERS = 1  # nbthread 1: one balancer state

    def __init__(self):
        super().__init__()
        version = subprocess.run([HAPROXY, "-v"], capture_output=True, text=True, check=True).stdout
        self.VERSION = re.search(r"version (\S+)", version).group(1)
        self.process = None
        self.written = None  # what HAProxy runs; None: not known, and a reload is due
        self.backends = {}
        self.again = None    # the next try, after a reload that failed
        self.pause = AGAIN_SECONDS
        self.ended = False

    # ---- the proxy ----

    def started(self):
        self.folder = self.hello["workDir"]
        self.socket_path = os.path.join(self.folder, "haproxy.sock")
        self.master_path = os.path.join(self.folder, "haproxy-master.sock")
        self.file = os.path.join(self.folder, "haproxy.cfg")
        self.backends, text = self._configuration()
        self._check(text)
        self._put(text)
        self.written = text
        self.process = subprocess.Popen([HAPROXY, "-W", "-S", self.master_path, "-f", self.file], stdin=subprocess.DEVNULL, stdout=sys.stderr)
        self._wait_for_other_than(None)

    def stopped(self):
        with self.lock:
            self.ended = True
            if self.again is not None:
                self.again.cancel()
        if self.process is not None:
            self.process.terminate()
            self.process.wait()

    def definitions_changed(self):
        """Brings HAProxy to the definitions of now; a Refusal says why not. Refused by HAProxy's own check, nothing has changed;
        later, the next tries put it right."""
        backends, text = self._configuration()
        if text == self.written:
            return  # self.backends knows better than `backends` which slots were given since
        self._check(text)
        with open(self.file, encoding="utf-8") as known:
            before = known.read()
        try:
            old = self._pid()
            self._put(text)
            # Not by SIGUSR2: a master that has just forked its worker does not listen to signals yet.
            self._tell("reload", self.master_path)
            self._wait_for_other_than(old)
        except (OSError, Refusal) as trouble:
            self._put(before)
            self._lost()  # it may still come to take what it was told
            raise Refusal("Unavailable", f"HAProxy did not take the new configuration: {trouble}") from trouble
        self.written, self.backends, self.pause = text, backends, AGAIN_SECONDS

    def _lost(self):
        """What HAProxy runs is not known any more: tries until a configuration written anew is taken."""
        self.written = None
        if self.again is not None or self.ended or (self.process is not None and self.process.poll() is not None):
            return
        self.again = threading.Timer(self.pause, self._catch_up)
        self.pause = min(2 * self.pause, AGAIN_SECONDS_MAX)
        self.again.daemon = True
        self.again.start()

    def _catch_up(self):
        with self.lock:
            self.again = None
            if self.written is None and not self.ended:
                self._rewrite()

    def _rewrite(self):
        """A reload that nobody waits for; a failed one is tried again."""
        try:
            self.definitions_changed()
        except (OSError, Refusal) as trouble:
            self.log("error", f"HAProxy does not follow: {trouble}")
            self._lost()

    def _check(self, text):
        """HAProxy's word on a configuration, before the one that serves is touched."""
        new = self.file + ".new"
        with open(new, "w", encoding="utf-8") as out:
            out.write(text)
        try:
            done = subprocess.run([HAPROXY, "-c", "-f", new], capture_output=True, text=True, timeout=ANSWER_SECONDS, check=False)
        except subprocess.TimeoutExpired as slow:
            raise Refusal("Unavailable", f"HAProxy does not check a configuration in {ANSWER_SECONDS:g} s") from slow
        finally:
            os.unlink(new)
        if done.returncode != 0:
            alert = re.search(r"^\[ALERT\].*?config : (?:parsing \[.*?\] ?: )?(.*)$", done.stderr, re.M)
            raise Refusal("InvalidValue", f"HAProxy refuses this definition: {alert.group(1) if alert else done.stderr.strip()}")

    def _put(self, text):
        with open(self.file, "w", encoding="utf-8") as out:
            out.write(text)

    def _pid(self):
        found = re.search(r"^Pid: (\d+)", self._runtime("show info"), re.M)
        return found.group(1) if found else None

    def _wait_for_other_than(self, pid):
        deadline = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                # The worker answers before its master does; a reload needs both.
                if self._pid() not in (None, pid) and self._tell("show proc", self.master_path):
                    return
            except OSError:
                pass
            time.sleep(0.005)
        raise Refusal("Unavailable", "it has ended" if self.process.poll() is not None else f"no new worker in {ANSWER_SECONDS:g} s")

    def _runtime(self, commands):
        return self._tell(commands, self.socket_path)

    @staticmethod
    def _tell(commands, path):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(ANSWER_SECONDS)
            connection.connect(path)
            connection.sendall(commands.encode() + b"\n")
            connection.shutdown(socket.SHUT_WR)
            answer = b""
            while chunk := connection.recv(65536):
                answer += chunk
        return answer.decode()

    # ---- Pods: the runtime API ----

    def nodes_changed(self, tunnel):
        now = {node.key: node for node in self.nodes(tunnel)}
        if self.written is None:
            return  # the reload that is due takes them along
        for api in self.released:
            if self.apis[api]["backend"]["tunnel"] != tunnel:
                continue
            slots = self.backends[api]
            commands = []
            for key in [key for key in slots.of if key not in now]:
                commands.append(f"set server {slots.name}/{slots.of[key]} state maint")
                del slots.of[key], slots.nodes[key]
            for key, node in now.items():
                if slots.nodes.get(key) == node:
                    continue
                slot = slots.of.get(key) or slots.free()
                if slot is None:
                    return self._rewrite()  # no slot is left: a reload makes new ones
                slots.of[key], slots.nodes[key] = slot, node
                server = f"{slots.name}/{slot}"
                commands += [f"set server {server} addr {node.address} port {node.port}",
                             f"set server {server} weight {node.weight}", f"set server {server} state ready"]
            if commands:
                try:
                    answer = self._runtime(";".join(commands))
                except OSError as trouble:
                    answer = f"cannot: {trouble}"
                if TROUBLE.search(answer):
                    # What a slot serves is no longer known: a configuration written anew puts it right.
                    self.log("error", f"HAProxy did not follow: {answer.strip()}")
                    self.written = None
                    return self._rewrite()

    # ---- definitions: the configuration file ----

    def _configuration(self):
        """The slots of each backend, all newly given, and the configuration with them."""
        backends = {api: Slots(api, self.nodes(self.apis[api]["backend"]["tunnel"])) for api in sorted(self.released)}
        lines = ["global", "    nbthread 1", "    maxconn 4000", "    tune.bufsize 32768",
                 f"    stats socket {self.socket_path} mode 600 level admin expose-fd listeners", "    stats timeout 60s",
                 "defaults", "    mode http", "    timeout client 60s", "    timeout server 15s", "    timeout connect 250ms",
                 "    timeout http-keep-alive 60s", "    option forwardfor", "    http-reuse safe", "    retries 3",
                 "    option redispatch 1", "    retry-on conn-failure", "frontend users"]
        for listen in self.hello["listen"]:
            lines.append(f"    bind {listen['address']}:{listen.get('http', 80)}")
        lines += self._routes(backends)
        for api, slots in backends.items():
            lines += self._backend(self.apis[api], slots)
        return backends, "\n".join(lines) + "\n"

    def _routes(self, backends):
        def order(api):
            frontend = self.apis[api]["frontend"]
            return (frontend["match"] != "exact", -len(frontend["path"]), frontend["method"] == "ANY")
        lines = []
        for api in sorted(backends, key=order):
            frontend = self.apis[api]["frontend"]
            path = word(frontend["path"])
            if frontend["match"] == "exact":
                taken = f"{{ path -m str {path} }}"
            elif frontend["path"].endswith("/"):
                taken = f"{{ path -m beg {path} }}"
            else:
                taken = f"{{ path -m str {path} }} METHOD or {{ path -m beg {word(frontend['path'] + '/')} }}"
            method = "" if frontend["method"] == "ANY" else f"{{ method {frontend['method']} }}"
            lines.append(f"    use_backend {api} if {taken.replace('METHOD', method)} {method}".rstrip())
        return lines + ["    default_backend nothing", "backend nothing",
                        "    http-request return status 404 content-type application/json string " + word(NO_API)]

    def _backend(self, api, slots):
        tunnel = self.tunnels[api["backend"]["tunnel"]]
        lines = [f"backend {slots.name}", "    balance roundrobin", f"    timeout server {int(api.get('timeout') or 15000)}ms"]
        host = tunnel.get("backend", {}).get("host")
        if host is not None:
            lines.append(f"    http-request set-header Host {quoted(host)}")
        path = api["backend"].get("path")
        if path is not None:
            lines += self._path_rules(api["frontend"], path)
        for key, slot in slots.of.items():
            node = slots.nodes[key]
            lines.append(f"    server {slot} {node.address}:{node.port} weight {node.weight}")
        first_free = len(slots.of) + 1
        lines.append(f"    server-template s {first_free}-{slots.count} 127.0.0.1:1 disabled")
        return lines

    @staticmethod
    def _path_rules(frontend, path):
        """The backend path in place of what matched; what follows the match stays, from its slash on."""
        if frontend["match"] == "exact":
            return [f"    http-request set-path {quoted(path)}"]
        stem, base = frontend["path"].rstrip("/"), path.rstrip("/")
        below = [f"    http-request replace-path {word('^' + re.escape(stem) + '(/.*)$')} {quoted(base + chr(92) + '1')}"]
        if not stem:
            return below
        return [f"    http-request set-var(txn.whole) int(1) if {{ path -m str {word(stem)} }}", *below,
                f"    http-request set-path {quoted(path)} if {{ var(txn.whole) -m found }}"]


def word(text):
    """`text` as one word of HAProxy's configuration."""
    return "'" + text.replace("'", "'\\''") + "'"


def quoted(text):
    """`text` as one word where HAProxy expects a format: format characters stand for themselves."""
    return word(text.replace("%", "%%"))


if __name__ == "__main__":
    HAProxyAdapter().serve()
