#!/usr/bin/env python3
"""What people do with kubectl, on a simulated cluster: applying, reading, deleting, rights, nodes; and, from
kubectl_workloads.py, rolling out and exposing; from kubectl_events.py, Events and budgets."""

import json
import os
import re
import unittest

from kubectl import DEPLOYMENT, MINOR, SERVICE, Kubectl, since
from kubectl_events import Disturbing, Telling
from kubectl_workloads import Exposing, Rolling

__all__ = ["Disturbing", "Exposing", "Rolling", "Telling"]  # unittest runs what is in this module


class Applying(Kubectl):
    def test_apply_is_idempotent(self):
        self.assertEqual("service/web created\ndeployment.apps/web created\n", self.apply(SERVICE, DEPLOYMENT))
        self.done("rollout", "status", "deployment/web", "--timeout=60s")
        before = self.get("deployment", "web")
        self.assertEqual("service/web unchanged\ndeployment.apps/web unchanged\n", self.apply(SERVICE, DEPLOYMENT))
        self.assertEqual(before["metadata"]["resourceVersion"], self.get("deployment", "web")["metadata"]["resourceVersion"])
        self.assertEqual("deployment.apps/web configured\n", self.apply(DEPLOYMENT.replace("replicas: 2", "replicas: 3")))
        self.assertEqual(3, self.get("deployment", "web")["spec"]["replicas"])

    def test_apply_takes_away_what_the_manifest_no_longer_has(self):
        self.apply(SERVICE.replace("{name: web}", "{name: web, labels: {a: b, c: d}}"))
        self.done("label", "service", "web", "by=hand")
        self.apply(SERVICE.replace("{name: web}", "{name: web, labels: {a: b}}"))
        self.assertEqual({"a": "b", "by": "hand"}, self.get("service", "web")["metadata"]["labels"])

    def test_unknown_field_is_refused(self):
        said = self.refused("apply", "-f", "-", text=DEPLOYMENT.replace("replicas:", "replicass:"))
        self.assertRegex(said, r'unknown field "(spec\.)?replicass"')
        self.apply(DEPLOYMENT)
        said = self.refused("apply", "-f", "-", text=DEPLOYMENT.replace("replicas:", "replicass:"))
        self.assertRegex(said, r'unknown field "(spec\.)?replicass"')

    def test_unknown_field_is_let_through_on_demand(self):
        said = self.done("apply", "--validate=false", "-f", "-", text=DEPLOYMENT.replace("replicas:", "replicass:"))
        self.assertEqual("deployment.apps/web created\n", said)
        self.assertEqual(1, self.get("deployment", "web")["spec"]["replicas"])

    def test_server_side_apply(self):
        def apply(manager, replicas, *flags):
            return ("apply", "--server-side", f"--field-manager={manager}", *flags, "-f", "-"), DEPLOYMENT.replace(
                "replicas: 2", f"replicas: {replicas}")
        arguments, text = apply("one", 2)
        self.assertEqual("deployment.apps/web serverside-applied\n", self.done(*arguments, text=text))
        arguments, text = apply("two", 2)
        self.done(*arguments, text=text)
        arguments, text = apply("two", 4)
        said = self.refused(*arguments, text=text)
        self.assertIn('conflict with "one"', said)
        self.assertIn(".spec.replicas", said)
        self.assertEqual(2, self.get("deployment", "web")["spec"]["replicas"])
        arguments, text = apply("two", 4, "--force-conflicts")
        self.done(*arguments, text=text)
        self.assertEqual(4, self.get("deployment", "web")["spec"]["replicas"])
        flags = ["--show-managed-fields"] if MINOR >= 21 else []
        fields = self.get("deployment", "web", *flags)["metadata"]["managedFields"]
        owners = {entry["manager"] for entry in fields if "f:replicas" in entry["fieldsV1"].get("f:spec", {})}
        self.assertEqual({"two"}, owners)

    def test_dry_run_on_the_server_writes_nothing(self):
        said = self.done("apply", "--dry-run=server", "-f", "-", text=DEPLOYMENT)
        self.assertEqual("deployment.apps/web created (server dry run)\n", said)
        self.assertEqual([], self.names("deployments"))
        made = json.loads(self.done("create", "configmap", "c", "--from-literal=a=b", "--dry-run=server", "-o", "json"))
        self.assertTrue(made["metadata"]["uid"])
        self.refused("get", "configmap", "c")
        self.deployed()
        self.done("scale", "deployment", "web", "--replicas=1")
        self.done("delete", "deployment", "web", "--dry-run=server")
        self.assertEqual(["deployment.apps/web"], self.names("deployments"))

    def test_diff(self):
        self.apply(SERVICE)
        self.done("diff", "-f", "-", text=SERVICE)
        said = self.refused("diff", "-f", "-", text=SERVICE.replace("8000", "8001"))
        self.assertRegex(said, r"(?m)^-.*port: 8000$")
        self.assertRegex(said, r"(?m)^\+.*port: 8001$")
        self.assertEqual(8000, self.get("service", "web")["spec"]["ports"][0]["port"])

    def test_patch_of_three_types(self):
        self.apply(DEPLOYMENT)
        self.done("patch", "deployment", "web", "--type=merge", "-p", '{"spec":{"replicas":1}}')
        self.done("patch", "deployment", "web", "--type=json", "-p",
                  '[{"op":"test","path":"/spec/replicas","value":1},{"op":"add","path":"/metadata/labels","value":{"j":"1"}}]')
        self.done("patch", "deployment", "web", "-p", '{"spec":{"template":{"spec":{"containers":'
                  '[{"name":"second","image":"httpbin:2"}]}}}}')
        deployment = self.get("deployment", "web")
        self.assertEqual(1, deployment["spec"]["replicas"])
        self.assertEqual({"j": "1"}, deployment["metadata"]["labels"])
        self.assertEqual({"web", "second"}, {c["name"] for c in deployment["spec"]["template"]["spec"]["containers"]})
        said = self.refused("patch", "deployment", "web", "--type=json", "-p",
                            '[{"op":"test","path":"/spec/replicas","value":9},{"op":"remove","path":"/spec/template"}]')
        self.assertIn("The request is invalid", said)  # real servers say no more either

    def test_create_without_manifests(self):
        self.done("create", "deployment", "web", "--image=httpbin:1")
        self.done("create", "service", "clusterip", "web", "--tcp=80:8080")
        self.done("create", "secret", "generic", "s", "--from-literal=a=b")
        self.done("create", "ingress", "web", "--rule=host/path=web:80")
        path = self.get("ingress", "web")["spec"]["rules"][0]["http"]["paths"][0]
        self.assertEqual({"name": "web", "port": {"number": 80}}, path["backend"]["service"])
        if MINOR >= 25:  # older ones want an API version that Kubernetes no longer has
            self.done("create", "poddisruptionbudget", "web", "--selector=app=web", "--min-available=1")
            self.assertEqual(1, self.get("poddisruptionbudget", "web")["spec"]["minAvailable"])
        self.assertIn("could not find the requested resource", self.refused("create", "job", "j", "--image=a"))

    def test_label_and_annotate(self):
        self.apply(SERVICE)
        self.done("label", "service", "web", "tier=front", "old=1")
        self.assertIn("already has a value", self.refused("label", "service", "web", "tier=back"))
        self.done("label", "service", "web", "tier=back", "old-", "--overwrite")
        self.done("annotate", "service", "web", "note=hello there")
        metadata = self.get("service", "-l", "tier=back")["items"][0]["metadata"]
        self.assertEqual({"tier": "back"}, metadata["labels"])
        self.assertEqual("hello there", metadata["annotations"]["note"])

    def test_replace_with_an_old_version_is_a_conflict(self):
        self.done("create", "configmap", "c", "--from-literal=a=b")
        old = self.done("get", "configmap", "c", "-o", "json")
        self.done("label", "configmap", "c", "changed=yes")
        self.assertIn("the object has been modified", self.refused("replace", "-f", "-", text=old))


class Reading(Kubectl):
    def test_get_all(self):
        self.deployed()
        said = self.done("get", "all")
        for row in (r"pod/web-\S+ +1/1 +Running +0 ", r"service/web +ClusterIP +10\.0\.24\d\.\d+ +<none> +8000/TCP ",
                    r"deployment\.apps/web +2/2 +2 +2 ", r"replicaset\.apps/web-\S+ +2 +2 +2 "):
            self.assertRegex(said, row)
        wide = self.done("get", "pods", "-o", "wide")
        self.assertRegex(wide, r"NAME +READY +STATUS +RESTARTS +AGE +IP +NODE +NOMINATED NODE +READINESS GATES\n")
        self.assertRegex(wide, r"10\.0\.\d+\.\d+ +node-\d +<none> +<none>\n")

    def test_outputs(self):
        self.deployed()
        self.assertEqual("httpbin:1", self.done(
            "get", "deployment", "web", "-o", "jsonpath={.spec.template.spec.containers[0].image}"))
        self.assertEqual("web   2\n", self.done("get", "deployment", "web", "--no-headers", "-o",
                                                "custom-columns=N:.metadata.name,R:.spec.replicas"))
        self.assertEqual(2, len(self.names("pods", "--field-selector=status.phase=Running")))
        self.assertEqual([], self.names("pods", "-l", "app in (other),!x"))
        self.assertIn('pods "nobody" not found', self.refused("get", "pod", "nobody"))
        self.assertIn("the server doesn't have a resource type", self.refused("get", "widgets"))

    def test_watch(self):
        watch = self.start("get", "configmaps", "-w", "-o", "name")
        self.addCleanup(watch.wait)
        self.addCleanup(watch.kill)
        self.addCleanup(watch.stdout.close)
        self.addCleanup(watch.stderr.close)
        self.addCleanup(watch.stdin.close)
        self.assertEqual("configmap/kube-root-ca.crt\n", watch.stdout.readline())
        self.done("create", "configmap", "c", "--from-literal=a=b")
        self.assertEqual("configmap/c\n", watch.stdout.readline())
        self.done("label", "configmap", "c", "x=y")
        self.assertEqual("configmap/c\n", watch.stdout.readline())

    def test_describe(self):
        self.deployed()
        self.assertRegex(self.done("describe", "deployment", "web"),
                         r"Replicas: +2 desired \| 2 updated \| 2 total \| 2 available \| 0 unavailable")
        self.assertRegex(self.done("describe", "service", "web"), r"Endpoints: +10\.0\.\d+\.\d+:80,10\.0\.\d+\.\d+:80\n")
        self.assertRegex(self.done("describe", "pods", "-l", "app=web"), r"Controlled By: +ReplicaSet/web-")
        self.assertRegex(self.done("describe", "node", "node-1"), r"Ready +True")
        self.assertRegex(self.done("describe", "namespace", self.space), r"Status: +Active")

    def test_explain(self):
        self.assertRegex(self.done("explain", "deployment.spec.replicas"), r"FIELD: +replicas <integer>")
        self.assertIn("nodeName", self.done("explain", "pod.spec"))
        self.assertIn('field "nothing" does not exist', self.refused("explain", "pod.nothing"))

    def test_api_resources(self):
        rows = {row.split()[0]: row.split()[1:] for row in self.done("api-resources", "--no-headers").splitlines()}
        self.assertEqual(["deploy", "apps/v1", "true", "Deployment"], rows["deployments"])
        self.assertEqual(["no", "v1", "false", "Node"], rows["nodes"])
        self.assertIn("endpointslices", rows)
        self.assertIn("apps/v1\n", self.done("api-versions"))

    def test_version(self):
        self.assertRegex(self.done("version"), r"1\.34|Minor:\"34\"")

    def test_what_simulated_pods_lack_is_said(self):
        self.deployed()
        self.assertIn("simulated containers have no logs", self.refused("logs", "deployment/web"))
        self.assertIn("Metrics API not available", self.refused("top", "pods"))
        self.refused("exec", "deployment/web", "--", "true")

    def test_every_cluster_has(self):
        self.assertEqual("443", self.done("get", "service", "kubernetes", "-o", "jsonpath={.spec.ports[0].port}",
                                          space="default"))
        self.assertEqual("10.0.254.1", self.done("get", "endpoints", "kubernetes", "-o",
                                                 "jsonpath={.subsets[0].addresses[0].ip}", space="default"))
        authority = self.get("configmap", "kube-root-ca.crt")["data"]["ca.crt"]
        self.assertTrue(authority.startswith("-----BEGIN CERTIFICATE-----"), authority)


class Deleting(Kubectl):
    def test_background(self):
        self.deployed()
        self.done("delete", "deployment", "web", "--cascade=background")
        self.assert_gone("replicasets")
        self.assert_gone("pods")

    def test_foreground(self):
        self.deployed()
        self.done("delete", "deployment", "web", "--cascade=foreground")
        self.assertEqual([], self.names("deployments,replicasets,pods"))

    def test_orphan(self):
        self.deployed()
        self.done("delete", "deployment", "web", "--cascade=orphan")
        self.assertEqual(1, len(self.names("replicasets")))
        self.assertEqual(2, len(self.names("pods")))
        self.eventually(lambda: self.get("replicasets")["items"][0]["metadata"].get("ownerReferences"), None)

    def test_namespace(self):
        self.deployed()
        self.done("delete", "namespace", self.space)
        self.refused("get", "namespace", self.space)
        self.assertEqual([], self.names("pods"))

    def test_by_selector_and_force(self):
        self.deployed()
        self.done("delete", "deployment,service", "-l", "app=web")
        self.assertEqual(["deployment.apps/web"], self.names("deployments"))
        self.done("delete", "deployments", "--all")
        self.done("run", "alone", "--image=httpbin:1", "--restart=Never")
        self.done("delete", "pod", "alone", "--grace-period=0", "--force")
        self.assertNotIn("pod/alone", self.names("pods"))


class Governing(Kubectl):
    def test_cordon_and_drain(self):
        self.apply(DEPLOYMENT.replace("replicas: 2", "replicas: 6"))
        self.done("rollout", "status", "deployment/web", "--timeout=60s")
        self.addCleanup(self.done, "uncordon", "node-2")
        self.done("cordon", "node-2")
        self.assertRegex(self.done("get", "node", "node-2"), r"Ready,SchedulingDisabled")
        self.done("drain", "node-2", "--ignore-daemonsets", "--force", "--timeout=60s")
        self.done("rollout", "status", "deployment/web", "--timeout=60s")
        self.eventually(lambda: self.names("pods", "--field-selector=spec.nodeName=node-2"), [])
        self.assertEqual(6, len(self.names("pods")))
        self.done("uncordon", "node-2")
        self.assertNotIn("SchedulingDisabled", self.done("get", "node", "node-2"))

    def test_may_i(self):
        self.done("create", "serviceaccount", "robot")
        who = f"--as=system:serviceaccount:{self.space}:robot"
        self.done("create", "role", "reader", "--verb=get,list", "--resource=pods")
        self.done("create", "rolebinding", "robot-reads", "--role=reader", f"--serviceaccount={self.space}:robot")
        self.assertEqual("yes\n", self.done("auth", "can-i", "delete", "nodes"))
        self.assertEqual("yes\n", self.done("auth", "can-i", "list", "pods", who))
        self.assertIn("no", self.refused("auth", "can-i", "delete", "pods", who))
        self.assertRegex(self.done("auth", "can-i", "--list", who), r"pods +\[\] +\[\] +\[get list\]")
        self.assertIn('cannot list resource "secrets" in API group "" in the namespace', self.refused(
            "get", "secrets", who))

    @since(28, "auth whoami")
    def test_who_am_i(self):
        review = json.loads(self.done("auth", "whoami", "-o", "json"))
        self.assertIn("system:authenticated", review["status"]["userInfo"]["groups"])
        self.assertRegex(self.done("auth", "whoami"), r"Username +\S+\nGroups ")

    def as_token(self, token):
        """A kubeconfig whose user is who the token is for."""
        with open(self.cluster.kubeconfig, encoding="utf-8") as text:
            kubeconfig = re.sub(r"client-certificate-data: .*\n +client-key-data: .*", f"token: {token}", text.read())
        path = os.path.join(self.cluster.folder, f"{self.space}.kubeconfig")
        with open(path, "w", encoding="utf-8") as file:
            file.write(kubeconfig)
        return path

    @since(24, "create token")
    def test_create_token(self):
        self.done("create", "serviceaccount", "robot")
        token = self.done("create", "token", "robot", "--duration=10m").strip()
        said = self.refused("get", "pods", kubeconfig=self.as_token(token))
        self.assertIn(f'User "system:serviceaccount:{self.space}:robot" cannot list resource "pods"', said)

    def test_token_of_a_secret(self):
        self.done("create", "serviceaccount", "robot")
        self.apply('{"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/service-account-token", "metadata":'
                   '{"name": "robot", "annotations": {"kubernetes.io/service-account.name": "robot"}}}\n')
        self.eventually(lambda: "token" in self.get("secret", "robot").get("data", {}))
        token = self.done("get", "secret", "robot", "-o", "go-template={{.data.token | base64decode}}")
        self.assertIn("serviceaccount", self.refused("get", "pods", kubeconfig=self.as_token(token)))

    def test_wrong_token_is_unauthorized(self):
        self.assertRegex(self.refused("get", "pods", kubeconfig=self.as_token("wrong")), "(?i)must be logged in|Unauthorized")


if __name__ == "__main__":
    unittest.main()
