"""Services and Pods of Kubernetes clusters, kept up to date by LIST and WATCH, and the nodes that they make.

Uses the official client (Debian: python3-kubernetes). Not for Endpoints kept by hand. A `Follower` has a thread of its
own and hands every change to `changed(change)`: whoever owns the lock takes it and calls `change()`.
"""

import threading
import time

BACKOFF_SECONDS_MAX = 5.0
READ_SECONDS_MAX = 3.0  # how long reading one object may take


class Node:
    """A Pod as a node of a tunnel."""

    def __init__(self, key, address, port, weight, pod):
        self.key, self.address, self.port, self.weight, self.pod = key, address, port, weight, pod

    def __eq__(self, other):
        return isinstance(other, Node) and vars(self) == vars(other)

    __hash__ = None


class Follower:
    """Keeps the objects of one kind of one cluster by LIST and WATCH; calls `changed()` after each change.

    A broken watch is begun again; 410 Gone and errors of other kinds lead to a new LIST, with growing pauses.
    """

    def __init__(self, list_call, changed, name, log):
        self._list_call, self._changed, self._name, self._log = list_call, changed, name, log
        self.objects = {}
        self.listed = False
        threading.Thread(target=self._follow, name=name, daemon=True).start()

    def _follow(self):
        from kubernetes import watch
        from kubernetes.client.rest import ApiException
        pause = 0.1
        while True:
            try:
                answer = self._list_call()
                self._changed(lambda: self._replace(answer.items))
                pause = 0.1
                version = answer.metadata.resource_version
                while True:
                    for event in watch.Watch().stream(self._list_call, resource_version=version, timeout_seconds=300):
                        version = event["object"].metadata.resource_version
                        self._changed(lambda event=event: self._apply(event["type"], event["object"]))
            except ApiException as error:
                if error.status == 410:
                    continue
                self._log("warning", f"{self._name}: {error.status} {error.reason}")
            except Exception as error:  # the network may fail in any way; the next LIST puts it right
                self._log("warning", f"{self._name}: {type(error).__name__}: {error}")
            time.sleep(pause)
            pause = min(2 * pause, BACKOFF_SECONDS_MAX)

    @staticmethod
    def _key(item):
        return (item.metadata.namespace, item.metadata.name)

    def _replace(self, items):
        self.objects = {self._key(item): item for item in items}
        self.listed = True

    def _apply(self, kind, item):
        if kind == "DELETED":
            self.objects.pop(self._key(item), None)
        elif kind in ("ADDED", "MODIFIED"):
            self.objects[self._key(item)] = item


class Cluster:
    """Services and Pods of one cluster, followed through a ready-made kubeconfig."""

    def __init__(self, name, kubeconfig, changed, log):
        from kubernetes import client, config
        self.name = name
        api = self._api = client.CoreV1Api(config.new_client_from_config(kubeconfig))
        self.services = Follower(api.list_service_for_all_namespaces, changed, f"{name} services", log)
        self.pods = Follower(api.list_pod_for_all_namespaces, changed, f"{name} pods", log)

    @property
    def listed(self):
        return self.services.listed and self.pods.listed

    def read_service(self, space, name):
        """The Service as the API server has it now, for admission: what is followed may be a moment behind. None: it has
        none of that name."""
        from kubernetes.client.rest import ApiException
        try:
            return self._api.read_namespaced_service(name, space, _request_timeout=READ_SECONDS_MAX)
        except ApiException as error:
            if error.status == 404:
                return None
            raise

    def nodes(self, index, row):
        """Nodes of row number `index` of a tunnel's service list, in the order of their names. A Pod that two rows match
        is a node of each."""
        service = self.services.objects.get((row["namespace"], row["service"]))
        if service is None or not service.spec.selector:
            return []
        port = next((p for p in service.spec.ports or [] if p.port == row["port"]), None)
        if port is None:
            return []
        # A key that the Service's selector has keeps the Service's value.
        wanted = {**row.get("labels", {}), **service.spec.selector}
        found = []
        for (space, name), pod in sorted(self.pods.objects.items()):
            if space != row["namespace"] or not self._serves(pod, service):
                continue
            labels = pod.metadata.labels or {}
            if any(labels.get(key) != value for key, value in wanted.items()):
                continue
            number = self._target_port(pod, port)
            if number:
                found.append(Node(f"{index}/{self.name}/{pod.metadata.uid}/{number}", pod.status.pod_ip, number, row.get("weight", 1),
                                  f"{self.name}/{space}/{name}"))
        return found

    @staticmethod
    def _serves(pod, service):
        if not pod.status.pod_ip or pod.metadata.deletion_timestamp or pod.status.phase in ("Succeeded", "Failed"):
            return False
        ready = any(c.type == "Ready" and c.status == "True" for c in pod.status.conditions or [])
        return ready or bool(service.spec.publish_not_ready_addresses)

    @staticmethod
    def _target_port(pod, port):
        target = port.target_port if port.target_port is not None else port.port
        if isinstance(target, int):
            return target
        if str(target).isdigit():
            return int(target)
        for container in pod.spec.containers:
            for named in container.ports or []:
                if named.name == target:
                    return named.container_port
        return None
