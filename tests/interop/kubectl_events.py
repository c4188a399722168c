"""The part of kubectl_test.py that is about what a cluster tells people: Events; and about whom it asks: budgets."""

from kubectl import DEPLOYMENT, STATEFUL_SET, Kubectl, since

BUDGET = """
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec:
  minAvailable: 2
  selector: {matchLabels: {app: web}}
"""


class Telling(Kubectl):
    def test_describe_shows_what_happened(self):
        self.deployed()
        self.assertRegex(self.done("describe", "deployment", "web"),
                         r"Events:\n(.*\n)+ +Normal +ScalingReplicaSet +\S+ +deployment-controller +Scaled up replica set "
                         r"web-\w+ from 0 to 2\n")
        self.assertRegex(self.done("describe", "replicaset"), r"Normal +SuccessfulCreate +\S+ +replicaset-controller +Created pod: web-")
        self.assertRegex(self.done("describe", "pods"),
                         rf"Normal +Scheduled +\S+ +default-scheduler +Successfully assigned {self.space}/web-\S+ to node-\d\n")

    def test_get_events(self):
        self.deployed()
        self.done("scale", "deployment/web", "--replicas=0")
        self.assert_gone("pods")
        said = self.done("get", "events", "-o", "wide")
        self.assertRegex(said, r"\S+ +Normal +SuccessfulDelete +replicaset/web-\S+ +replicaset-controller +Deleted pod: web-\S+ ")
        self.assertRegex(said, r"\S+ +Normal +Killing +pod/web-\S+ +spec.containers\{web\} +kubelet, node-\d +Stopping container web ")
        self.assertNotIn("Scheduled", self.done("get", "events", "--field-selector=reason=Killing"))
        self.assertIn("SuccessfulDelete", self.done("get", "events", "--sort-by=.lastTimestamp"))

    @since(23, "events")
    def test_events(self):
        self.apply(STATEFUL_SET)
        self.done("rollout", "status", "statefulset/db", "--timeout=60s")
        self.assertRegex(self.done("events", "--for=statefulset/db"),
                         r"Normal +SuccessfulCreate +StatefulSet/db +create Pod db-1 in StatefulSet db successful")

    def test_a_pod_that_fits_nowhere_says_why(self):
        self.done("run", "far", "--image=i", "--restart=Never", "--overrides",
                  '{"apiVersion": "v1", "spec": {"nodeSelector": {"disk": "ssd"}}}')
        self.eventually(lambda: "FailedScheduling" in self.done("describe", "pod", "far"))
        self.assertRegex(self.done("describe", "pod", "far"),
                         r"Warning +FailedScheduling +\S+ +default-scheduler +0/\d nodes are available: \d node\(s\) didn't match "
                         r"Pod's node affinity/selector")


class Disturbing(Kubectl):
    def budget(self):
        return self.done("get", "pdb", "web", "--no-headers").split()[1:4]

    def test_a_drain_waits_for_the_budget(self):
        self.apply(DEPLOYMENT, BUDGET)
        self.done("rollout", "status", "deployment/web", "--timeout=60s")
        self.eventually(self.budget, ["2", "N/A", "0"])
        node = self.get("pods")["items"][0]["spec"]["nodeName"]
        self.addCleanup(self.done, "uncordon", node)
        drain = ("drain", node, "--ignore-daemonsets", "--force", "--pod-selector=app=web")
        self.assertIn("Cannot evict pod as it would violate the pod's disruption budget.",
                      self.refused(*drain, "--timeout=3s"))
        self.assertEqual(2, len(self.names("pods")))
        self.done("scale", "deployment/web", "--replicas=4")
        self.done("rollout", "status", "deployment/web", "--timeout=60s")
        self.done(*drain, "--timeout=60s")
        self.eventually(lambda: self.names("pods", f"--field-selector=spec.nodeName={node}"), [])
        self.eventually(self.budget, ["2", "N/A", "2"])

    @since(22, "describe for budgets of policy/v1, and no cluster of 1.34 has v1beta1")
    def test_describe_says_what_may_go(self):
        self.apply(DEPLOYMENT, BUDGET.replace("minAvailable: 2", "maxUnavailable: 50%"))
        self.done("rollout", "status", "deployment/web", "--timeout=60s")
        self.eventually(self.budget, ["N/A", "50%", "1"])
        self.assertRegex(self.done("describe", "pdb", "web"),
                         r"Allowed disruptions: +1\n +Current: +2\n +Desired: +1\n +Total: +2\n")
