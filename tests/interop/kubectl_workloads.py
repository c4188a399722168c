"""The part of kubectl_test.py that is about workloads: Deployments, StatefulSets, DaemonSets, and the Services before them."""

from kubectl import DAEMON_SET, DEPLOYMENT, MINOR, SERVICE, STATEFUL_SET, Kubectl, since


class Rolling(Kubectl):
    def image(self):
        return self.done("get", "deployment", "web", "-o", "jsonpath={.spec.template.spec.containers[0].image}")

    def rolled_out(self):
        self.done("rollout", "status", "deployment/web", "--timeout=60s")

    def test_history_and_undo(self):
        self.deployed()
        self.done("annotate", "deployment", "web", "kubernetes.io/change-cause=first")
        self.done("set", "image", "deployment/web", "web=httpbin:2")
        self.done("annotate", "deployment", "web", "kubernetes.io/change-cause=second", "--overwrite")
        self.rolled_out()
        self.assertEqual("httpbin:2", self.image())
        said = self.done("rollout", "history", "deployment/web")
        self.assertRegex(said, r"1 +first\n2 +second\n")
        self.assertIn("httpbin:1", self.done("rollout", "history", "deployment/web", "--revision=1"))
        self.done("rollout", "undo", "deployment/web")
        self.rolled_out()
        self.assertEqual("httpbin:1", self.image())
        self.assertRegex(self.done("rollout", "history", "deployment/web"), r"2 +second\n3 +first\n")
        self.done("rollout", "undo", "deployment/web", "--to-revision=2")
        self.assertEqual("httpbin:2", self.image())

    def test_restart(self):
        self.deployed()
        before = self.names("pods")
        self.done("rollout", "restart", "deployment/web")
        self.rolled_out()
        self.eventually(lambda: len(self.names("pods")), 2)
        self.assertFalse(set(before) & set(self.names("pods")))

    def test_pause_and_resume(self):
        self.deployed()
        self.done("rollout", "pause", "deployment/web")
        self.done("set", "image", "deployment/web", "web=httpbin:2")
        self.assertEqual(1, len(self.names("replicasets")))
        self.assertRegex(self.refused("rollout", "restart", "deployment/web"), "can(no|')t (be )?restart paused deployment")
        self.done("rollout", "resume", "deployment/web")
        self.rolled_out()
        self.assertEqual(2, len(self.names("replicasets")))

    def test_scale(self):
        self.deployed()
        self.done("scale", "deployment/web", "--replicas=4", "--current-replicas=2")
        self.rolled_out()
        self.assertEqual(4, len(self.names("pods")))
        self.assertIn("expected replicas to be 2", self.refused(
            "scale", "deployment/web", "--replicas=1", "--current-replicas=2").lower())
        self.done("scale", "deployment/web", "--replicas=0")
        self.assert_gone("pods")

    def test_wait(self):
        self.apply(DEPLOYMENT)
        self.assertIn("condition met", self.done("wait", "--for=condition=Available", "deployment/web", "--timeout=60s"))
        self.done("wait", "--for=condition=Ready", "pod", "-l", "app=web", "--timeout=60s")
        self.assertIn("timed out", self.refused("wait", "--for=condition=Nothing", "deployment/web", "--timeout=1s"))

    def test_wait_for_the_end(self):
        self.done("create", "configmap", "c")
        self.done("patch", "configmap", "c", "-p", '{"metadata":{"finalizers":["example.com/hold"]}}')
        self.done("delete", "configmap", "c", "--wait=false")
        self.assertIn("timed out", self.refused("wait", "--for=delete", "configmap/c", "--timeout=1s"))
        waiting = self.start("wait", "--for=delete", "configmap/c", "--timeout=60s")
        self.done("patch", "configmap", "c", "--type=merge", "-p", '{"metadata":{"finalizers":null}}')
        out, err = waiting.communicate(timeout=60)
        # Old ones do not count what was gone before they first asked.
        self.assertTrue(waiting.returncode == 0 or MINOR < 23 and "no matching resources found" in err, out + err)

    @since(23, "wait --for=jsonpath")
    def test_wait_for_a_value(self):
        self.apply(DEPLOYMENT)
        self.done("wait", "--for=jsonpath={.status.readyReplicas}=2", "deployment/web", "--timeout=60s")

    def test_stateful_set(self):
        self.apply(SERVICE, STATEFUL_SET)
        self.done("rollout", "status", "statefulset/db", "--timeout=60s")
        self.assertEqual(["pod/db-0", "pod/db-1"], self.names("pods"))
        self.assertRegex(self.done("get", "statefulsets"), r"db +2/2 ")
        uid = self.get("pod", "db-0")["metadata"]["uid"]
        # Told to wait, kubectl looks at the Pod, then lists it: where the next db-0 comes between, within the milliseconds
        # that Pods take here, it waits for that one's end.
        self.done("delete", "pod", "db-0", "--wait=false")
        self.eventually(lambda: self.names("pods", "--field-selector=metadata.name=db-0") == ["pod/db-0"]
                        and self.get("pod", "db-0")["metadata"]["uid"] != uid)
        self.done("wait", "--for=condition=Ready", "pod/db-0", "--timeout=60s")
        self.done("set", "image", "statefulset/db", "web=httpbin:2")
        self.done("rollout", "status", "statefulset/db", "--timeout=60s")
        self.done("rollout", "undo", "statefulset/db")
        self.done("rollout", "status", "statefulset/db", "--timeout=60s")
        self.assertEqual("httpbin:1", self.get("pod", "db-1")["spec"]["containers"][0]["image"])
        self.done("scale", "statefulset/db", "--replicas=1")
        self.eventually(lambda: self.names("pods"), ["pod/db-0"])

    def test_daemon_set(self):
        self.apply(DAEMON_SET)
        self.done("rollout", "status", "daemonset/agent", "--timeout=60s")
        self.assertEqual({"node-1", "node-2", "node-3"}, {pod["spec"]["nodeName"] for pod in self.get("pods")["items"]})
        self.done("set", "image", "daemonset/agent", "web=httpbin:2")
        self.done("rollout", "status", "daemonset/agent", "--timeout=60s")
        self.assertRegex(self.done("rollout", "history", "daemonset/agent"), r"1 .*\n2 ")
        self.assertRegex(self.done("get", "daemonsets"), r"agent +3 +3 +3 +3 +3 ")


class Exposing(Kubectl):
    def test_expose_and_endpoint_slices(self):
        self.apply(DEPLOYMENT)
        self.done("rollout", "status", "deployment/web", "--timeout=60s")
        self.done("expose", "deployment", "web", "--name=shown", "--port=80", "--target-port=http")
        addresses = sorted(pod["status"]["podIP"] for pod in self.get("pods")["items"])

        def in_slices():
            slices = self.get("endpointslices", "-l", "kubernetes.io/service-name=shown")["items"]
            return sorted(a for each in slices for e in each["endpoints"] for a in e["addresses"])
        self.eventually(in_slices, addresses)
        self.done("scale", "deployment", "web", "--replicas=1")
        self.eventually(lambda: len(in_slices()), 1)

    def test_types_of_services(self):
        self.apply(DEPLOYMENT)
        for kind in ("NodePort", "LoadBalancer"):
            self.done("expose", "deployment", "web", f"--name={kind.lower()}", f"--type={kind}", "--port=80")
        self.assertRegex(self.done("get", "service", "nodeport"), r"NodePort .* 80:3\d+/TCP")
        self.assertRegex(self.done("get", "service", "loadbalancer"), r"LoadBalancer +\S+ +10\.0\.252\.\d+ ")
