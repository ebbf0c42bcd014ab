#!/usr/bin/env bash
# The style rules that a script can prove: ci/check/layers.sh [LIBRARY.a ...]
# Needs bash, coreutils, grep, sed, awk, diff; and cc and nm where there are any.
# shellcheck disable=SC2016 # the dollars are awk's
set -euo pipefail
shopt -s nullglob
export LC_ALL=C

libraries=()
for library; do libraries+=("$(realpath "$library")"); done
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# Two levels and not all: a build folder further down holds no source of ours.
users=({tests,examples}/{,*/}*.{c,h,cc})
for i in "${!users[@]}"; do # written without skt, to be compared with
  [ "${users[i]}" != examples/moving/before.c ] || unset "users[i]"
done
files=({include,src,bench}/{,*/}*.[ch] "${users[@]}")

# A copy without comments, line for line, for the rules about code alone.
code() { (cd "$tmp/code" && "$@" </dev/null); }
for file in "${files[@]}"; do mkdir -p "$tmp/code/${file%/*}"; done
awk -v to="$tmp/code/" '
  FNR == 1 { close(out); out = to FILENAME; inside = 0 }
  { kept = ""; rest = $0
    while (rest != "") {
      if (inside && !(i = index(rest, "*/"))) break
      if (inside) rest = substr(rest, i + 2)
      inside = 0
      if (!match(rest, /\/[*]|\/\/|"([^"\\]|\\.)*"|\047([^\047\\]|\\.)*\047/))
        RSTART = length(rest) + 1
      token = substr(rest, RSTART, RLENGTH > 0 ? RLENGTH : 0)
      kept = kept substr(rest, 1, RSTART - 1) (token ~ /^\// ? " " : token)
      rest = token == "//" ? "" : substr(rest, RSTART + length(token))
      inside = token == "/*"
    }
    sub(/[ \t]+$/, "", kept); print kept > out }' "${files[@]}"

# rule TEXT FUNCTION: the function prints what offends; note gives a figure.
rules=0 failed=0
note() { echo "$*" >"$tmp/note"; }
skip() { note "$*"; : >"$tmp/skip"; }
rule() {
  local bad status word=ok text
  rm -f "$tmp/note" "$tmp/skip"
  set +e; bad=$(set -e; "$2" 2>&1); status=$?; set -e
  [ $status -eq 0 ] || bad+="${bad:+$'\n'}the check itself failed"
  [ ! -e "$tmp/skip" ] || word=skip
  rules=$((rules + 1))
  [ -z "$bad" ] || { word=FAIL; failed=$((failed + 1)); }
  text=$(cat "$tmp/note" 2>/dev/null || true)
  printf '%-4s %s\n' $word "$1${text:+ ($text)}"
  [ -z "$bad" ] || printf '     %s\n' "${bad//$'\n'/$'\n'     }"
}

# words REGEX FILE...: the lines of code in which a word matches.
words() {
  code awk -v re="(^|[^A-Za-z0-9_])($1)" '$0 ~ re { print FILENAME ":" FNR ": " $0 }' "${@:2}"
}
end='([^A-Za-z0-9_]|$)'

os_choices() {
  words "_WIN32$end" "${files[@]}" | awk '
    /^include\/skt.h:[0-9]+: #if !defined\(_WIN32\)$/ && !api++ { next }
    /^src\/sys.h:[0-9]+: #ifdef _WIN32$/ && !seam++ { next }
    { print }
    END { if (api + seam < 2) print "include/skt.h:1, src/sys.h:1: a permitted line is gone" }'
  words "(__(linux|gnu_linux|unix|APPLE|MACH|FreeBSD|NetBSD|OpenBSD|DragonFly|sun|HAIKU|ANDROID\
|CYGWIN|MINGW32|MINGW64)(__)?|_MSC_VER|_WIN64|WIN32|_AIX)$end" "${files[@]}" |
    awk '/^src\/posix\/os.h:[0-9]+: #if defined __linux__$/ && !table++ { next } { print }'
  code awk 'FILENAME ~ /^tests\/(posix|win32)\// { next }
    /<(winsock2|ws2tcpip|windows|sys\/socket)[.]h>/ ||
    (/^[ \t]*#[ \t]*(el)?if/ && FILENAME ~ /^tests\/.*[.]c$/ && FILENAME != "tests/header_alone.c") {
      print FILENAME ":" FNR ": " $0 }' "${users[@]}"
  note "2 lines in ${#files[@]} files"
}

# Lines in both files in runs of 3 or more, as a share of the smaller file;
# white space does not count, nor do lines like "}".
twins() {
  local file twin share shares=""
  for file in src/posix/*.[ch]; do
    twin=src/win32/${file##*/}
    [ -f "$twin" ] || continue
    code sed 's/[[:space:]]//g; /^.\{0,3\}$/d' "$file" >"$tmp/a"
    code sed 's/[[:space:]]//g; /^.\{0,3\}$/d' "$twin" >"$tmp/b"
    share=$({ diff --old-line-format=$'a\n' --new-line-format=$'b\n' \
      --unchanged-line-format=$'=\n' "$tmp/a" "$tmp/b" || [ $? -eq 1 ]; } | awk '
      { ++n[$1]; run = $1 == "=" ? run + 1 : 0; common += run == 3 ? 3 : run > 3 }
      END { less = n["="] + (n["a"] < n["b"] ? n["a"] : n["b"])
        printf "%.1f", less ? 100 * common / less : 0 }')
    shares+="${shares:+, }${file##*/} $share %"
    awk -v share="$share" 'BEGIN { exit share > 15 }' ||
      echo "$file:1: $share % of the smaller file stand in $twin too"
  done
  note "$shares"
}

sizes() {
  code awk '
    FNR == 1 { body = 0 }
    !body && /^[^ \t]/ { at = /^[A-Za-z_].*[(]/ ? FNR : 0; name = $0 }
    !body && /(;|=|= [{])$/ { at = 0 }
    at && /[{]$/ { body = 1 }
    at && (body ? /^[}]/ : /[}]$/) { print FNR - at + 1, FILENAME ":" at ": " name; at = body = 0 }
    ' "${files[@]}" | sort -n >"$tmp/functions"
  awk '$1 > 60 { n = $1; sub(/^[0-9]+ /, ""); print $0 " -- " n " lines" }' "$tmp/functions"
  awk 'length($0) > 80 { print FILENAME ":" FNR ": " length($0) " columns" }' "${files[@]}"
  awk 'FNR == 301 { print FILENAME ":301: more than 300 lines" }' src/{,*/}*.[ch]
  note "$(awk '$2 ~ /^src/ { n[++i] = $1 } END { printf "src: median %d, p90 %d, max %d lines",
    n[int((i + 1) / 2)], n[int(i * .9 + .999)], n[i] }' "$tmp/functions")"
}

# pairs MACRO FILE...: "suite.name file:line" for each MACRO(suite, name).
pairs() {
  code awk -v re="(^|[^A-Za-z0-9_])$1[(]" '
    FNR == 1 { open = "" }
    { line = open $0
      while (match(line, re "[a-z0-9_]+,[ \\\\]*[a-z0-9_]+[)]")) {
        pair = substr(line, RSTART, RLENGTH); line = substr(line, RSTART + RLENGTH)
        gsub(/.*[(]|[ \\)]/, "", pair); sub(/,/, ".", pair); print pair " " FILENAME ":" FNR
      }
      open = match(line, re "[^)]*$") ? substr(line, RSTART) : "" }' "${@:2}" | sort
}

tests_complete() {
  local tests=(tests/{,*/}*.c)
  pairs X tests/*_list.h >"$tmp/listed"
  [ ${#tests[@]} -gt 0 ] || { skip "no tests yet"; return; }
  pairs TEST "${tests[@]}" >"$tmp/written"
  code cat tests/{,*/}*.[ch] >"$tmp/suite"
  awk '/^( [*]|\/[*])/ { gsub(/[^A-Z0-9_]+/, " "); for (i = 1; i <= NF; ++i)
    if ($i ~ /^SKT_E./ && !seen[$i]++) print $i, FILENAME ":" FNR }' include/skt.h |
    sort >"$tmp/codes"
  { grep -o 'SKT_E[A-Z0-9]*' "$tmp/suite" || true; } | sort -u | join -v 1 "$tmp/codes" - |
    sed 's/\(.*\) \(.*\)/\2: \1 is named in no test/'
  awk '$1 == last { print $2 ": " $1 " stands twice" } { last = $1 }' "$tmp/written"
  awk '$1 == last { print $2 ": " $1 " is listed twice" } { last = $1 }' "$tmp/listed"
  join -v 1 "$tmp/written" "$tmp/listed" | sed 's/\(.*\) \(.*\)/\2: \1 is in no list/'
  join -v 2 "$tmp/written" "$tmp/listed" | sed 's/\(.*\) \(.*\)/\2: \1 is no test/'
  note "$(wc -l <"$tmp/codes") codes, $(wc -l <"$tmp/written") tests"
}

clean_header() {
  local cc=${CC:-cc}
  command -v "${cc%% *}" >/dev/null || { skip "no $cc"; return; }
  $cc -E include/skt.h >"$tmp/preprocessed" # unquoted, for CC may carry options
  sed -n 's/^#\(line\)\{0,1\} *[0-9]\{1,\} *"\([^"]*\)".*/\2/p' "$tmp/preprocessed" |
    sort -u >"$tmp/headers"
  awk '/sys\/socket|netinet|arpa|winsock|ws2tcpip|windows[.]h|unistd|errno/ {
    print "include/skt.h:1: brings in " $0 }' "$tmp/headers"
  note "$(grep -c '[.]h$' "$tmp/headers") headers"
}

# What the last run of ci/test.sh left: "name ran" or "name off" of each test;
# nothing unless the suite and the fake backend ran on this system.
results() {
  [ -f build/results/linux.xml ] && [ -f build/results/linux-fake.xml ] || return 0
  sed -nE 's/.*<testcase name="(fake[.]|two_files[.])?([^"]*)".* status="([a-z]*)".*/\2 \3/p' \
    build/results/*.xml | sed 's/ run$/ ran/; s/ fail$/ ran/; s/ [a-z]*run$/ off/' | sort -u
}

# "5 kept, 2 narrowed, 1 not offered", of the numbers in the first column.
states() {
  awk -F' *[|] *' '/^[|] [0-9]/ { n[$(NF - 1)] += split($2, part, ",") }
    END { printf "%d kept, %d narrowed, %d not offered\n",
      n["kept"], n["narrowed"], n["not offered"] }' docs/differences.md
}

differences() {
  local doc=docs/differences.md both=0
  [ -f $doc ] || { skip "no $doc yet"; return; }
  results >"$tmp/results"
  [ ! -f build/results/windows.xml ] || both=1
  awk -v both=$both '
    function settle() { if (row) print FILENAME ":" row ": a row without a test"; row = 0 }
    FILENAME ~ /listed$/ { listed[$1] = 1; next }
    FILENAME ~ /results$/ { known = 1; if ($2 == "ran") ran[$1] = 1; else off[$1] = 1; next }
    /^[|][-: |]*-[-: |]*$/ { row = 0; next } # the line above was the head
    /^[|] [0-9]/ && !/[|] (kept|narrowed|not offered) [|]$/ { print FILENAME ":" FNR ": a row without a state" }
    { settle(); row = /^[|]/ ? FNR : 0; rest = $0
      while (match(rest, /`[a-z0-9_]+[.][a-z0-9_]+`/)) {
        name = substr(rest, RSTART + 1, RLENGTH - 2); rest = substr(rest, RSTART + RLENGTH)
        if (name ~ /[.](c|h|cc|md|sh)$/) continue # a file
        if (!(name in listed)) print FILENAME ":" FNR ": " name " is no test"
        else if (known && !(name in ran) && (both || !(name in off)))
          print FILENAME ":" FNR ": " name " did not run in the last run of ci/test.sh"
        row = 0
      } }
    END { settle() }' "$tmp/listed" "$tmp/results" $doc
  tr '\n' ' ' <$doc | grep -q "by these numbers: $(states)[.]" ||
    echo "$doc:1: does not say, as the table does: by these numbers: $(states)."
  note "$({ grep -o '`[a-z0-9_]*[.][a-z0-9_]*`' $doc || true; } | sort -u | wc -l) names, $(
    grep -c ran "$tmp/results" || true) tests ran"
}

own_symbols() {
  local library counts=""
  [ ${#libraries[@]} -gt 0 ] || { skip "no library given"; return; }
  for library in "${libraries[@]}"; do
    nm -g --defined-only "$library" >"$tmp/nm" 2>/dev/null ||
      x86_64-w64-mingw32-nm -g --defined-only "$library" >"$tmp/nm"
    # .refptr.: MinGW's pointer to a variable of another file
    awk -v library="$library" '/:$/ { member = $0 } NF == 3 { sub(/^[.]refptr[.]/, "", $3); ++n }
      NF == 3 && $3 !~ /^_?skt/ { print library ":" member " " $3 }
      END { if (!n) print library ": no symbols" }' "$tmp/nm"
    counts+="${counts:+, }$(awk 'NF == 3 { ++n } END { print n + 0 }' "$tmp/nm")"
  done
  note "$counts symbols"
}

rule "the system is chosen in skt.h and sys.h only" os_choices
rule "twin files share at most 15 % of their lines" twins
rule "functions have at most 60 lines, lines 80 columns, sources 300 lines" sizes
rule "the tests name every documented code, the lists every test" tests_complete
rule "skt.h brings in no header of the system's sockets" clean_header
rule "every documented difference names tests that ran, and the docs count them" differences
rule "the library's symbols begin with skt" own_symbols

echo "differences: $(states)"
if [ $failed -gt 0 ]; then echo "layers: $failed of $rules rules are broken"; exit 1; fi
echo "layers: no rule is broken"
