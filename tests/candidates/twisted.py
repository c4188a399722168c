#!/usr/bin/env python3
"""The reference gateway, but for one method: twisted.py PROGRAM METHOD RESULT [NTH].

RESULT is JSON, what `result` is then; an object with "code" is an error; "silence" is no answer at all. With NTH only the
answer to that call of the method, from 1, is another one.
"""

import json
import subprocess
import sys
import threading


def main(program, method, result, nth="0"):
    result, nth = json.loads(result), int(nth)
    gateway = subprocess.Popen([program, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    twisted = set()

    def pass_on():
        count = 0
        for line in sys.stdin:
            request = json.loads(line)
            if request.get("method") == method:
                count += 1
                if nth in (0, count):
                    twisted.add(request["id"])
            gateway.stdin.write(line)
            gateway.stdin.flush()
        gateway.stdin.close()

    threading.Thread(target=pass_on, daemon=True).start()
    for line in gateway.stdout:
        answer = json.loads(line)
        if answer.get("id") in twisted:
            if result == "silence":
                continue
            for member in ("result", "error"):
                answer.pop(member, None)
            answer["error" if isinstance(result, dict) and "code" in result else "result"] = result
        print(json.dumps(answer), flush=True)
    return gateway.wait()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
