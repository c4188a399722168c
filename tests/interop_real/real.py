"""A real control plane on this machine: kube-apiserver and kube-controller-manager built once from the Go proxy, and
Debian's etcd, on loopback with certificates of their own. NotHere is raised, with what is missing, where that cannot be.
"""

import collections
import http.client
import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "interop"))
import clients  # noqa: E402
import generated  # noqa: E402

BUILD_SECONDS_MAX = 3 * 3600  # twelve minutes of one core; other people may want the core
START_SECONDS_MAX = 120.0
STOP_SECONDS_MAX = 15.0
SERVICE_CIDR = "10.0.240.0/22"  # that of tests/interop/world.yaml

# folder: where its go.mod is; toolchain: that its sources compile with
# generates: whether its tree lacks what its build generates
Release = collections.namedtuple("Release", "version folder toolchain generates")
RELEASES = {
    "1.34": Release("v1.34.4", "kubernetes", "auto", False),
    "1.20": Release("v1.20.2", "kubernetes-1.20", "go1.21.13", True),
}


class NotHere(Exception):
    """This machine lacks something; the text says what, and what would help."""


def say(text):
    print(f"interop-real: {text}", file=sys.stderr, flush=True)


def program(name, package):
    found = shutil.which(name)
    if not found:
        raise NotHere(f"there is no {name} on PATH; Debian's package is {package}")
    return found


def built(release, name):
    """Path of a program of Kubernetes, built into the cache folder if it is not there yet."""
    version = f"kubernetes-{release.version}"
    target = clients.place(version, name)
    if os.path.exists(target):
        return target
    try:
        go = clients.go_program()
    except clients.Missing as missing:
        raise NotHere(f"{name} is built with Go, and {missing}") from missing
    stamp = " ".join(f"-X {where}.{what}" for where in ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
                     for what in (f"gitVersion={release.version}", f"gitMajor={release.version[1:].split('.')[0]}",
                                  f"gitMinor={release.version.split('.')[1]}"))
    say(f"go builds {name} {release.version}, from ten minutes up, once: {target}")
    began = time.monotonic()
    folder = os.path.join(HERE, release.folder)
    environment = {**os.environ, "GOTOOLCHAIN": release.toolchain, "GOFLAGS": "-mod=readonly"}
    more = []
    if release.generates:
        try:
            more = ["-overlay", generated.overlay(go, folder, os.path.dirname(target), environment)]
        except subprocess.CalledProcessError as error:
            words = " | ".join(error.stderr.strip().splitlines()[-4:])
            raise NotHere(f"{error.cmd[0]} ended with {error.returncode}: {words}") from error
        environment.update(generated.ENVIRONMENT)
    with tempfile.TemporaryFile("w+") as log:
        building = subprocess.Popen(
            ["nice", go, "build", "-p", "2", *more, "-buildvcs=false", "-ldflags", f"-s -w {stamp}",
             "-o", target + ".new", f"./{name}"],
            cwd=folder, stdout=log, stderr=subprocess.STDOUT, env=environment)
        try:
            while building.poll() is None:
                if time.monotonic() - began > BUILD_SECONDS_MAX:
                    raise NotHere(f"go did not build {name} within {BUILD_SECONDS_MAX} s")
                try:
                    building.wait(60)
                except subprocess.TimeoutExpired:
                    say(f"go still builds {name}: {time.monotonic() - began:.0f} s")
        finally:
            if building.poll() is None:
                building.terminate()
                building.wait()
        log.seek(0)
        words = " | ".join(log.read().strip().splitlines()[-4:])
    if building.returncode != 0:
        raise NotHere(f"go could not build {name} {release.version}: {words}")
    os.rename(target + ".new", target)
    return target


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Certificates:
    """A certificate authority in a folder, and what it signs: NAME.pem holds key and certificate, in this order."""

    def __init__(self, folder):
        self._folder, self._openssl = folder, program("openssl", "openssl")
        self._run("req", "-x509", *self._new_key("ca"), "-subj", "/CN=interop-real", "-days", "2")
        self.authority = self.path("ca.crt")
        self._run("genrsa", "-out", self.path("tokens.key"), "2048")
        self._run("rsa", "-in", self.path("tokens.key"), "-pubout", "-out", self.path("tokens.pub"))

    def path(self, name):
        return os.path.join(self._folder, name)

    def _new_key(self, name):
        return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", self.path(f"{name}.key"),
                "-out", self.path(f"{name}.crt")]

    def _run(self, *arguments):
        done = subprocess.run([self._openssl, *arguments], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise NotHere(f"openssl {arguments[0]} ended with {done.returncode}: {done.stderr.strip()[-300:]}")

    def sign(self, name, subject, extensions):
        request = self._new_key(name)
        request[-1] = self.path(f"{name}.csr")
        self._run("req", "-new", *request, "-subj", subject)
        with open(self.path(f"{name}.ext"), "w", encoding="ascii") as text:
            text.write(extensions)
        self._run("x509", "-req", "-in", self.path(f"{name}.csr"), "-CA", self.authority, "-CAkey", self.path("ca.key"),
                  "-CAcreateserial", "-days", "2", "-extfile", self.path(f"{name}.ext"), "-out", self.path(f"{name}.crt"))
        with open(self.path(f"{name}.pem"), "w", encoding="ascii") as pair:
            for part in ("key", "crt"):
                with open(self.path(f"{name}.{part}"), encoding="ascii") as text:
                    pair.write(text.read())


class ControlPlane:
    """etcd and kube-apiserver of a release, with kube-controller-manager if wanted; runs until close()."""

    def __init__(self, release, controllers=True):
        etcd = program("etcd", "etcd-server")
        programs = {name: built(release, name) for name in
                    ["kube-apiserver", *(["kube-controller-manager"] if controllers else [])]}
        self._folder = tempfile.TemporaryDirectory(prefix="plumbline-interop-real-")
        self._processes = []
        self.folder = self._folder.name
        try:
            self._start(etcd, programs, release)
        except BaseException:
            self.close()
            raise

    def _start(self, etcd, programs, release):
        certificates = Certificates(self.folder)
        certificates.sign("server", "/CN=kube-apiserver", "subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:kubernetes.default.svc\n"
                          "extendedKeyUsage=serverAuth\n")
        subjects = {"admin": "/O=system:masters/CN=admin", "controllers": "/CN=system:kube-controller-manager"}
        for name, subject in subjects.items():
            certificates.sign(name, subject, "keyUsage=digitalSignature\nextendedKeyUsage=clientAuth\n")
        path = certificates.path
        store, peers, self.port = f"http://127.0.0.1:{free_port()}", f"http://127.0.0.1:{free_port()}", free_port()
        self.authority, self.admin = certificates.authority, path("admin.pem")
        self.etcd = self._run(etcd, "--data-dir", path("etcd"), "--listen-client-urls", store,
                              "--advertise-client-urls", store,
                              "--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers,
                              "--initial-cluster", f"default={peers}", "--unsafe-no-fsync")
        self.server = self._run(
            programs["kube-apiserver"], f"--etcd-servers={store}", f"--secure-port={self.port}", "--bind-address=127.0.0.1",
            f"--tls-cert-file={path('server.crt')}", f"--tls-private-key-file={path('server.key')}",
            f"--client-ca-file={self.authority}", "--authorization-mode=RBAC", f"--service-cluster-ip-range={SERVICE_CIDR}",
            f"--service-account-key-file={path('tokens.pub')}", f"--service-account-signing-key-file={path('tokens.key')}",
            "--service-account-issuer=https://kubernetes.default.svc", f"--cert-dir={self.folder}")
        self._wait_ready()
        if "kube-controller-manager" in programs:
            with open(path("controllers.kubeconfig"), "w", encoding="ascii") as text:
                text.write(f"""apiVersion: v1
kind: Config
clusters: [{{name: c, cluster: {{server: "https://127.0.0.1:{self.port}", certificate-authority: "{self.authority}"}}}}]
users: [{{name: u, user: {{client-certificate: "{path('controllers.crt')}", client-key: "{path('controllers.key')}"}}}}]
contexts: [{{name: x, context: {{cluster: c, user: u}}}}]
current-context: x
""")
            self._run(programs["kube-controller-manager"], f"--kubeconfig={path('controllers.kubeconfig')}",
                      "--leader-elect=false", "--use-service-account-credentials=true",
                      f"--root-ca-file={self.authority}", "--bind-address=127.0.0.1",
                      f"--secure-port={free_port()}", f"--cert-dir={self.folder}",
                      f"--service-account-private-key-file={path('tokens.key')}")
            self._wait_ready("/api/v1/namespaces/default/configmaps/kube-root-ca.crt")

    def _run(self, path, *arguments):
        log = os.path.join(self.folder, os.path.basename(path) + ".log")
        with open(log, "w", encoding="ascii") as out:
            # A session of their own: Ctrl-C is for the script, which ends them one by one.
            process = subprocess.Popen([path, *arguments], stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                                       start_new_session=True)
        self._processes.append((process, log))
        return process

    def last_words(self):
        for process, log in self._processes:
            with open(log, encoding="utf-8", errors="replace") as text:
                lines = [line.strip() for line in text if line.strip()]
            yield f"{os.path.basename(log)} ({process.poll()}): {' | '.join(lines[-2:])[-600:]}"

    def _wait_ready(self, path="/readyz"):
        """Until the server answers 200."""
        deadline = time.monotonic() + START_SECONDS_MAX
        answer = "nothing"
        while time.monotonic() < deadline:
            if any(process.poll() is not None for process, _ in self._processes):
                break
            try:
                connection = self.connect()
                connection.request("GET", path)
                response = connection.getresponse()
                answer = response.read().decode()
                connection.close()
                if response.status == 200:
                    return
            except (OSError, http.client.HTTPException) as error:
                answer = str(error)
            time.sleep(0.2)
        raise NotHere(f"the real kube-apiserver does not come to answer {path}: " + "; ".join([answer, *self.last_words()]))

    def connect(self, timeout=60):
        """A connection as administrator."""
        context = ssl.create_default_context(cafile=self.authority)
        context.load_cert_chain(self.admin)
        return http.client.HTTPSConnection("127.0.0.1", self.port, context=context, timeout=timeout)

    def stranger(self, timeout=60):
        """A connection without a certificate."""
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=timeout,
                                           context=ssl.create_default_context(cafile=self.authority))

    def close(self):
        for process, _ in reversed(self._processes):
            process.terminate()
        for process, _ in reversed(self._processes):
            try:
                process.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._folder.cleanup()


def memory_of(pid):
    """Resident bytes; of a page that several processes share, each has its part."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as text:
        return next(int(line.split()[1]) for line in text if line.startswith("Pss:")) * 1024
