# SPDX-License-Identifier: MIT
"""usage: peers.py

Peers of examples/moving on 127.0.0.1. Prints their addresses: of one that sends
each line back, of one that ends the stream without an answer, of a port where no
socket listens, and of a listener whose queue is full, so that the system answers
no connect (Linux)."""
import socket, threading

def listen(backlog):
    s = socket.socket()
    s.bind(("127.0.0.1", 0))
    if backlog is not None:
        s.listen(backlog)
    return s, "%s:%d" % s.getsockname()

def fill(address):
    """Connect until a connect is not answered in time; keep them all."""
    kept = []
    while True:
        s = socket.socket()
        s.settimeout(0.5)
        kept.append(s)
        if s.connect_ex(address) != 0:
            return kept

def serve(listener, answers):
    while True:
        client, _ = listener.accept()
        with client, client.makefile("rb") as stream:
            line = stream.readline()
            if answers:
                client.sendall(line)

echo, echo_at = listen(5)
mute, mute_at = listen(5)
refusing, refusing_at = listen(None)
dead, dead_at = listen(0)
filling = fill(dead.getsockname())
threading.Thread(target=serve, args=(mute, False), daemon=True).start()
print("listening on", echo_at, mute_at, refusing_at, dead_at, flush=True)
serve(echo, True)
