# SPDX-License-Identifier: MIT
"""Ask a DNS server on 127.0.0.1 what is no question, for ci/run/datagrams.sh, and
then many questions at once. Prints "good", or what was wrong.
usage: questions.py PORT"""
import socket
import struct
import sys

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.connect(("127.0.0.1", int(sys.argv[1])))
NAME = b"\3one\4test\0"
FORMERR, NOTIMP, REFUSED, NXDOMAIN = 1, 4, 5, 3


def head(number, flags=0x0100, questions=1):
    return struct.pack(">6H", number, flags, questions, 0, 0, 0)


def question(number, name=NAME, kind=1, of=1):
    return head(number) + name + struct.pack(">2H", kind, of)


# What is asked, and the code of the answer, or None for no answer.
ODD = [
    (b"", None),
    (b"\0", None),
    (head(1)[:11], None),
    (head(2, flags=0x8180) + NAME + b"\0\1\0\1", None),  # an answer
    (head(3), FORMERR),
    (head(4, questions=0), FORMERR),
    (head(5, questions=2) + NAME + b"\0\1\0\1", FORMERR),
    (head(6) + b"\3on", FORMERR),
    (head(7) + NAME, FORMERR),
    (head(8) + NAME + b"\0\1\0", FORMERR),
    (head(9) + b"\xc0\x0c" + b"\0\1\0\1", FORMERR),  # a pointer to itself
    (head(10) + b"\x40" + b"a" * 64 + b"\0\0\1\0\1", FORMERR),
    (head(11) + b"\x3f" * 300 + b"\0\0\1\0\1", FORMERR),  # a name too long
    (head(12) + (b"\1a" * 127) + b"\0" + b"\0\1\0\1", NXDOMAIN),  # 255 bytes
    (head(13) + (b"\1a" * 128) + b"\0" + b"\0\1\0\1", FORMERR),
    (head(14, flags=0x2800) + NAME + b"\0\1\0\1", NOTIMP),  # an update
    (question(15, of=3), REFUSED),
    (question(16, kind=16), 0),  # no such type
    (question(17, name=b"\0"), NXDOMAIN),
    (question(18) + b"x" * 1000, 0),  # more than a question
    (question(19) + b"x" * 1600, None),  # longer than its place
]


def fail(text):
    print(text)
    sys.exit()


def answer():
    s.settimeout(5)
    return s.recv(65536)


for data, code in ODD:
    s.send(data)
    s.send(question(999))  # which is always answered, and after the other
    got = answer()
    if code is not None:
        if got[:2] != data[:2] or got[2] & 0x80 == 0 or got[3] & 15 != code:
            fail("%r: wanted %d, got %r" % (data[:40], code, got[:40]))
        if len(got) > max(len(data), 512):
            fail("%r: the answer is too long" % data[:40])
        got = answer()
    if got[:2] != struct.pack(">H", 999):
        fail("%r: wanted no answer, got %r" % (data[:40], got[:40]))

for first in range(0, 600, 60):  # as many as fit the receivers' buffers
    for i in range(first, first + 60):
        s.send(question(i))
    numbers = {struct.unpack(">H", answer()[:2])[0] for _ in range(60)}
    if numbers != set(range(first, first + 60)):
        fail("%d of 60 answered" % len(numbers))
print("good")
