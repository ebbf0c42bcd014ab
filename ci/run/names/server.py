# SPDX-License-Identifier: MIT
"""A name server for what dnsmasq does not do: silence, delays, failures.
usage: server.py SERVING SILENT    two addresses, port 53 of each

  slow.odd.test   10.9.0.1 after half a second
  fail.odd.test   SERVFAIL
  refuse.odd.test REFUSED
  cut.odd.test    cut over UDP, 10.9.0.2 over TCP
  mapped.odd.test AAAA ::ffff:10.9.0.3 and A 10.9.0.3
  twice.odd.test  10.9.0.4 three times
  evil.odd.test's reverse name, of 10.9.0.5, holds an escape sequence
  v6fail.odd.test A 10.9.0.6, AAAA SERVFAIL
"""
import socket, struct, sys, threading, time

A, PTR, AAAA = 1, 12, 28
def record(kind, data): return b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 60, len(data)) + data
def v4(last): return record(A, bytes([10, 9, 0, last]))
def answer(name, kind, tcp):  # (code, cut, records)
    mapped = bytes(10) + b"\xff\xff" + bytes([10, 9, 0, 3])
    a = kind == A
    if name == "slow.odd.test":
        time.sleep(0.5)
        return 0, False, [v4(1)] if a else []
    if name == "fail.odd.test": return 2, False, []
    if name == "refuse.odd.test": return 5, False, []
    if name == "cut.odd.test":
        return 0, not tcp, [v4(2)] if a and tcp else []
    if name == "mapped.odd.test":
        return 0, False, [v4(3)] if a else [record(AAAA, mapped)] if kind == AAAA else []
    if name == "twice.odd.test": return 0, False, [v4(4)] * 3 if a else []
    if name == "v6fail.odd.test": return (0, False, [v4(6)]) if a else (2, False, [])
    if name == "5.0.9.10.in-addr.arpa" and kind == PTR:
        return 0, False, [record(PTR, b"\x05\x1b[31m\x04evil\x00")]
    if name == "7.0.9.10.in-addr.arpa" and kind == PTR:
        return 0, False, [record(PTR, b"\x02" b"10\x010\x010\x011\x00")]
    return 3, False, []

def reply(query, tcp):
    at, labels = 12, []
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode("latin-1").lower())
        at += 1 + query[at]
    kind, = struct.unpack("!H", query[at + 1:at + 3])
    code, cut, records = answer(".".join(labels), kind, tcp)
    head = query[:2] + struct.pack("!HHHHH", 0x8580 | cut << 9 | code, 1, len(records), 0, 0)
    return head + query[12:at + 5] + b"".join(records)

def serve_udp(s, query, peer): s.sendto(reply(query, False), peer)
def udp(s):
    while True:
        query, peer = s.recvfrom(4096)
        threading.Thread(target=serve_udp, args=(s, query, peer), daemon=True).start()
def serve_tcp(c):
    with c:
        while len(head := c.recv(2, socket.MSG_WAITALL)) == 2:
            data = reply(c.recv(struct.unpack("!H", head)[0], socket.MSG_WAITALL), True)
            c.sendall(struct.pack("!H", len(data)) + data)
def tcp(s):
    while True:
        threading.Thread(target=serve_tcp, args=(s.accept()[0],), daemon=True).start()

silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)  # a port that is bound
silent.bind((sys.argv[2], 53))
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
u.bind((sys.argv[1], 53))
t = socket.create_server((sys.argv[1], 53))
threading.Thread(target=tcp, args=(t,), daemon=True).start()
print("ready", flush=True)
udp(u)
