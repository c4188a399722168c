"""What an adapter in front of a proxy needs: the contract's talking and its bookkeeping.

cluster_follower.py, beside this file, follows Kubernetes for it.

An adapter subclasses `Adapter`, says which features are really there, and carries out two calls:
`definitions_changed()` when tunnels or released APIs changed, `nodes_changed(tunnel)` when only Pods did.
Python 3.9 or later.

Threads: the main thread speaks the contract; one thread a cluster and kind follows Kubernetes. `self.lock` (re-entrant)
guards everything here and what is followed; both calls are made with it held. Waiting for a cluster lets go of it.
"""

import json
import sys
import threading
import traceback

from cluster_follower import Cluster

CONTRACT = 1
LINE_BYTES_MAX = 16 * 1024 * 1024
LIST_SECONDS_MAX = 5.0  # how long a call waits for a cluster's first LIST


class Refusal(Exception):
    """A refusal of the contract. `reason` is one of its reasons; `field` and `object` say where, when known."""

    def __init__(self, reason, text, field=None, object=None):  # pylint: disable=redefined-builtin
        super().__init__(text)
        self.data = {"reason": reason, **({"field": field} if field else {}), **({"object": object} if object else {})}


class InvalidParams(Exception):
    """The parameters are not what the method takes: JSON-RPC -32602."""


class Adapter:
    """The contract on stdin and stdout. Subclasses set NAME, VERSION, FEATURES and the two calls named above."""

    NAME, VERSION, FEATURES, WORKERS = "adapter", "0", [], 1

    def __init__(self):
        self.lock = threading.RLock()
        self._news = threading.Condition(self.lock)
        self.hello = None
        self.clusters = {}
        self.tunnels = {}
        self.api_services = {}
        self.apis = {}
        self.released = set()
        self._numbers = {}
        self._output = threading.Lock()
        self._methods = {
            "hello": self._hello, "stop": lambda params: {}, "status": self._status,
            "tunnel.create": self._tunnel_create, "tunnel.modify": self._tunnel_modify,
            "tunnel.describe": lambda params: self._get(self.tunnels, "tunnel", params),
            "tunnel.list": self._tunnel_list, "tunnel.delete": self._tunnel_delete,
            "cluster.describe": self._cluster_describe,
            "apiService.create": self._api_service_create, "apiService.delete": self._api_service_delete,
            "api.create": self._api_create, "api.modify": self._api_modify,
            "api.describe": lambda params: self._get(self.apis, "api", params), "api.delete": self._api_delete,
            "api.release": self._api_release, "api.unrelease": self._api_unrelease,
        }

    # ---- what a subclass carries out ----

    def started(self):
        """`hello` arrived: start the proxy."""

    def stopped(self):
        """The end: stop the proxy."""

    def definitions_changed(self):
        """Tunnels or released APIs are others now."""

    def nodes_changed(self, tunnel):
        """Only the nodes of `tunnel` (its id) are others now."""

    def nodes(self, tunnel):
        """The nodes of `tunnel` now, over all its services."""
        rows = self.tunnels[tunnel].get("services", [])
        return [node for index, row in enumerate(rows) for node in self.clusters[row["cluster"]].nodes(index, row)]

    # ---- talking ----

    def log(self, level, message):
        self._send({"jsonrpc": "2.0", "method": "log", "params": {"level": level, "message": message}})

    def _send(self, message):
        with self._output:
            sys.stdout.write(json.dumps(message) + "\n")
            sys.stdout.flush()

    def serve(self):
        """Answers until `stop` or the end of the input."""
        try:
            for line in sys.stdin:
                answer, last = self._answer(line)
                if answer is not None:
                    self._send(answer)
                if last:
                    break
        finally:
            self.stopped()

    def _answer(self, line):
        def error(number, code, text, data=None):
            return {"jsonrpc": "2.0", "id": number, "error": {"code": code, "message": text, **({"data": data} if data else {})}}
        if len(line) > LINE_BYTES_MAX:
            return error(None, -32600, "the line is longer than 16 MiB"), False
        try:
            request = json.loads(line)
        except ValueError as problem:
            return error(None, -32700, f"not JSON: {problem}"), False
        if not isinstance(request, dict) or request.get("jsonrpc") != "2.0" or not isinstance(request.get("method"), str):
            return error(request.get("id") if isinstance(request, dict) else None, -32600, "not a JSON-RPC 2.0 request"), False
        number, method, params = request.get("id"), request["method"], request.get("params", {})
        if method not in self._methods:
            return error(number, -32601, f"no method '{method}'"), False
        if not isinstance(params, dict):
            return error(number, -32602, "params: expected an object"), False
        try:
            with self.lock:
                if self.hello is None and method not in ("hello", "stop"):
                    raise InvalidParams("hello comes first")
                result = self._methods[method](params)
        except Refusal as refusal:
            return error(number, -32000, str(refusal), refusal.data), False
        except InvalidParams as problem:
            return error(number, -32602, str(problem)), False
        except Exception:
            traceback.print_exc(file=sys.stderr)
            return error(number, -32603, "the adapter failed; see its log"), False
        return {"jsonrpc": "2.0", "id": number, "result": result}, method == "stop"

    # ---- methods ----

    def _hello(self, params):
        if params.get("contract") != CONTRACT:
            raise InvalidParams(f"contract: this adapter speaks {CONTRACT}")
        self.hello = params
        for entry in params.get("clusters", []):
            self.clusters[entry["cluster"]] = Cluster(entry["cluster"], entry["kubeconfig"], self._cluster_changed, self.log)
        self.started()
        return {"contract": CONTRACT, "name": self.NAME, "version": self.VERSION, "features": self.FEATURES,
                "interpretations": {"extraLabels": "pod"}, "workers": self.WORKERS}

    def _cluster_changed(self, change):
        with self.lock:
            before = {tunnel: self.nodes(tunnel) for tunnel in self.tunnels}
            change()
            for tunnel, nodes in before.items():
                if self.nodes(tunnel) != nodes:
                    self.nodes_changed(tunnel)
            self._news.notify_all()

    def _status(self, _params):
        return {"ready": True, "tunnels": [
            {"tunnel": tunnel, "nodes": [{"address": n.address, "port": n.port, "weight": n.weight, "pod": n.pod}
                                         for n in self.nodes(tunnel)]} for tunnel in self.tunnels]}

    def _fresh(self, kind):
        self._numbers[kind] = self._numbers.get(kind, 0) + 1
        return f"{kind}-{self._numbers[kind]}"

    @staticmethod
    def _get(things, kind, params):
        if params.get(kind) not in things:
            raise Refusal("NotFound", f"{kind} {params.get(kind)!r} does not exist", field=kind, object=str(params.get(kind)))
        return things[params[kind]]

    def _check_tunnel(self, tunnel):
        if tunnel.get("type") != "tke":
            raise Refusal("InvalidValue", f"type: {tunnel.get('type')!r} is not a tunnel type of this gateway (tke)", field="type")
        if tunnel.get("backend", {}).get("scheme", "http") != "http":
            raise Refusal("Unsupported", "backend.scheme: this gateway speaks http to Pods only", field="backend.scheme")
        for index, row in enumerate(tunnel.get("services", [])):
            field = f"services[{index}]"
            weight = row.get("weight", 1)
            if isinstance(weight, bool) or not isinstance(weight, int) or not 0 <= weight <= 100:
                raise Refusal("InvalidValue", f"{field}.weight: {weight!r} is not an integer from 0 to 100", field=f"{field}.weight")
            cluster = self.clusters.get(row.get("cluster"))
            if cluster is None:
                raise Refusal("NotFound", f"cluster {row.get('cluster')!r} is not known", field=f"{field}.cluster",
                              object=str(row.get("cluster")))
            name = f"{row['cluster']}/{row.get('namespace')}/{row.get('service')}"
            if not self._news.wait_for(lambda cluster=cluster: cluster.listed, LIST_SECONDS_MAX):
                raise Refusal("Unavailable", f"cluster {row['cluster']} has not answered yet", object=row["cluster"])
            try:
                service = cluster.read_service(row.get("namespace"), row.get("service"))
            except Exception as error:  # pylint: disable=broad-except
                raise Refusal("Unavailable", f"cluster {row['cluster']}: {error}", object=row["cluster"]) from error
            if service is None:
                raise Refusal("NotFound", f"service {name} does not exist", field=f"{field}.service", object=name)
            ports = [port.port for port in service.spec.ports or []]
            if row.get("port") not in ports:
                raise Refusal("NotFound", f"service {name}: port {row.get('port')} not exposed (has {ports})",
                              field=f"{field}.port", object=name)

    def _carry_out(self, undo):
        """A definition that the proxy does not take is not kept: refused means that nothing has changed."""
        try:
            self.definitions_changed()
        except Refusal:
            undo()
            raise

    def _tunnel_create(self, params):
        tunnel = {key: value for key, value in params.items() if key != "as"}
        self._check_tunnel(tunnel)
        name = self._fresh("tunnel")
        self.tunnels[name] = tunnel
        self._carry_out(lambda: self.tunnels.pop(name))
        return {"tunnel": name}

    def _tunnel_modify(self, params):
        old = self._get(self.tunnels, "tunnel", params)
        new = {**old, **{key: value for key, value in params.items() if key not in ("as", "tunnel")}}
        self._check_tunnel(new)
        self.tunnels[params["tunnel"]] = new
        self._carry_out(lambda: self.tunnels.update({params["tunnel"]: old}))
        return {}

    def _tunnel_list(self, params):
        wanted = params.get("tags") or {}
        return {"tunnels": [{"tunnel": name, **tunnel} for name, tunnel in self.tunnels.items()
                            if all(tunnel.get("tags", {}).get(key) == value for key, value in wanted.items())]}

    def _tunnel_delete(self, params):
        self._get(self.tunnels, "tunnel", params)
        users = [name for name, api in self.apis.items() if api["backend"]["tunnel"] == params["tunnel"]]
        if users:
            raise Refusal("InUse", f"tunnel {params['tunnel']} is the backend of {', '.join(users)}", object=params["tunnel"])
        del self.tunnels[params["tunnel"]]
        self.definitions_changed()
        return {}

    def _cluster_describe(self, params):
        cluster = self._get(self.clusters, "cluster", params)
        return {"state": "authorized" if cluster.listed else "unreachable"}

    def _api_service_create(self, params):
        instances = [instance["id"] for instance in self.hello.get("instances", []) if instance.get("attached")]
        if params.get("instance") not in instances:
            raise Refusal("NotFound", f"instance {params.get('instance')!r} is not this gateway's {instances}", field="instance",
                          object=str(params.get("instance")))
        name = self._fresh("service")
        self.api_services[name] = params
        return {"apiService": name}

    def _api_service_delete(self, params):
        self._get(self.api_services, "apiService", params)
        users = [name for name, api in self.apis.items() if api["apiService"] == params["apiService"]]
        if users:
            raise Refusal("InUse", f"API service {params['apiService']} has {', '.join(users)}", object=params["apiService"])
        del self.api_services[params["apiService"]]
        return {}

    def _check_api(self, api):
        self._get(self.api_services, "apiService", api)
        backend = api.get("backend", {})
        if (backend.get("type"), backend.get("tunnelType")) != ("vpc", "tke"):
            raise Refusal("InvalidValue", "backend: only type vpc with tunnelType tke", field="backend.type")
        self._get(self.tunnels, "tunnel", backend)
        frontend = api.get("frontend", {})
        if frontend.get("match") not in ("exact", "prefix") or not str(frontend.get("path", "")).startswith("/"):
            raise Refusal("InvalidValue", "frontend: path begins with / and match is exact or prefix", field="frontend")

    def _api_create(self, params):
        api = {key: value for key, value in params.items() if key != "as"}
        self._check_api(api)
        name = self._fresh("api")
        self.apis[name] = api
        return {"api": name}

    def _api_modify(self, params):
        old = self._get(self.apis, "api", params)
        new = {**old, **{key: value for key, value in params.items() if key not in ("as", "api")}}
        self._check_api(new)
        self.apis[params["api"]] = new
        self._carry_out(lambda: self.apis.update({params["api"]: old}))
        return {}

    def _api_delete(self, params):
        self._get(self.apis, "api", params)
        del self.apis[params["api"]]
        self.released.discard(params["api"])
        self.definitions_changed()
        return {}

    def _api_release(self, params):
        api = self._get(self.apis, "api", params)
        before = set(self.released)
        self.released.add(params["api"])
        self._carry_out(lambda: setattr(self, "released", before))
        listen = self.hello["listen"][0]
        port = "" if listen.get("http", 80) == 80 else f":{listen['http']}"
        return {"url": f"http://{listen['address']}{port}{api['frontend']['path']}"}

    def _api_unrelease(self, params):
        self._get(self.apis, "api", params)
        self.released.discard(params["api"])
        self.definitions_changed()
        return {}
