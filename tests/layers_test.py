#!/usr/bin/env python3
"""The layers hold in this tree, and the check that says so can fail."""

import os
import tempfile
import unittest

import layers

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class ThisTree(unittest.TestCase):
    def test_has_no_breach(self):
        self.assertEqual([], layers.check(ROOT))

    def test_was_really_read(self):
        self.assertGreater(len(list(layers.sources(ROOT))), 20)
        self.assertGreater(len(list(layers.libraries(ROOT))), 10)


class BrokenTrees(unittest.TestCase):
    """Each breach is planted in a small tree of its own and must be reported with its place."""

    def tree(self, files):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        for path, text in files.items():
            full = os.path.join(folder.name, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "w", encoding="utf-8") as out:
                out.write(text)
        return layers.check(folder.name)

    def assert_breach(self, files, words):
        breaches = self.tree(files)
        self.assertTrue(any(words in breach for breach in breaches), f"no breach says '{words}': {breaches}")

    def test_the_judge_includes_the_reference(self):
        self.assert_breach({"reference/core/balancer.h": "", "conformance/checks/x.cc": '#include "reference/core/balancer.h"\n'},
                           "conformance/checks/x.cc:1: conformance/checks may not include reference/core/balancer.h")

    def test_the_runner_includes_the_reference(self):
        self.assert_breach({"reference/core/balancer.h": "", "conformance/runner/x.cc": '\n#include "reference/core/balancer.h"\n'},
                           "conformance/runner/x.cc:2")

    def test_a_check_includes_the_simulator(self):
        self.assert_breach({"simulator/world/world.h": "", "conformance/checks/x.cc": '#include "simulator/world/world.h"\n'},
                           "conformance/checks may not include simulator/world/world.h")

    def test_a_folder_of_the_core_includes_one_that_builds_on_it(self):
        self.assert_breach({"reference/core/routing/route.h": "",
                            "reference/core/balancing/x.cc": '#include "reference/core/routing/route.h"\n'},
                           "reference/core/balancing may not include reference/core/routing/route.h")

    def test_the_core_includes_a_socket_library(self):
        self.assert_breach({"reference/core/x.cc": "#include <boost/asio.hpp>\n"}, "<boost/asio.hpp> is not used here")

    def test_the_model_includes_the_wire(self):
        self.assert_breach({"wire/x.h": "", "model/y.h": '#include "wire/x.h"\n'}, "model may not include wire/x.h")

    def test_an_include_that_is_not_rooted(self):
        self.assert_breach({"model/a.h": "", "model/b.h": '#include "a.h"\n'}, "is not a path from the root")

    def test_an_include_in_brackets(self):
        self.assert_breach({"reference/core/balancer.h": "", "conformance/checks/x.cc": "#include <reference/core/balancer.h>\n"},
                           "conformance/checks may not include reference/core/balancer.h")

    def test_a_link_declared_as_a_package(self):
        self.assert_breach({"reference/core/CMakeLists.txt": "plumbline_library(reference_core)",
                            "conformance/checks/CMakeLists.txt": "plumbline_library(checks EXTERNAL reference_core)"},
                           "reference_core, which is ours")

    def test_a_link_made_by_hand(self):
        self.assert_breach({"reference/core/CMakeLists.txt": "plumbline_library(reference_core)",
                            "conformance/checks/CMakeLists.txt":
                                "plumbline_library(checks)\ntarget_link_libraries(checks PRIVATE reference_core)"},
                           "reference_core, which is ours")

    def test_a_folder_without_a_layer(self):
        self.assert_breach({"misc/x.cc": ""}, "no layer holds this folder")

    def test_the_judge_links_the_reference(self):
        self.assert_breach({"reference/core/CMakeLists.txt": "plumbline_library(reference_core)",
                            "conformance/runner/CMakeLists.txt": "plumbline_library(conformance_runner LINKS reference_core)"},
                           "conformance_runner may not link reference_core")

    def test_the_judges_tests_link_the_reference(self):
        self.assert_breach({"reference/core/CMakeLists.txt": "plumbline_library(reference_core)",
                            "conformance/runner/CMakeLists.txt":
                                "plumbline_library(conformance_runner TEST_LINKS reference_core)"},
                           "conformance_runner may not link reference_core")

    def test_a_link_hidden_behind_external_is_still_a_name_nobody_makes(self):
        self.assert_breach({"conformance/runner/CMakeLists.txt": "plumbline_library(conformance_runner LINKS Boost::headers)"},
                           "packages go to EXTERNAL")

    def test_a_good_tree_has_none(self):
        self.assertEqual([], self.tree({"model/a.h": "", "wire/b.cc": '#include "model/a.h"\n#include <vector>\n',
                                        "model/CMakeLists.txt": "plumbline_library(model)",
                                        "wire/CMakeLists.txt": "plumbline_library(wire LINKS model)"}))


if __name__ == "__main__":
    unittest.main()
