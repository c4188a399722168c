"""The simulated side: `plumbline sim up` of a world with one cluster."""

import base64
import os
import re
import sys

import real

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "interop"))
import cluster  # noqa: E402


class Simulated:
    """`plumbline sim up` of tests/interop/world.yaml; what differs from that suite is a connection without a certificate."""

    def __init__(self):
        if not os.path.exists(cluster.binaries.PLUMBLINE):
            raise real.NotHere(f"there is no {cluster.binaries.PLUMBLINE}: make build")
        self._cluster = cluster.Cluster()

    def connect(self):
        return cluster.Connection(self._cluster).raw

    def stranger(self):
        return cluster.Connection(self._cluster, certificate=False).raw

    def credentials(self):
        """Files: the certificate of its authority, and the administrator's key and certificate."""
        with open(self._cluster.kubeconfig, encoding="utf-8") as text:
            config = text.read()

        def written(name, *keys):
            path = os.path.join(self._cluster.folder, name)
            with open(path, "wb") as out:
                for key in keys:
                    out.write(base64.b64decode(re.search(rf"{key}: \"?([^\s\"]+)", config).group(1)) + b"\n")
            return path
        return written("authority.pem", "certificate-authority-data"), written("admin.pem", "client-key-data",
                                                                               "client-certificate-data")

    @property
    def folder(self):
        return self._cluster.folder

    @property
    def port(self):
        return self.connect().port

    def processes(self):
        """Ids of everything that runs the world."""
        found = [self._cluster.process.pid]
        for pid in found:
            for thread in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{thread}/children", encoding="ascii") as text:
                    found += map(int, text.read().split())
        return found

    def close(self):
        self._cluster.close()
