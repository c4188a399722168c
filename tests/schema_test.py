#!/usr/bin/env python3
"""The JSON Schema that editors use (scenarios/schema.json) takes what the house writes, refuses what is wrong, and knows
exactly the verbs, nouns, features and reasons that the language knows."""

import glob
import json
import os
import unittest

import jsonschema
import yaml

import binaries

SCHEMA = binaries.scenario_path("schema.json")
KINDS = {"Scenario", "World", "Setup", "Candidate"}


def schema():
    with open(SCHEMA, encoding="utf-8") as text:
        return json.load(text)


def house_documents():
    """(path, document) of every YAML document of the house that is one of ours; Kubernetes manifests are not."""
    for folder in ("scenarios", "conformance/candidates"):
        for path in sorted(glob.glob(os.path.join(binaries.ROOT, folder, "**/*.yaml"), recursive=True)):
            with open(path, encoding="utf-8") as text:
                for document in yaml.safe_load_all(text):
                    if str(document.get("apiVersion", "")).startswith("plumbline/"):
                        yield os.path.relpath(path, binaries.ROOT), document


class TheSchema(unittest.TestCase):
    def setUp(self):
        self.validator = jsonschema.Draft202012Validator(schema())

    def test_is_a_schema(self):
        jsonschema.Draft202012Validator.check_schema(schema())

    def test_takes_every_file_of_the_house(self):
        kinds = {}
        for path, document in house_documents():
            kinds.setdefault(document["kind"], []).append(path)
            problems = [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
                        for error in self.validator.iter_errors(document)]
            self.assertEqual([], problems, path)
        self.assertEqual(KINDS, set(kinds))
        self.assertGreater(len(kinds["Scenario"]), 20)

    def scenario(self, steps="[settle: a1]", expect="{BIND-01: [settled: step-1]}", more="", kind="Scenario"):
        return yaml.safe_load(f"apiVersion: plumbline/v1\nkind: {kind}\nmetadata: {{name: x}}\nspec:\n  world: {{from: httpbin}}\n"
                              f"  steps: {steps}\n  expect: {expect}\n{more}")

    def test_refuses_what_is_wrong(self):
        self.assertTrue(self.validator.is_valid(self.scenario()))
        self.assertTrue(self.validator.is_valid(self.scenario(steps="[pause: $span]", more="  cases: [{name: a, span: 1s}]")))
        for what, wrong in {
                "another kind": self.scenario(kind="Scenery"),
                "a case whose name no file can have": self.scenario(more="  cases: [{name: ../evil}]"),
                "a fault about requests that do not exist": self.scenario(steps="[faultApi: {cluster: c, is: refuse, verbs: [lst]}]"),
                "a verb that does not exist": self.scenario(steps="[settel: a1]"),
                "two verbs in a step": self.scenario(steps="[{settle: a1, pause: 1s}]"),
                "no verb in a step": self.scenario(steps="[as: x]"),
                "a field that a verb lacks": self.scenario(steps="[send: {api: a1, request: 1}]"),
                "a field that a verb needs": self.scenario(steps="[scale: {replicas: 1}]"),
                "a time without its unit": self.scenario(steps="[pause: 250]"),
                "a size without its unit": self.scenario(steps="[exchange: {api: a, requests: [{path: /, bodyBytes: 5}]}]"),
                "a name that is not of three parts": self.scenario(steps="[deletePods: httpbin]"),
                "a noun that does not exist": self.scenario(expect="{BIND-01: [setled: x]}"),
                "a share without its unit": self.scenario(expect="{BIND-01: [shares: {during: x, effect: 20}]}"),
                "a reason that does not exist": self.scenario(expect="{BIND-01: [refused: {outcome: x, reasons: Tired}]}"),
                "a rule's id that is none": self.scenario(expect="{binding: [settled: x]}"),
                "no expectation": self.scenario(expect="{}"),
                "a field that a scenario lacks": self.scenario(more="  stepz: []"),
                "a feature that does not exist": self.scenario(more="  features: [wieghts]")}.items():
            self.assertFalse(self.validator.is_valid(wrong), what)


class TheLanguage(unittest.TestCase):
    def setUp(self):
        done = binaries.run("lint", "--list", "--json")
        self.assertEqual(0, done.returncode, done.stderr)
        self.language = json.loads(done.stdout)
        self.defs = schema()["$defs"]

    @staticmethod
    def form(described):
        """The object form of a verb or noun, and whether a word may stand for it."""
        forms = [described] if "properties" in described else described["oneOf"]
        objects = [form for form in forms if "properties" in form]
        return objects[0], len(forms) > 1

    def test_has_the_verbs_of_the_schema_with_their_fields(self):
        known = dict(self.defs["step"]["properties"])
        known.pop("as")
        verbs = {verb["name"]: verb for verb in self.language["verbs"]}
        self.assertEqual(set(verbs), set(known))
        self.assertEqual(set(verbs), {one["required"][0] for one in self.defs["step"]["oneOf"]})
        for name, verb in verbs.items():
            form, has_word = self.form(known[name])
            self.assertEqual(set(verb["fields"]), set(form["properties"]), name)
            self.assertEqual(bool(verb["shorthand"]), has_word, name)

    def choices(self, form):
        """What a word, or each word of a list, may be."""
        if "$ref" in form:
            form = self.defs[form["$ref"].rsplit("/", 1)[1]]
        return form["enum"] if "enum" in form else self.choices(form["oneOf"][0])

    def test_has_the_nouns_of_the_schema_with_their_arguments(self):
        known = self.defs["expectation"]["properties"]
        nouns = {noun["name"]: noun for noun in self.language["nouns"]}
        self.assertEqual(set(nouns), set(known))
        for name, noun in nouns.items():
            form, has_word = self.form(known[name])
            arguments = {argument["name"]: argument for argument in noun["arguments"]}
            self.assertEqual(set(arguments), set(form["properties"]), name)
            self.assertEqual({each for each, argument in arguments.items() if argument["required"]}, set(form.get("required", [])), name)
            for each, argument in arguments.items():
                if argument["choices"]:
                    self.assertEqual(argument["choices"], self.choices(form["properties"][each]), f"{name}.{each}")
            alone = set(form.get("required", [])) <= {noun["shorthand"]}
            self.assertEqual(bool(noun["shorthand"]) and alone, has_word, name)

    def test_has_the_features_and_reasons_of_the_schema(self):
        self.assertEqual(self.language["features"], self.defs["feature"]["enum"])
        self.assertEqual(self.language["reasons"], self.defs["reason"]["enum"])

    def test_is_listed_for_people_too(self):
        done = binaries.run("lint", "--list")
        self.assertEqual(0, done.returncode, done.stderr)
        for name in ("verb  createTunnel", "noun  roundRobin"):
            self.assertIn(name, done.stdout)

    def test_is_described_word_by_word(self):
        def bare(node, path):
            if isinstance(node, dict):
                for name, inner in node.get("properties", {}).items():
                    told = "description" in inner or "$ref" in inner or "const" in inner
                    yield from [] if told else [f"{path}.{name}"]
                for key, inner in node.items():
                    yield from bare(inner, f"{path}.{key}")
            elif isinstance(node, list):
                for index, inner in enumerate(node):
                    yield from bare(inner, f"{path}[{index}]")
        self.assertEqual([], list(bare(schema(), "schema")))


if __name__ == "__main__":
    unittest.main()
