"""What Kubernetes 1.20 generates when it is built, and does not have in its tree: the OpenAPI definitions of its types.

`overlay` runs the release's own generator and gives a file for `go build -overlay`.
"""

import json
import os
import subprocess

PACKAGE = "k8s.io/kubernetes/pkg/generated/openapi"
GENERATOR = "k8s.io/kube-openapi/cmd/openapi-gen"
FILE = "zz_generated.openapi"
MARK = "+k8s:openapi-gen=true"
MODULES = ("k8s.io/api", "k8s.io/apimachinery", "k8s.io/apiextensions-apiserver", "k8s.io/apiserver", "k8s.io/client-go",
           "k8s.io/kube-aggregator")
# go build looks for files that an overlay adds to a module only where it keeps no index of modules.
ENVIRONMENT = {"GODEBUG": "goindex=0"}


def _marked(module, folder):
    """The packages of a module whose types want definitions."""
    for base, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in ("testdata", "third_party", "vendor")]
        for name in sorted(files):
            if not name.endswith(".go") or name.endswith("_test.go"):
                continue
            with open(os.path.join(base, name), encoding="utf-8") as text:
                if MARK in text.read():
                    yield os.path.normpath(os.path.join(module, os.path.relpath(base, folder)))
                    break


def overlay(go, folder, cache, environment):
    """Path of the overlay; made in `cache` for the go.mod in `folder`. CalledProcessError when go or the generator fails."""
    path = os.path.join(cache, "overlay.json")
    if os.path.exists(path):
        return path

    def run(*arguments):
        return subprocess.run(arguments, cwd=folder, env=environment, check=True, capture_output=True, text=True).stdout
    generator = os.path.join(cache, "openapi-gen")
    run(go, "build", "-o", generator, GENERATOR)
    listed = run(go, "list", "-m", "-f", "{{.Path}} {{.Dir}}", "k8s.io/kubernetes", *MODULES)
    folders = dict(line.split(" ", 1) for line in listed.splitlines())
    packages = sorted({package for module in MODULES for package in _marked(module, folders[module])})
    environment = {**environment, "PATH": os.path.join(run(go, "env", "GOROOT").strip(), "bin") + ":" + environment["PATH"],
                   "GOROOT": run(go, "env", "GOROOT").strip()}
    run(generator, "--input-dirs", ",".join(packages), "--output-package", PACKAGE, "-p", PACKAGE, "-O", FILE,
        "--go-header-file", os.devnull, "--output-base", cache, "--report-filename", os.path.join(cache, "openapi-gen.txt"))
    with open(path + ".new", "w", encoding="utf-8") as text:
        json.dump({"Replace": {os.path.join(folders["k8s.io/kubernetes"], "pkg/generated/openapi", FILE + ".go"):
                               os.path.join(cache, PACKAGE, FILE + ".go")}}, text)
    os.rename(path + ".new", path)
    return path
