# SPDX-License-Identifier: MIT
"""usage: peers.py FOLDER

Peers that misbehave, for the programs in FOLDER, which ci/run/programs.sh has
built. Each line is a program, a condition and a verdict. The last line counts."""
import concurrent.futures, os, pathlib, random, re, resource, select, shutil, socket, struct
import subprocess, sys, threading, time

folder = pathlib.Path(sys.argv[1])
header = pathlib.Path("include/skt.h").read_text(encoding="utf-8")
texts = dict(re.findall(r'X\(SKT_(\w+), -\d+, "(.*?)"\)', header))
texts["EMFILE"] = "too many open files" # which fopen's text begins with, too
traced = shutil.which("strace") is not None and subprocess.run(
    ["strace", "-o", "/dev/null", "true"], capture_output=True, check=False).returncode == 0
CLIENTS, DESCRIPTORS, SOON, BOUND = 30, 20, 20, 60

#
# Verdicts
#

counts = {"ok": 0, "FAIL": 0, "skip": 0}
printing = threading.Lock()

def verdict(program, condition, word, detail=""):
    with printing:
        counts[word] += 1
        print(f"{program:11} {condition:42} {word:4}", detail, flush=True)

def check(program, condition, good, detail=""):
    verdict(program, condition, "ok" if good else "FAIL", detail)

class Wrong(Exception):
    pass

#
# Processes
#

class Run:
    """A program that runs: with so many descriptors, and traced if wanted."""

    def __init__(self, name, arguments, descriptors=None, trace=False, at=None):
        self.name = name
        self.files = [folder / f"{name}.{random.randrange(1 << 40):x}.{what}"
                      for what in ("out", "trace")]
        limit = f"ulimit -S -n {descriptors};" if descriptors else ""
        command = ["bash", "-c", f'{limit} exec "$@"', "bash", folder / name, *arguments]
        self.traced = trace and traced
        if self.traced:
            command = ["strace", "-qq", "-e", "trace=accept,accept4", "-o", self.files[1]] + command
        with open(self.files[0], "wb") as out:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                env={**os.environ, "SKT_AT": at or ""})
        self.seen = None

    def pid(self):
        if not self.traced:
            return self.process.pid
        if self.seen is None: # strace has one child
            path = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
            self.seen = int(pathlib.Path(path).read_text(encoding="ascii"))
        return self.seen

    def alive(self):
        return self.process.poll() is None

    def said(self):
        return self.files[0].read_text(encoding="utf-8", errors="replace")

    def names(self, *codes):
        return any(texts[code] in self.said().lower() for code in codes)

    def cpu(self):
        fields = pathlib.Path(f"/proc/{self.pid()}/stat").read_text(encoding="ascii").split()
        return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")

    def failed_accepts(self):
        return len(re.findall(" = -1 E(?!AGAIN)", self.files[1].read_text(encoding="ascii")))

    def raise_limit(self):
        hard = resource.prlimit(self.pid(), resource.RLIMIT_NOFILE)[1]
        resource.prlimit(self.pid(), resource.RLIMIT_NOFILE, (min(hard, 500), hard))

    def end(self):
        if self.alive():
            try:
                os.kill(self.pid(), 9)
            except (OSError, ValueError):
                self.process.kill()
        self.process.wait()

    def code(self):
        """Its exit code, or None if it does not end."""
        try:
            return self.process.wait(BOUND)
        except subprocess.TimeoutExpired:
            return None
        finally:
            self.end()

def free_port(): # below those that the system chooses
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass

def listens(port):
    lines = pathlib.Path("/proc/net/tcp").read_text(encoding="ascii")
    return re.search(rf"^ *\d+: 0100007F:{port:04X} \S+ 0A ", lines, re.M) is not None

def until(condition, seconds=SOON):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True

#
# Clients of the servers
#

def reset(s):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()

def received(s):
    """All that has come so far; None after the end."""
    data = b""
    try:
        while True:
            part = s.recv(65536)
            if not part:
                return data or None
            data += part
    except BlockingIOError:
        return data
    except ConnectionError:
        return None

class Echo:
    request = half = b"hello"
    flood = b"x" * 65536
    concurrent = False

    def __init__(self, port):
        self.port = port

    def connect(self, small=False):
        s = socket.socket()
        if small: # so that the server's writes soon have to wait
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        s.settimeout(SOON)
        s.connect(("127.0.0.1", self.port))
        s.setblocking(False)
        return s

    def is_reply(self, data):
        return data is not None and data.startswith(b"hello")

    def served(self, s, seconds=SOON):
        """Whether a client that has asked is served in time."""
        data = b""
        def has_reply():
            nonlocal data
            data += received(s) or b""
            return self.is_reply(data)
        return until(has_reply, seconds)

    def ask(self, s):
        s.send(self.request)

    def is_served(self):
        """Whether a new client is."""
        s = self.connect()
        self.ask(s)
        good = self.served(s)
        s.close()
        return good

    def write_until_full(self, writer):
        """Send until the server reads no more, because it has to write."""
        end = time.monotonic() + 20
        while select.select([], [writer], [], 0.5)[1] and time.monotonic() < end:
            try:
                writer.send(self.flood)
            except BlockingIOError:
                pass

    def reset_while_server_writes(self):
        s = self.connect(small=True)
        self.write_until_full(s)
        reset(s)

    def end(self):
        pass

class Poller(Echo):
    concurrent = True

class Http(Poller):
    request = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"
    half = b"GET / HTTP/1.1\r\nHo"
    flood = request * 2000

    def is_reply(self, data):
        return data is not None and b"</h1>" in data

class Chat(Poller):
    """A member who only listens keeps the server, which ends after its last."""
    request, half, flood = b"hi\n", b"hello", b"a line of thirty-two characters\n" * 500

    def __init__(self, port):
        super().__init__(port)
        self.member = self.connect()
        self.member.setblocking(True)
        self.member.settimeout(None)
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        try:
            while self.member.recv(65536):
                pass
        except OSError:
            pass

    def is_reply(self, data):
        return data is not None and b"welcome\n" in data

    def ask(self, s):
        pass

    def reset_while_server_writes(self):
        s, writer = self.connect(small=True), self.connect()
        if not (self.served(s) and self.served(writer)):
            raise Wrong("a client was not welcome")
        self.write_until_full(writer)
        reset(s)
        writer.close()

    def end(self):
        self.member.shutdown(socket.SHUT_RDWR)

def start(name, kind, arguments, **more):
    """A server that listens, and its clients."""
    port = free_port()
    at = f"127.0.0.1:{port}"
    run = Run(name, [at if a == "AT" else a for a in arguments], at=at, **more)
    if not until(lambda: listens(port) or not run.alive(), 20) or not run.alive():
        return run, None
    return run, kind(port)

#
# The servers' conditions
#

def idle_figures(run, seconds=2.0, work=lambda: None):
    """CPU time as a share of the time that passes, and failing accepts: a good
    verdict, and words."""
    cpu, began = run.cpu(), time.monotonic()
    failed = run.failed_accepts() if run.traced else 0
    while time.monotonic() < began + seconds:
        work()
        time.sleep(0.05)
    wall = time.monotonic() - began
    share = 100 * (run.cpu() - cpu) / wall
    words = f"{share:.1f} % of the time on the CPU"
    good = share < 10
    if run.traced:
        failed = run.failed_accepts() - failed
        words += f", {failed} failing accepts in {wall:.1f} s"
        good = good and failed <= 2 * wall + 2
    else:
        words += ", failing accepts not counted"
    return good, words

def thirty_clients(name, kind, arguments, own_limit=False):
    run, peers = start(name, kind, arguments, descriptors=DESCRIPTORS, trace=True)
    title = f"{CLIENTS} clients, {'room for 10' if own_limit else f'{DESCRIPTORS} descriptors'}: "
    clients, inside = [peers.connect() for _ in range(CLIENTS)], []
    for s in clients:
        peers.ask(s)
    if not peers.concurrent:
        good, words = idle_figures(run)
        check(name, title + "idle", good, words)
        served = 0
        for s in clients:
            served += peers.served(s)
            s.close()
        check(name, title + "all served", served == CLIENTS, f"{served} served in turn")
    else:
        waiting = list(clients)
        def admit(): # move those who are served now
            for s in list(waiting):
                if peers.served(s, 0):
                    waiting.remove(s)
                    inside.append(s)
        while True:
            before = len(inside)
            until(lambda: admit() or len(inside) > before, 0.7)
            if len(inside) == before:
                break
        good, words = idle_figures(run)
        check(name, title + "idle", good and 1 < len(inside) < CLIENTS,
              f"{len(inside)} have room; {words}")
        def busy(): # they never leave, and no second passes without an event
            for s in inside:
                received(s)
                try:
                    s.send(peers.request)
                except BlockingIOError:
                    pass
        def comes_in(wanted):
            busy()
            admit()
            time.sleep(0.05)
            return len(inside) >= wanted
        good, words = idle_figures(run, work=busy)
        check(name, title + "busy", run.alive() and good, words)
        wanted = len(inside)
        inside.pop().close()
        check(name, title + "one leaves", until(lambda: comes_in(wanted)), "another is served")
        if not own_limit:
            run.raise_limit()
            check(name, title + "room again", until(lambda: comes_in(CLIENTS - 1)),
                  f"{len(inside)} of {CLIENTS - 1} are served, while the busy ones stay")
        for s in inside + waiting:
            s.close()
    check(name, title + "afterwards", run.alive() and peers.is_served(), "a new client is served")
    if peers.concurrent and not own_limit:
        check(name, title + "the error", run.names("EMFILE"), "is named")
    peers.end()
    run.end()

def resets(name, kind, arguments):
    run, peers = start(name, kind, arguments)
    def at_once():
        reset(peers.connect())
    def after_half():
        s = peers.connect()
        s.send(peers.half)
        time.sleep(0.05)
        reset(s)
    for title, one in (("a reset after connecting", at_once), ("a reset after half a request", after_half),
                       ("a reset while the server writes", peers.reset_while_server_writes)):
        before = run.said()
        is_named = lambda: texts["ECONNRESET"] in run.said()[len(before):]
        try:
            for _ in range(3):
                one()
            served, named = peers.is_served(), until(is_named)
            check(name, title, served and named,
                  f"the next is {'' if served else 'NOT '}served, the error {'' if named else 'NOT '}named")
        except (OSError, Wrong) as e:
            check(name, title, False, str(e))
    peers.end()
    run.end()

def no_descriptors(name, kind, arguments):
    """From none free on, until it listens: then no client has one."""
    for descriptors in range(3, 12):
        run, peers = start(name, kind if kind is not Chat else Poller, arguments,
                           descriptors=descriptors, trace=True)
        if peers is not None:
            break
        code = run.code()
        check(name, f"all descriptors in use, {descriptors - 3} more to have",
              code not in (0, None) and run.names("EMFILE"),
              f"exit code {code}: {run.said().strip()[-60:]}")
    title = f"{descriptors - 3} more to have, none for a client"
    s = peers.connect()
    if kind is not Chat:
        peers.ask(s)
    time.sleep(0.2)
    try:
        good, words = idle_figures(run)
    except OSError:
        good, words = False, f"it has ended, exit code {run.code()}: {run.said().strip()[-60:]}"
    check(name, title, good and run.alive() and run.names("EMFILE"), words)
    if run.alive():
        run.raise_limit()
        good = peers.served(s) if kind is not Chat else until(lambda: b"welcome" in (received(s) or b""))
        check(name, title + ", then room", good, "the client is served")
    s.close()
    run.end()

def one_client(name, kind, arguments):
    """A server of one client returns what became of it."""
    def at_once(peers):
        reset(peers.connect())
    def after_half(peers):
        s = peers.connect()
        s.send(peers.half)
        time.sleep(0.05)
        reset(s)
    for title, one in (("a reset after connecting", at_once), ("a reset after half a request", after_half),
                       ("a reset while the server writes", kind.reset_while_server_writes)):
        run, peers = start(name, kind, arguments)
        one(peers)
        code = run.code()
        check(name, title, code not in (0, None) and run.names("ECONNRESET"), f"exit code {code}")
    run, peers = start(name, kind, arguments, descriptors=DESCRIPTORS, trace=True)
    clients = [peers.connect() for _ in range(CLIENTS)]
    peers.ask(clients[0])
    good, words = idle_figures(run)
    served = peers.served(clients[0])
    clients[0].close()
    code = run.code()
    check(name, f"{CLIENTS} clients, {DESCRIPTORS} descriptors", good and served and code == 0,
          f"one is served, exit code {code}; {words}")
    for s in clients:
        s.close()
    for descriptors in (3, 4):
        run, peers = start(name, kind, arguments, descriptors=descriptors)
        if peers is not None:
            clients = [peers.connect()]
        code = run.code()
        check(name, f"all descriptors in use, {descriptors - 3} more to have",
              code not in (0, None) and run.names("EMFILE"), f"exit code {code}")

#
# Servers for the clients
#

class Peer:
    """A server that does one thing to each client."""

    def __init__(self, act, listening=True, backlog=16):
        self.s = socket.socket()
        self.s.bind(("127.0.0.1", 0))
        self.at = "127.0.0.1:%d" % self.s.getsockname()[1]
        self.held = []
        if listening:
            self.s.listen(backlog)
        if act is not None:
            threading.Thread(target=self.serve, args=(act,), daemon=True).start()

    def serve(self, act):
        try:
            while True:
                client = self.s.accept()[0]
                self.held.append(client)
                client.settimeout(BOUND)
                act(client)
        except OSError:
            pass

    def end(self):
        for s in [*self.held, self.s]:
            s.close()

def full_peer():
    """One whose queue is full: its host answers no further connect."""
    peer = Peer(None, backlog=0)
    for _ in range(4):
        s = socket.socket()
        s.setblocking(False)
        s.connect_ex(("127.0.0.1", int(peer.at.split(":")[1])))
        peer.held.append(s)
    time.sleep(0.2)
    return peer

def takes(client, n): # the first n bytes of what a client sends
    data = b""
    while len(data) < n:
        part = client.recv(n - len(data))
        if not part:
            break
        data += part
    return data

class Client:
    """A program, and what it does:
      greeting       what it reads first
      request        how many bytes it sends
      half_reply     half of the reply; if None, half of an echo
      wants          "nothing": it only connects; "end": it needs no reply, but an
                     end; "reply": it needs no end; "both"
    """

    def __init__(self, name, arguments, greeting=b"", request=5, half_reply=None, wants="both"):
        self.name, self.arguments, self.greeting, self.request = name, arguments, greeting, request
        self.half_reply, self.wants = half_reply, wants

    def peers(self):
        """(condition, peer, codes of which one is named; none: it succeeds)"""
        def wait_for_half(c):
            c.sendall(self.greeting)
            takes(c, self.request // 2)
        def half_reply(c):
            c.sendall(self.greeting)
            data = takes(c, self.request)
            c.sendall(self.half_reply or data[:self.request // 2])
            time.sleep(0.1)
        def echo(c):
            c.sendall(takes(c, self.request))
        def then(end, act=lambda c: None):
            return lambda c: (act(c), end(c))
        def close(c):
            c.close()
        connects, broken, ended, late = (), ("ECONNRESET",), ("ENODATA", "ECONNRESET"), ("ETIMEDOUT",)
        if self.wants == "nothing":
            broken = ended = late = connects
        yield "the server refuses", Peer(None, listening=False), ("ECONNREFUSED",)
        yield "the host answers no connect", full_peer(), ("ETIMEDOUT",)
        yield "a reset at once", Peer(then(reset)), broken
        yield "a reset after half the request", Peer(then(reset, wait_for_half)), broken
        yield "an early end, at once", Peer(then(close)), ended
        yield "an early end, after half the request", Peer(then(close, wait_for_half)), ended
        yield "the server sends nothing", Peer(lambda c: None), late
        if self.wants == "end":
            yield "a greeting, and nothing more", Peer(lambda c: c.sendall(self.greeting)), late
        else:
            yield "a reset after half the reply", Peer(then(reset, half_reply)), broken
            yield "an early end, after half the reply", Peer(then(close, half_reply)), ended
        if self.wants == "both" and not self.greeting:
            yield "an echo, and no end", Peer(echo), late

    def meet(self, condition, peer, codes, descriptors=None):
        began = time.monotonic()
        run = Run(self.name, [peer.at if a == "AT" else
                              peer.at.split(":")[1] if a == "PORT" else a for a in self.arguments],
                  descriptors=descriptors, at=peer.at)
        code = run.code()
        took = time.monotonic() - began
        peer.end()
        if codes:
            good = code not in (0, None) and run.names(*codes)
        else: # a reset may come while it still connects
            good = code == 0 or code is not None and run.names("ECONNRESET")
        said = " | ".join(run.said().strip().split("\n"))[-75:]
        check(self.title(), condition, good,
              f"exit code {code} after {took:.1f} s: {said}" if code is not None
              else f"still running after {took:.0f} s: {said}")

    def title(self):
        return f"{self.name} join" if self.greeting else self.name

    def jobs(self):
        for condition, peer, codes in self.peers():
            yield lambda a=(condition, peer, codes): self.meet(*a)
        yield lambda: self.meet("all descriptors in use", Peer(lambda c: None), ("EMFILE",), 3)

#
# All of them
#

def of_server(name, kind, arguments):
    for condition in (thirty_clients, resets, no_descriptors):
        yield lambda c=condition: c(name, kind, arguments)

def jobs():
    big = folder / "big"
    big.write_bytes(random.Random(1).randbytes(3 << 20))
    welcome = b"welcome\n"
    yield from Client("echo_client", ["AT", str(big), str(folder / "copy")], request=1 << 20).jobs()
    yield from Client("client", ["AT", "hello"]).jobs()
    yield from Client("say_hello", [], wants="reply").jobs()
    yield from Client("names", ["127.0.0.1", "PORT"], wants="nothing").jobs()
    yield from Client("after", ["join", "AT", "Ann", "1", "hello"], welcome, 11, b"Bob: he").jobs()
    yield from Client("after", ["join", "AT", "Bob", "0", "hello"], welcome, 11, wants="end").jobs()
    yield from of_server("readme", Echo, [""])
    yield from of_server("server", Echo, ["AT"])
    yield from of_server("echo_server", Echo, ["AT"])
    yield from of_server("poller", Poller, ["AT"])
    yield from of_server("http_server", Http, ["AT"])
    yield lambda: thirty_clients("http_server", Http, ["AT", "10"], own_limit=True)
    yield from of_server("after", Chat, ["serve", "AT"])
    yield lambda: one_client("serve_one", Echo, [])

def guarded(job):
    try:
        job()
    except Exception as e: # a job that breaks is a failure with a reason
        check("?", "a job broke", False, f"{type(e).__name__}: {e}, line {e.__traceback__.tb_next.tb_lineno}")

with concurrent.futures.ThreadPoolExecutor(12) as pool:
    list(pool.map(guarded, jobs()))
if not traced:
    verdict("all servers", "failing accepts are counted", "skip", "strace may not trace here")
print(f"{counts['ok']} passed, {counts['FAIL']} failed, {counts['skip']} skipped")
sys.exit(counts["FAIL"] > 0)
