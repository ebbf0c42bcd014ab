# SPDX-License-Identifier: MIT
"""The rules of the sources that a script can prove. A rule is a function that
yields what breaks it; layers_test.sh breaks each of them."""
import difflib, os, pathlib, re, shlex, subprocess, sys
from glob import glob

rules, notes = [], []
def rule(text): return lambda check: rules.append((text, check)) or check
def note(*words): notes.append(" ".join(map(str, words)))
def output(*command): return subprocess.check_output(command, text=True)
def read(name): return pathlib.Path(name).read_text(encoding="utf-8")
def lines(text): return enumerate(map(str.rstrip, text.split("\n")), 1)

def code(name):  # without comments, line for line
    token = r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'"
    blank = lambda m: re.sub("[^\n]+", " ", m[0]) if m[0][0] == "/" else m[0]
    return re.sub(token, blank, read(name), flags=re.S)

# Two levels and not all: a build folder further down holds no source of ours.
# before.c and sender_before.c are written without skt, to be compared with; a
# reader of standard input has to start a thread, which skt does not do.
def files(*folders):
    return sorted(f for d in folders for f in glob(d + "/*.*") if f.endswith((".c", ".h", ".cc")))
users = files("tests", "tests/*", "examples", "examples/*")
users = [f for f in users if not f.endswith(("before.c", "/reader.c"))]
sources = files("include", "src", "src/*", "bench", "bench/*") + users

@rule("two lines choose the system; one block of posix/os.h may name others")
def system():
    names = re.compile(r"\b(__(linux|gnu_linux|unix|APPLE|MACH|FreeBSD|NetBSD|OpenBSD|DragonFly|sun|HAIKU"
                       r"|ANDROID|CYGWIN|MINGW32|MINGW64)(__)?|_MSC_VER|_WIN32|_WIN64|WIN32|_AIX)\b")
    choices = {"include/skt.h": "#if !defined(_WIN32)", "src/sys.h": "#ifdef _WIN32"}
    block = depth = 0  # lines of the block; how deep in its #if
    for name in sources:
        for at, line in lines(code(name)):
            begins = not block and re.match(" *# *if", line) and names.search(line)
            if name == "src/posix/os.h" and (depth or begins):
                block += 1
                depth += bool(re.match(" *# *if", line)) - bool(re.match(" *# *endif", line))
            elif choices.get(name) == line:
                del choices[name]
            elif names.search(line):
                yield f"{name}:{at}: {line}"
    yield from (f"{name}:1: the line that may choose is gone" for name in choices)
    note(len(sources), "files,", block, "lines in the block")

@rule("tests and examples include no header of the system's sockets; tests have no #if")
def portable():
    for name in users:
        banned = r"<(winsock2|ws2tcpip|windows|sys/socket|netinet/\w+|arpa/\w+)[.]h>"
        if re.match("tests/.*[.]c$", name) and name != "tests/header_alone.c":
            banned += "|^ *# *(el)?if"
        if not re.match("tests/(posix|win32)/", name):
            yield from (f"{name}:{at}: {l}" for at, l in lines(code(name)) if re.search(banned, l))

@rule("a concern has one name: above the seam, in sys_*.h, in the backends, in tests")
def one_name():
    own = r"src/(posix|win32)/(clock|scope|startup|afd\w*|poller_\w+)[.]c|tests/test_arguments[.]c"
    shared = glob("src/*.c") + glob("src/names/*.c")
    concerns = [os.path.basename(f)[:-2] + "_" for f in shared] + ["names_"]
    for name in files("src/posix", "src/win32", "src", "tests"):
        named = re.match(r"(?:src/(?!names/)\w+/|tests/test_(?:fake_)?)(\w+)[.]c|src/sys_(\w+)", name)
        word = named and (named[1] or named[2]) + "_"
        if named and not re.fullmatch(own, name) and not any(map(word.startswith, concerns)):
            yield f"{name}:1: src has no {word[:-1]}.c"

@rule("twin files share at most 15 % of their lines")
def twins():  # in runs of 3 or more; white space does not count, nor do lines like "}"
    dense = lambda f: [l for l in re.sub(r"[^\S\n]", "", code(f)).split("\n") if len(l) > 3]
    for name in files("src/posix"):
        twin = name.replace("posix", "win32")
        if os.path.exists(twin):
            a, b = dense(name), dense(twin)
            same = difflib.SequenceMatcher(None, a, b, False).get_matching_blocks()
            share = 100 * sum(run.size for run in same if run.size > 2) / min(len(a), len(b))
            note(os.path.basename(name), f"{share:.1f} %")
            if share > 15:
                yield f"{name}:1: {share:.1f} % of the smaller file stand in {twin} too"

@rule("lines have at most 80 columns, files of src 300 lines")
def sizes():  # clang-format leaves comments alone
    for name in sources:
        yield from (f"{name}:{at}: {len(l)} columns" for at, l in lines(read(name)) if len(l) > 80)
        if name.startswith("src/") and read(name).count("\n") > 300:
            yield f"{name}:301: more than 300 lines"

def tests(macro, *patterns):  # ["suite.name", ...] of each macro(suite, name)
    text = "".join(code(f) for p in patterns for f in glob(p))
    return [".".join(t) for t in re.findall(rf"\b{macro}\((\w+),[\s\\]*(\w+)\)", text)]

@rule("the tests name every documented code, the lists every test")
def complete():
    written, listed = tests("TEST", "tests/*.c", "tests/*/*.c"), tests("X", "tests/*_list.h")
    comments = re.findall(r"^(?:/| )\*.*", read("include/skt.h"), re.M)
    codes, named = (set(re.findall(r"\bSKT_E[A-Z0-9]+", "\n".join(texts)))
                    for texts in (comments, map(code, files("tests", "tests/*"))))
    yield from (f"include/skt.h: {c} is in no test" for c in sorted(codes - named))
    for these, others, fault in (written, listed, "is in no list"), (listed, written, "is no test"):
        yield from (f"tests: {t} {fault}" for t in sorted(set(these) - set(others)))
        yield from (f"tests: {t} stands twice" for t in sorted(set(these)) if these.count(t) > 1)
    note(len(codes), "codes,", len(written), "tests")

# What the last whole run of ci/test.sh did not run. Results that are older than a
# list of tests say nothing of what that has now.
def idle(listed):
    age = os.path.getmtime
    lists, results = glob("tests/*_list.h"), glob("build/results/*.xml")
    if results and min(map(age, results)) < max(map(age, lists)):
        note("the results are older than the tests, so what ran is not compared")
        return set()
    case = r'<testcase name="(?:fake[.]|two_files[.])?([^"]*)".* status="(\w*)"'
    runs = {os.path.basename(f)[:-4]: re.findall(case, read(f)) for f in glob("build/results/*.xml")}
    done = ("run", "fail") if "windows" in runs else ("run", "fail", "notrun", "disabled")
    whole = {"linux", "linux-fake"} <= set(runs)
    if not whole:
        note("no whole run has left its results, so what ran is not compared")
        return set()
    return set(listed) - {t for r in runs.values() for t, how in r if how in done}

@rule("every documented difference names tests that ran, and the docs count them")
def differences():
    doc, listed = "docs/differences.md", tests("X", "tests/*_list.h")
    count, not_run = {"kept": 0, "narrowed": 0, "not offered": 0}, idle(listed)
    named_in = lambda line: re.findall(r"`([a-z0-9_]+[.](?!(?:c|h|cc|md|sh)`)[a-z0-9_]+)`", line)
    yield from (f"SECURITY.md:1: {t} is no test" for t in named_in(read("SECURITY.md")) if t not in listed)
    for at, line in lines(read(doc)):
        named = named_in(line)
        yield from (f"{doc}:{at}: {t} is no test" for t in named if t not in listed)
        yield from (f"{doc}:{at}: {t} did not run" for t in named if t in not_run)
        if re.match(r"\| [0-9]", line):
            row = re.match(r"\| ([0-9, ]+) \|.*\| (kept|narrowed|not offered) \|$", line)
            if row and named:
                count[row[2]] += len(row[1].split(","))
            else:
                yield f"{doc}:{at}: a row without a {'test' if row else 'state'}"
    sums = ", ".join(f"{n} {state}" for state, n in count.items())
    if f"by these numbers: {sums}." not in " ".join(read(doc).split()):
        yield f"{doc}:1: does not say, as its rows do: by these numbers: {sums}."
    note(sums)

@rule("skt.h brings in no header of the system's sockets")
def clean_header():
    text = output(*shlex.split(os.getenv("CC", "cc")), "-E", "include/skt.h")
    banned = "sys/socket|netinet|arpa|winsock|ws2tcpip|windows[.]h|unistd|errno"
    headers = sorted(set(re.findall(r'^#(?:line)? *\d+ *"([^"]*)"', text, re.M)))
    yield from (f"include/skt.h:1: brings in {h}" for h in headers if re.search(banned, h))

@rule("the library's symbols begin with skt")
def own_symbols():
    for library in sys.argv[1:]:  # .refptr.: MinGW's pointer to a variable of another file
        listing = output("nm", "-g", "--defined-only", library)
        symbols = re.findall(r"^\w+ \w (?:[.]refptr[.])?(\S+)$", listing, re.M)
        note(len(symbols), "in", library)
        yield from (f"{library}: {s}" for s in symbols or ["no symbols"] if not re.match("_?skt", s))

broken = 0
for text, check in rules:
    notes.clear()
    faults = list(check())
    broken += bool(faults)
    word = "FAIL" if faults else "ok"
    if check == own_symbols and not sys.argv[1:]:
        word, notes[:] = "skip", ["no library is named"]
    print(f"{word:4} {text}{' (' + ', '.join(notes) + ')' if notes else ''}", *faults, sep="\n     ")
print(f"layers: {broken} of {len(rules)} rules are broken" if broken else "layers: no rule is broken")
sys.exit(broken > 0)
