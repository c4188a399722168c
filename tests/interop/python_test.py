#!/usr/bin/env python3
"""What programs do with the package `kubernetes`, on a simulated cluster. The Python that runs this is the client."""

import json
import threading
import unittest

import kubernetes
from kubernetes.client.rest import ApiException

import cluster

VERSION = int(kubernetes.__version__.split(".", maxsplit=1)[0])
CHANGES_REMEMBERED = 10000  # watch_window in simulator/kube/cluster.h


def config_map(name, **data):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def deployment(name, replicas):
    labels = {"app": name}
    return kubernetes.client.V1Deployment(
        metadata=kubernetes.client.V1ObjectMeta(name=name),
        spec=kubernetes.client.V1DeploymentSpec(
            replicas=replicas, selector=kubernetes.client.V1LabelSelector(match_labels=labels),
            template=kubernetes.client.V1PodTemplateSpec(
                metadata=kubernetes.client.V1ObjectMeta(labels=labels),
                spec=kubernetes.client.V1PodSpec(containers=[kubernetes.client.V1Container(name="c", image="httpbin:1")]))))


class Python(cluster.Suite):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.api = kubernetes.config.new_client_from_config(cls.cluster.kubeconfig)
        cls.addClassCleanup(cls.api.close)
        cls.core = kubernetes.client.CoreV1Api(cls.api)
        cls.apps = kubernetes.client.AppsV1Api(cls.api)

    def setUp(self):
        self.core.create_namespace({"metadata": {"name": self.space}})

    def refused(self, status, call, *arguments, **options):
        """The Status that a call is refused with."""
        with self.assertRaises(ApiException) as refusal:
            call(*arguments, **options)
        self.assertEqual(status, refusal.exception.status, refusal.exception.body)
        return json.loads(refusal.exception.body)

    def make(self, name, **data):
        return self.core.create_namespaced_config_map(self.space, config_map(name, **data))

    def as_account(self, name):
        """The API as ServiceAccount `name`, by a token of its own."""
        token = self.core.create_namespaced_service_account_token(name, self.space, {"spec": {"expirationSeconds": 600}})
        configuration = kubernetes.client.Configuration()
        configuration.host = self.api.configuration.host
        configuration.ssl_ca_cert = self.api.configuration.ssl_ca_cert
        client = kubernetes.client.ApiClient(configuration, header_name="Authorization",
                                             header_value=f"Bearer {token.status.token}")
        self.addCleanup(client.close)
        return client


class Objects(Python):
    def test_create_read_replace_delete(self):
        made = self.make("c", a="1")
        self.assertTrue(made.metadata.uid)
        self.assertEqual("AlreadyExists", self.refused(409, self.make, "c")["reason"])
        read = self.core.read_namespaced_config_map("c", self.space)
        self.assertEqual({"a": "1"}, read.data)
        read.data["b"] = "2"
        replaced = self.core.replace_namespaced_config_map("c", self.space, read)
        self.assertNotEqual(made.metadata.resource_version, replaced.metadata.resource_version)
        self.assertEqual("Conflict", self.refused(409, self.core.replace_namespaced_config_map, "c", self.space, read)["reason"])
        self.core.delete_namespaced_config_map("c", self.space)
        gone = self.refused(404, self.core.read_namespaced_config_map, "c", self.space)
        self.assertEqual('configmaps "c" not found', gone["message"])
        self.assertEqual({"name": "c", "kind": "configmaps"}, gone["details"])

    def test_typed_deployment_becomes_pods(self):
        self.apps.create_namespaced_deployment(self.space, deployment("web", 3))
        self.eventually(lambda: self.apps.read_namespaced_deployment_status("web", self.space).status.ready_replicas, 3)
        pods = self.core.list_namespaced_pod(self.space, label_selector="app=web").items
        self.assertEqual({"Running"}, {pod.status.phase for pod in pods})
        self.assertEqual(3, len({pod.status.pod_ip for pod in pods}))
        self.apps.patch_namespaced_deployment_scale("web", self.space, {"spec": {"replicas": 1}})
        self.assertEqual(1, self.apps.read_namespaced_deployment_scale("web", self.space).spec.replicas)
        self.eventually(lambda: len(self.core.list_namespaced_pod(self.space).items), 1)
        self.apps.delete_namespaced_deployment("web", self.space, propagation_policy="Foreground")
        self.eventually(lambda: len(self.core.list_namespaced_pod(self.space).items), 0)

    def test_list_in_pages(self):
        for number in range(5):
            self.make(f"c{number}")
        names, more = [], None
        while True:
            page = self.core.list_namespaced_config_map(self.space, limit=2, _continue=more)
            self.assertLessEqual(len(page.items), 2)
            names += [item.metadata.name for item in page.items]
            more = page.metadata._continue
            if not more:
                break
        self.assertEqual(["c0", "c1", "c2", "c3", "c4", "kube-root-ca.crt"], names)

    def test_delete_collection(self):
        for name in ("a", "b"):
            self.core.create_namespaced_config_map(self.space, {"metadata": {"name": name, "labels": {"x": "y"}}})
        self.make("c")
        self.core.delete_collection_namespaced_config_map(self.space, label_selector="x=y")
        names = [item.metadata.name for item in self.core.list_namespaced_config_map(self.space).items]
        self.assertEqual(["c", "kube-root-ca.crt"], names)

    def test_invalid_object_says_which_field(self):
        said = self.refused(422, self.core.create_namespaced_service, self.space,
                            {"metadata": {"name": "web"}, "spec": {"ports": [{"port": 70000}]}})
        self.assertEqual("Invalid", said["reason"])
        self.assertEqual("spec.ports[0].port", said["details"]["causes"][0]["field"])

    def test_dynamic_client(self):
        from kubernetes import dynamic  # pylint: disable=import-outside-toplevel
        client = dynamic.DynamicClient(self.api)
        services = client.resources.get(api_version="v1", kind="Service")
        made = services.create(namespace=self.space, body={"metadata": {"name": "web"}, "spec": {"ports": [{"port": 80}]}})
        self.assertRegex(made.spec.clusterIP, r"^10\.0\.24")
        slices = client.resources.get(api_version="discovery.k8s.io/v1", kind="EndpointSlice")
        self.assertEqual([], slices.get(namespace=self.space).items)


class Patches(Python):
    def patched(self, body, content_type):
        """The ConfigMap after a PATCH of exactly this media type: which one the package chooses differs by version."""
        try:
            return self.core.patch_namespaced_config_map("c", self.space, body, _content_type=content_type)
        except TypeError:
            pass  # packages of Debian 12 choose by themselves
        self.api.call_api(f"/api/v1/namespaces/{self.space}/configmaps/c", "PATCH",
                          header_params={"Content-Type": content_type, "Accept": "application/json"},
                          body=body, auth_settings=["BearerToken"], response_type="object", _return_http_data_only=True)
        return self.core.read_namespaced_config_map("c", self.space)

    def test_merge(self):
        self.make("c", a="1", b="2")
        self.assertEqual({"b": "3"}, self.patched({"data": {"a": None, "b": "3"}}, "application/merge-patch+json").data)

    def test_json(self):
        self.make("c", a="1")
        patch = [{"op": "test", "path": "/data/a", "value": "1"}, {"op": "move", "from": "/data/a", "path": "/data/b"}]
        self.assertEqual({"b": "1"}, self.patched(patch, "application/json-patch+json").data)
        self.refused(422, self.patched, patch, "application/json-patch+json")

    def test_strategic(self):
        self.apps.create_namespaced_deployment(self.space, deployment("web", 0))
        self.apps.patch_namespaced_deployment("web", self.space, {"spec": {"template": {"spec": {
            "containers": [{"name": "c", "env": [{"name": "A", "value": "1"}]}]}}}})
        container = self.apps.read_namespaced_deployment("web", self.space).spec.template.spec.containers[0]
        self.assertEqual(("httpbin:1", "A"), (container.image, container.env[0].name))

    def test_unknown_type_is_415(self):
        self.make("c")
        self.refused(415, self.patched, {}, "application/json")

    def test_server_side_apply(self):
        from kubernetes import dynamic  # pylint: disable=import-outside-toplevel
        client = dynamic.DynamicClient(self.api)
        resource = client.resources.get(api_version="v1", kind="ConfigMap")

        def apply(manager, value, **options):
            body = config_map("c", a=value)
            # The package of Debian 12 sends a body of this media type only when it is text already.
            client.server_side_apply(resource, body if VERSION >= 24 else json.dumps(body), name="c", namespace=self.space,
                                     field_manager=manager, **options)
        apply("one", "1")
        with self.assertRaises(dynamic.exceptions.ConflictError) as refusal:
            apply("two", "2")
        self.assertIn('conflict with "one"', json.loads(refusal.exception.body)["message"])
        apply("two", "2", force_conflicts=True)
        self.assertEqual({"a": "2"}, self.core.read_namespaced_config_map("c", self.space).data)


class Watches(Python):
    def test_watch_goes_on_from_a_version(self):
        self.make("before")
        version = self.core.list_namespaced_config_map(self.space).metadata.resource_version
        self.make("c", a="1")
        self.core.patch_namespaced_config_map("c", self.space, {"data": {"a": "2"}})
        self.core.delete_namespaced_config_map("c", self.space)
        seen = [(event["type"], event["object"].metadata.name) for event in kubernetes.watch.Watch().stream(
            self.core.list_namespaced_config_map, self.space, resource_version=version, timeout_seconds=1)]
        self.assertEqual([("ADDED", "c"), ("MODIFIED", "c"), ("DELETED", "c")], seen)

    def test_watch_sees_what_happens_meanwhile(self):
        watch, seen = kubernetes.watch.Watch(), []

        def follow():
            for event in watch.stream(self.core.list_namespaced_config_map, self.space, label_selector="x=y",
                                      timeout_seconds=20):
                seen.append((event["type"], event["object"].metadata.name))
                if len(seen) == 2:
                    watch.stop()
        thread = threading.Thread(target=follow)
        thread.start()
        self.make("c")
        self.core.patch_namespaced_config_map("c", self.space, {"metadata": {"labels": {"x": "y"}}})
        self.core.patch_namespaced_config_map("c", self.space, {"metadata": {"labels": {"x": None}}})
        thread.join(30)
        self.assertEqual([("ADDED", "c"), ("DELETED", "c")], seen)

    def test_watch_from_a_forgotten_version_is_410(self):
        path = f"/api/v1/namespaces/{self.space}/configmaps/kube-root-ca.crt"
        self.eventually(lambda: self.ask("GET", path)[0], 200)
        for number in range(CHANGES_REMEMBERED + 1):
            self.ask("PATCH", path, {"metadata": {"labels": {"n": str(number)}}}, "application/merge-patch+json")
        with self.assertRaises(ApiException) as refusal:
            for event in kubernetes.watch.Watch().stream(self.core.list_namespaced_config_map, self.space,
                                                         resource_version="1", timeout_seconds=5):
                if event["type"] == "ERROR":  # packages of Debian 12 hand it out
                    raise ApiException(status=event["object"]["code"], reason=event["object"]["reason"])
        self.assertEqual(410, refusal.exception.status)


class Access(Python):
    def test_token_is_its_account(self):
        self.core.create_namespaced_service_account(self.space, {"metadata": {"name": "robot"}})
        robot = kubernetes.client.CoreV1Api(self.as_account("robot"))
        user = f"system:serviceaccount:{self.space}:robot"
        said = self.refused(403, robot.list_namespaced_pod, self.space)
        self.assertEqual(f'pods is forbidden: User "{user}" cannot list resource "pods" in API group "" in the namespace '
                         f'"{self.space}"', said["message"])
        self.assertEqual(("Forbidden", {"kind": "pods"}), (said["reason"], said["details"]))
        said = self.refused(403, robot.read_namespaced_secret, "s", self.space)
        self.assertEqual(f'secrets "s" is forbidden: User "{user}" cannot get resource "secrets" in API group "" in the '
                         f'namespace "{self.space}"', said["message"])
        said = self.refused(403, kubernetes.client.CoreV1Api(robot.api_client).list_node)
        self.assertEqual(f'nodes is forbidden: User "{user}" cannot list resource "nodes" in API group "" at the cluster '
                         'scope', said["message"])
        rights = kubernetes.client.RbacAuthorizationV1Api(self.api)
        rights.create_namespaced_role(self.space, {"metadata": {"name": "reader"}, "rules": [
            {"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]}]})
        rights.create_namespaced_role_binding(self.space, {
            "metadata": {"name": "robot"}, "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role",
                                                       "name": "reader"},
            "subjects": [{"kind": "ServiceAccount", "name": "robot", "namespace": self.space}]})
        self.eventually(lambda: len(robot.list_namespaced_pod(self.space).items), 0)

    def test_token_ends_with_its_account(self):
        self.core.create_namespaced_service_account(self.space, {"metadata": {"name": "robot"}})
        robot = kubernetes.client.CoreV1Api(self.as_account("robot"))
        self.refused(403, robot.list_namespaced_pod, self.space)
        self.core.delete_namespaced_service_account("robot", self.space)
        self.assertEqual("Unauthorized", self.refused(401, robot.list_namespaced_pod, self.space)["reason"])

    def test_reviews(self):
        review = kubernetes.client.AuthorizationV1Api(self.api).create_self_subject_access_review(
            {"spec": {"resourceAttributes": {"verb": "delete", "resource": "nodes"}}})
        self.assertTrue(review.status.allowed)

    def test_version(self):
        self.assertEqual("34", kubernetes.client.VersionApi(self.api).get_code().minor)


if __name__ == "__main__":
    unittest.main()
