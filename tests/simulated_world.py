"""A world that `plumbline sim up` keeps, and the kubectl on PATH that talks to its clusters: what tests of running worlds
have in common."""

import os
import shutil
import subprocess
import tempfile

import binaries

# One cluster and nothing in it.
SMALL = """
apiVersion: plumbline/v1
kind: World
metadata: {name: NAME}
spec:
  regions: [ap-guangzhou]
  vpcs: [{name: vpc-1, region: ap-guangzhou, cidr: 10.0.0.0/16}]
  clusters: [{name: cls-1, vpc: vpc-1, podCidr: 10.0.16.0/20, serviceCidr: 10.0.240.0/22}]
  instances: [{name: instance-1, kind: dedicated, region: ap-guangzhou, vpc: vpc-1, attached: true}]
  principals: [{name: owner, adminOf: [cls-1]}]
"""


def await_word(process, word):
    """Until the process says so on a line of its own."""
    for line in process.stdout:
        if line.strip() == word:
            return
    raise AssertionError(f"{' '.join(process.args)} ended without saying {word}")


class SimulatedWorld:
    """Is up from its making until close(). `folder` has its kubeconfigs and hello.json, and room for a test's files."""

    def __init__(self, text=SMALL, file=None):
        """A world of this text, whose NAME becomes one that no other process has; or of a file of the tree as it is, and then `name` is None."""
        self._folder = tempfile.TemporaryDirectory(prefix="plumbline-world-")
        self.folder = self._folder.name
        self.name = None if file else f"test-{os.getpid()}"
        if file is None:
            file = os.path.join(self.folder, "world.yaml")
            with open(file, "w", encoding="utf-8") as own:
                own.write(text.replace("NAME", self.name))
        self.process = subprocess.Popen([binaries.PLUMBLINE, "sim", "up", file, "--kubeconfig-dir", self.folder],
                                        stdout=subprocess.PIPE, text=True)
        await_word(self.process, "ready")

    def end(self):
        """Its exit code; kubeconfigs are gone, the folder stays."""
        self.process.terminate()
        return self.process.wait(timeout=20)

    def close(self):
        self.end()
        self.process.stdout.close()
        self._folder.cleanup()

    def kubectl(self, cluster, *arguments):
        """The finished process, whatever its exit code."""
        assert shutil.which("kubectl"), "kubectl is not on PATH: scripts/install-packages --tests brings Debian's"
        environment = {**os.environ, "KUBECONFIG": os.path.join(self.folder, f"{cluster}.kubeconfig"), "HOME": self.folder}
        return subprocess.run(["kubectl", *arguments], capture_output=True, text=True, timeout=60, env=environment, check=False)

    def answer(self, cluster, *arguments):
        """What kubectl prints; it must succeed."""
        done = self.kubectl(cluster, *arguments)
        assert done.returncode == 0, f"kubectl {' '.join(arguments)}\n{done.stdout}{done.stderr}"
        return done.stdout
