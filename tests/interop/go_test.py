#!/usr/bin/env python3
"""A controller of client-go on a simulated cluster. Its source is go/controller; $INTEROP_CLIENT is the built program."""

import os
import signal
import unittest

import clients
import cluster
import lines

CONTROLLER = cluster.client_program(clients.go_client)
LEASE_SECONDS = 3  # leaseDuration in go/controller/main.go


class Go(cluster.Suite):
    def setUp(self):
        self.make_namespace()
        self.services = f"/api/v1/namespaces/{self.space}/services"
        self.copies = f"/api/v1/namespaces/{self.space}/configmaps"

    def controller(self, *arguments, environment=None):
        return lines.Program(self, [CONTROLLER, "--kubeconfig", self.cluster.kubeconfig, "--namespace", self.space,
                                    *arguments], env={**os.environ, **(environment or {})})

    def synced(self, *arguments, **options):
        controller = self.controller(*arguments, **options)
        controller.wait_for("synced", "Service")
        controller.wait_for("synced", "ConfigMap")
        return controller

    def make_service(self, name, port=80, labels=None):
        code, made = self.ask("POST", self.services, {"metadata": {"name": name, "labels": labels or {"interop": "copy"}},
                                                      "spec": {"ports": [{"port": port}]}})
        self.assertEqual(201, code, made)
        return made

    def change_service(self, name, change):
        code, changed = self.ask("PATCH", f"{self.services}/{name}", change, "application/merge-patch+json")
        self.assertEqual(200, code, changed)

    def copy_of(self, name):
        code, found = self.ask("GET", f"{self.copies}/{name}")
        return found["data"] if code == 200 else None

    def lease(self):
        return self.ask("GET", f"/apis/coordination.k8s.io/v1/namespaces/{self.space}/leases/interop")[1]["spec"]

    def test_speaks_http2_and_nothing_else(self):
        controller = self.synced()
        self.make_service("web")
        controller.wait_for("copied", "web")
        self.assertEqual(["HTTP/2.0"], controller.abouts("protocol"))

    def test_keeps_a_config_map_for_every_service(self):
        made = self.make_service("before")
        self.make_service("other", labels={"interop": "no"})
        controller = self.synced()
        self.eventually(lambda: self.copy_of("before"), {"clusterIP": made["spec"]["clusterIP"], "ports": "80"})
        self.make_service("after", 81)
        self.eventually(lambda: (self.copy_of("after") or {}).get("ports"), "81")
        self.change_service("after", {"spec": {"ports": [{"port": 82}]}})
        self.eventually(lambda: (self.copy_of("after") or {}).get("ports"), "82")
        self.assertIsNone(self.copy_of("other"))
        self.change_service("other", {"metadata": {"labels": {"interop": "copy"}}})
        self.eventually(lambda: (self.copy_of("other") or {}).get("ports"), "80")
        self.assertEqual([], controller.abouts("failed"))

    def test_makes_good_what_others_do_to_a_copy(self):
        controller = self.synced()
        self.make_service("web")
        controller.wait_for("added configmap", "web")
        self.ask("DELETE", f"{self.copies}/web")
        controller.wait_for("deleted configmap", "web")
        self.eventually(lambda: (self.copy_of("web") or {}).get("ports"), "80")
        self.ask("PATCH", f"{self.copies}/web", {"data": {"ports": "wrong"}}, "application/merge-patch+json")
        self.eventually(lambda: (self.copy_of("web") or {}).get("ports"), "80")

    def test_copy_goes_with_its_service_or_its_label(self):
        controller = self.synced()
        for name in ("deleted", "relabelled"):
            self.make_service(name)
            controller.wait_for("added configmap", name)
        self.ask("DELETE", f"{self.services}/deleted")
        self.eventually(lambda: self.copy_of("deleted"), None)
        self.change_service("relabelled", {"metadata": {"labels": {"interop": None}}})
        controller.wait_for("deleted service", "relabelled")
        self.eventually(lambda: self.copy_of("relabelled"), None)

    def test_many_services(self):
        controller = self.synced()
        for number in range(100):
            self.make_service(f"s{number}")
        controller.wait_until(lambda: len(set(controller.abouts("copied"))) == 100)
        self.assertEqual([], controller.abouts("failed"))

    def test_resync_delivers_what_is_cached(self):
        self.make_service("web")
        controller = self.synced("--resync", "1s")
        controller.wait_until(lambda: controller.abouts("resynced service").count("web") >= 2)
        self.assertEqual(1, controller.abouts("added service").count("web"))

    def test_informers_that_stream_their_lists(self):
        self.make_service("before")
        controller = self.synced(environment={"KUBE_FEATURE_WatchListClient": "true"})
        controller.wait_for("added service", "before")
        self.make_service("after")
        controller.wait_for("copied", "after")

    def test_events_are_recorded(self):
        controller = self.synced()
        made = self.make_service("web")
        controller.wait_for("copied", "web")

        def counts():
            events = self.ask("GET", f"/api/v1/namespaces/{self.space}/events?fieldSelector=involvedObject.name%3Dweb")[1]
            return [(event["reason"], event["source"]["component"], event["involvedObject"]["uid"], event["count"])
                    for event in events["items"]]
        self.eventually(counts, [("Copied", "interop", made["metadata"]["uid"], 1)])
        self.change_service("web", {"spec": {"ports": [{"port": 82}]}})
        self.eventually(counts, [("Copied", "interop", made["metadata"]["uid"], 2)])

    def test_one_leads_and_the_other_follows(self):
        first = self.controller("--identity", "first")
        first.wait_for("leads", "first")
        second = self.controller("--identity", "second")
        second.wait_for("leader", "first")
        self.assertEqual("first", self.lease()["holderIdentity"])
        first.process.send_signal(signal.SIGTERM)
        second.wait_for("leads", "second")
        first.process.wait(timeout=10)
        first.wait_told("stopped", "first")
        self.assertEqual("second", self.lease()["holderIdentity"])
        self.assertGreaterEqual(self.lease()["leaseTransitions"], 1)

    def test_leader_that_dies_is_succeeded_when_its_lease_ends(self):
        first = self.controller("--identity", "first")
        first.wait_for("leads", "first")
        second = self.controller("--identity", "second")
        second.wait_for("leader", "first")
        first.process.kill()
        second.wait_for("leads", "second", patience=10 * LEASE_SECONDS)
        self.assertEqual("second", self.lease()["holderIdentity"])


if __name__ == "__main__":
    unittest.main()
