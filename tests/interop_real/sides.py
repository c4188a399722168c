"""The two sides that are asked the same: each remembers what it answered, for requests that speak of it later."""

import email.message
import http.client
import json
import re
import time

ANSWER_SECONDS_MAX = 12  # more than a watch of these cases lasts
AGENT = "interop-real/1"
SETTLE_SECONDS = 20.0
CONTENT_TYPES = {
    "json": "application/json", "yaml": "application/yaml", "merge": "application/merge-patch+json",
    "strategic": "application/strategic-merge-patch+json", "json-patch": "application/json-patch+json",
    "apply": "application/apply-patch+yaml",
}
HEADERS_COMPARED = ("Content-Type", "Warning", "Allow", "Retry-After", "Www-Authenticate")
_REFERENCE = re.compile(r"\$\{(\w+)((?:\.[\w-]+)*)\}")


class Answer:
    """status; headers: those that are compared; body: a value, a list of values (a watch), or text."""

    def __init__(self, status, headers, raw):
        self.status = status
        self.headers = {name: sorted(found) for name in HEADERS_COMPARED if (found := headers.get_all(name))}
        self.body = _body_of(raw)

    @classmethod
    def missing(cls):
        answer = cls(0, email.message.Message(), b"")
        answer.body = "no end of an answer"
        return answer


def _body_of(raw):
    text = raw.decode("utf-8", "replace")
    try:
        return json.loads(text)
    except ValueError:
        pass
    try:
        lines = [json.loads(line) for line in text.splitlines() if line.strip()]
        return {"events": lines} if lines else text
    except ValueError:
        return text


def at(value, path):
    """What stands at a dotted path of a value, or None."""
    for step in path:
        if isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        elif isinstance(value, dict) and step in value:
            value = value[step]
        else:
            return None
    return value


class Side:
    """connect and stranger: functions that give a connection of an administrator and one of nobody."""

    def __init__(self, name, connect, stranger, patience=ANSWER_SECONDS_MAX):
        self.name, self._patience = name, patience
        self._connect = {"admin": connect, "stranger": stranger}
        self._connections = {}
        self._kept = {}

    def fill(self, text):
        """`${NAME.path}` becomes what stands there in the answer that was kept as NAME."""
        return _REFERENCE.sub(lambda found: str(at(self._kept.get(found[1], {}), found[2].split(".")[1:])), text)

    def keep(self, name, answer):
        self._kept[name] = answer.body

    def send(self, method, path, body=None, headers=None, who="admin"):
        for last in (False, True):
            connection = self._connections.get(who) or self._connect[who]()
            connection.timeout = self._patience
            self._connections[who] = connection
            try:
                connection.request(method, path, body, headers or {})
                response = connection.getresponse()
                return Answer(response.status, response.headers, response.read())
            except TimeoutError:
                self._drop(who)
                return Answer.missing()
            except (OSError, http.client.HTTPException) as error:  # the server may have closed a kept connection
                self._drop(who)
                if last:
                    raise ConnectionError(f"the {self.name} server, asked {method} {path}: {error!r}") from error

    def _drop(self, who):
        self._connections.pop(who).close()

    def ask(self, case):
        """Sends the request of a case, again and again while it says what to wait for."""
        method, path = case["ask"].split(" ", 1)
        headers = {"User-Agent": AGENT, "Accept": case.get("accept", "application/json")}
        who, user = "admin", case.get("as", "admin")
        if user in ("stranger", "nobody") or user.startswith("bearer "):
            who = "stranger"
        elif user != "admin":
            headers["Impersonate-User"] = user
        if user.startswith("bearer "):
            headers["Authorization"] = "Bearer " + self.fill(user.removeprefix("bearer "))
        headers.update(case.get("headers", {}))
        body = case.get("body")
        if body is not None:
            kind = case.get("type", "json")
            headers["Content-Type"] = CONTENT_TYPES.get(kind, kind)
            body = self.fill(body if isinstance(body, str) else json.dumps(body)).encode()
        deadline = time.monotonic() + SETTLE_SECONDS
        while True:
            answer = self.send(method, self.fill(path), body, headers, who)
            if self._settled(case.get("until"), answer) or time.monotonic() > deadline:
                break
            time.sleep(0.1)
        if "keep" in case:
            self.keep(case["keep"], answer)
        return answer

    @staticmethod
    def _settled(until, answer):
        if until is None:
            return True
        return all(answer.status == wanted if path == "code" else at(answer.body, path.split(".")) == wanted
                   for path, wanted in until.items())

    def close(self):
        for connection in self._connections.values():
            connection.close()
