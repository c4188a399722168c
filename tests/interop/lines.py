"""A program that tells what it does as lines of JSON: {"what": ..., "about": ...}."""

import json
import subprocess
import tempfile
import threading
import time

PATIENCE_SECONDS = 30.0


class Program:
    """Runs until the test ends. Every wait fails the test with everything that was told."""

    def __init__(self, test, arguments, **options):
        self._test = test
        self._told = []
        self._errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors,
                                        text=True, **options)
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        test.addCleanup(self.close)

    def _read(self):
        for line in self.process.stdout:
            told = json.loads(line)
            self._told.append((told["what"], told["about"]))

    def close(self):
        self.process.kill()
        self.process.wait()
        self._reader.join()
        self.process.stdin.close()
        self.process.stdout.close()
        self._errors.close()

    def abouts(self, what):
        return [about for told, about in list(self._told) if told == what]

    def wait_until(self, question, patience=PATIENCE_SECONDS):
        deadline = time.monotonic() + patience
        while not question():
            if time.monotonic() > deadline or self.process.poll() is not None:
                self._errors.seek(0)
                told = "\n".join(f"  {what}: {about}" for what, about in self._told[-40:])
                self._test.fail(f"this never came to be; what was told last:\n{told}\n{self._errors.read()[-2000:]}")
            time.sleep(0.02)

    def wait_told(self, what, about):
        """For a program that has ended: what it told at last."""
        self._reader.join(PATIENCE_SECONDS)
        self._test.assertIn(about, self.abouts(what))

    def wait_for(self, what, about=None, patience=PATIENCE_SECONDS):
        self.wait_until(lambda: any(about in (None, each) for each in self.abouts(what)), patience)
