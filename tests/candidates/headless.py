#!/usr/bin/env python3
"""The reference gateway, but every message, in or out, loses one header: headless.py PROGRAM HEADER."""

import json
import re
import socketserver
import socket
import subprocess
import sys
import threading

BEHIND = 8081  # where the gateway listens instead of port 80


def until_closed(connection):
    message = b""
    while piece := connection.recv(65536):
        message += piece
    return message


def main(program, header):
    line_of = re.compile(rb"(?i)\r\n" + header.encode() + rb":[^\r]*")

    class Relay(socketserver.BaseRequestHandler):
        def handle(self):
            head = b""
            while b"\r\n\r\n" not in head:
                piece = self.request.recv(65536)
                if not piece:
                    return
                head += piece
            head = line_of.sub(b"", head).replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1)
            with socket.create_connection((self.server.server_address[0], BEHIND)) as gateway:
                gateway.sendall(head)
                self.request.sendall(line_of.sub(b"", until_closed(gateway)))

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    gateway = subprocess.Popen([program, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def pass_on():
        for line in sys.stdin:
            request = json.loads(line)
            if request.get("method") == "hello":
                place = request["params"]["listen"][0]
                server = Server((place["address"], place["http"]), Relay)
                threading.Thread(target=server.serve_forever, daemon=True).start()
                place["http"] = BEHIND
            gateway.stdin.write(json.dumps(request) + "\n")
            gateway.stdin.flush()
        gateway.stdin.close()

    threading.Thread(target=pass_on, daemon=True).start()
    for line in gateway.stdout:
        print(line.rstrip("\n").replace(f":{BEHIND}", ":80"), flush=True)
    return gateway.wait()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
