"""kubectl as a suite runs it, and the manifests that its tests apply. $INTEROP_CLIENT is the kubectl, by default the
current one."""

import json
import os
import subprocess
import unittest

import clients
import cluster

KUBECTL = cluster.client_program(clients.kubectl_current)
MINOR = clients.minor_of(clients.kubectl_version(KUBECTL))

SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{name: http, port: 8000, targetPort: http}]
"""
TEMPLATE = """
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: httpbin:1
        ports: [{name: http, containerPort: 80}]
"""
DEPLOYMENT = f"""
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  replicas: 2
  selector: {{matchLabels: {{app: web}}}}
{TEMPLATE}"""
STATEFUL_SET = f"""
apiVersion: apps/v1
kind: StatefulSet
metadata: {{name: db}}
spec:
  serviceName: web
  replicas: 2
  selector: {{matchLabels: {{app: web}}}}
{TEMPLATE}"""
DAEMON_SET = f"""
apiVersion: apps/v1
kind: DaemonSet
metadata: {{name: agent}}
spec:
  selector: {{matchLabels: {{app: web}}}}
{TEMPLATE}"""


def since(minor, what):
    return unittest.skipIf(MINOR < minor, f"kubectl 1.{MINOR} has no {what}")


class Kubectl(cluster.Suite):
    def setUp(self):
        self.done("create", "namespace", self.space)

    def start(self, *arguments, space=None, kubeconfig=None, **options):
        environment = {**os.environ, "KUBECONFIG": kubeconfig or self.cluster.kubeconfig, "HOME": self.cluster.folder}
        return subprocess.Popen([KUBECTL, "--namespace", space or self.space, *arguments], stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, **options)

    def run_kubectl(self, *arguments, text="", **options):
        process = self.start(*arguments, **options)
        out, err = process.communicate(text, timeout=90)
        return process.returncode, out, err

    def done(self, *arguments, **options):
        """stdout of a kubectl that succeeds."""
        code, out, err = self.run_kubectl(*arguments, **options)
        self.assertEqual(0, code, f"kubectl {' '.join(arguments)}\n{out}{err}")
        return out

    def refused(self, *arguments, code=1, **options):
        """stdout and stderr of a kubectl that fails."""
        ended, out, err = self.run_kubectl(*arguments, **options)
        self.assertEqual(code, ended, f"kubectl {' '.join(arguments)}\n{out}{err}")
        return out + err

    def get(self, *arguments, **options):
        return json.loads(self.done("get", *arguments, "-o", "json", **options))

    def names(self, *arguments):
        return sorted(self.done("get", *arguments, "-o", "name").split())

    def apply(self, *manifests):
        return self.done("apply", "-f", "-", text="---".join(manifests))

    def deployed(self):
        self.apply(SERVICE, DEPLOYMENT)
        self.done("rollout", "status", "deployment/web", "--timeout=60s")

    def assert_gone(self, *arguments):
        self.eventually(lambda: self.names(*arguments), [])
