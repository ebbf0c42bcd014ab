# SPDX-License-Identifier: MIT
# Reads include/skt.h, whose comments are the manual, into things that a writer
# (mdoc.awk, index.awk) gives another form:
#
#   awk -f docs/header.awk -f docs/mdoc.awk [-v NAME=VALUE ...] include/skt.h
#
# A thing is a preamble, a section, a function, a type, an enum or a macro:
# kind[t], name[t], decl[t], section[t] (a thing too). Its comment are the blocks
# first[t]..last[t], each one of these:
#   para   text
#   pre    lines as they stand
#   item   an argument or a flag: tag, text
#   field  Returns and its like: tag, text
#   code   a part of the field before: tag (codes, or nothing), text
# What does not follow the header's rules is an error with its line.

function complain(line, text) {
  print FILENAME ":" line ": " text >"/dev/stderr"
  bad = 1
}

function is_field(word) {
  return " Returns Errors Blocks Threads Differs Source " ~ (" " word " ") ||
    kind[things] == "preamble"
}

function add_block(type, a, b) {
  blocks += 1
  form[blocks] = type
  tag[blocks] = a
  text[blocks] = b
  last[things] = blocks
}

function append(b) {
  text[blocks] = text[blocks] (text[blocks] == "" ? "" : " ") b
}

function add_thing(type, title) {
  things += 1
  kind[things] = type
  name[things] = title
  section[things] = current
  first[things] = blocks + 1
  last[things] = blocks
  line_of[things] = FNR
  open = ""
}

# One line of a comment, without its star. Blank lines end whatever is open.
function comment_line(s,   indent, word, rest) {
  match(s, /^ */)
  indent = RLENGTH
  if (s ~ /^ *$/) {
    open = open == "pre" ? "pre-gap" : ""
  } else if (indent == 0) {
    match(s, /^[A-Z][a-z]+  +/)
    if (RLENGTH > 0) {
      width = RLENGTH
      word = substr(s, 1, RLENGTH)
      sub(/ +$/, "", word)
      if (!is_field(word)) complain(FNR, "a field without a meaning: " word)
      open = word
      add_block("field", word, "")
      field_line(substr(s, width + 1), 0)
    } else if (open == "para") {
      append(s)
    } else {
      open = "para"
      add_block("para", "", s)
    }
  } else if (open ~ /^[A-Z]/) {
    if (indent < width) complain(FNR, "a line that is no part of its field")
    rest = substr(s, indent + 1)
    field_line(rest, indent - width)
  } else if (kind[things] == "section" || kind[things] == "preamble") {
    if (open == "pre-gap") text[blocks] = text[blocks] "\n"
    if (open ~ /^pre/) text[blocks] = text[blocks] "\n" substr(s, 3)
    else add_block("pre", "", substr(s, 3))
    open = "pre"
  } else if (indent == 2 && match(s, /^  [A-Za-z_][A-Za-z0-9_]*(, [a-z_]+)*  +/)) {
    word = substr(s, 3, RLENGTH - 2)
    sub(/ +$/, "", word)
    add_block("item", word, substr(s, RLENGTH + 1))
    open = "item"
  } else if (open == "item") {
    if (substr(s, indent + 1) ~ /^SKT_[A-Z]+(:|$)/) append("\001")
    append(substr(s, indent + 1))
  } else {
    complain(FNR, "an indented line that belongs to nothing")
  }
}

# A line of a field; `deeper` is how far beyond the field's own column.
function field_line(s, deeper,   codes) {
  if ((open == "Errors" && deeper == 0 || open == "Results" && deeper == 2) &&
      match(s, /^(SKT_E[A-Z0-9]+ +)+/)) {
    codes = substr(s, 1, RLENGTH)
    sub(/ +$/, "", codes)
    add_block("code", codes, substr(s, RLENGTH + 1))
  } else if (open == "Errors" && deeper == 0 &&
             !(form[blocks] == "code" && tag[blocks] == "")) {
    add_block("code", "", s)
  } else if (open == "Results" && deeper == 0 && form[blocks] == "code") {
    add_block("field", "", s)
  } else {
    append(s)
  }
}

# A comment that ends has what it says of the code that follows.
function end_comment(s) {
  sub(/ *\*\/$/, "", s)
  s = star_off(s)
  if (s != "") comment_line(s)
  inside = 0
  if (kind[things] == "doc") wanted = 1
}

function star_off(s) {
  sub(/^ \* ?/, "", s)
  return s
}

# Code after a documenting comment, up to its end.
function code_line(s) {
  decl[things] = decl[things] (decl[things] == "" ? "" : "\n") s
  if (decl[things] ~ /^SKT_API/) {
    if (s ~ /;$/) end_function()
  } else if (decl[things] ~ /^#define/) {
    kind[things] = "macro"
    split(s, word_of, " ")
    name[things] = word_of[2]
    wanted = 0
  } else if (s ~ /^}.*;$/ || (s ~ /};$/ && decl[things] == s)) {
    kind[things] = s ~ /^} [a-z_]+;$/ ? "type" : "enum"
    name[things] = s
    gsub(/[} ;]/, "", name[things])
    wanted = 0
  }
}

function end_function(   d, n, i, part) {
  d = decl[things]
  gsub(/[\n ]+/, " ", d)
  sub(/^SKT_API /, "", d)
  sub(/\);$/, "", d)
  kind[things] = "function"
  match(d, /skt_[a-z_0-9]+\(/)
  name[things] = substr(d, RSTART, RLENGTH - 1)
  returns[things] = substr(d, 1, RSTART - 1)
  sub(/ +$/, "", returns[things])
  n = split(substr(d, RSTART + RLENGTH), part, ", ")
  for (i = 1; i <= n; ++i) argument[things, i] = part[i]
  arguments[things] = n
  is_function[name[things]] = things
  wanted = 0
  check_arguments()
}

# Arguments that a comment explains are those of its function.
function check_arguments(   b, i, n, part, names) {
  names = " " decl[things] " "
  gsub(/[^A-Za-z0-9_]+/, " ", names)
  for (b = first[things]; b <= last[things]; ++b)
    if (form[b] == "item" && tag[b] !~ /^SKT_/) {
      n = split(tag[b], part, ", ")
      for (i = 1; i <= n; ++i)
        if (index(names, " " part[i] " ") == 0)
          complain(FNR, name[things] " has no argument " part[i])
    }
}

# The first sentence of a thing, for lists.
function summary(t,   s) {
  s = text[first[t]]
  sub(/[.] .*/, ".", s)
  sub(/[.]$/, "", s)
  return s
}

# Types whose members are skt's own are shown without them.
function opaque(t,   b) {
  for (b = first[t]; b <= last[t]; ++b)
    if (text[b] ~ /The members are skt's own/) return 1
  return 0
}

# The table of errors, SKT_ERRORS(X).
function error_row(s,   part) {
  match(s, /\(SKT_E[A-Z0-9]+, -?[0-9]+, "/)
  split(substr(s, RSTART + 1, RLENGTH - 3), part, /[ ,]+/)
  errors += 1
  error_name[errors] = part[1]
  error_value[errors] = part[2]
  error_text[errors] = substr(s, RSTART + RLENGTH)
  sub(/"\).*/, "", error_text[errors])
}

wanted { code_line($0); next }

inside {
  if ($0 ~ /\*\/$/) end_comment($0)
  else comment_line(star_off($0))
  next
}

# A banner: its first line is the title of a section; the first one of all
# belongs to the whole header.
banner {
  banner = 0
  if (!current) {
    add_thing("preamble", "skt")
    comment_line(star_off($0))
  } else {
    add_thing("section", star_off($0))
  }
  current = things
  section[things] = 0
  inside = 1
  next
}

/^\/\*\*/ {
  add_thing("doc", "")
  inside = 1
  sub(/^\/\*\* */, "")
  if ($0 ~ /\*\/$/) end_comment($0)
  else comment_line($0)
  next
}

/^\/\*$/ { banner = 1; next }
/^\/\*.*\*\/$/ { next }
/^\/\*/ { skipping = 1 }
skipping { if (/\*\/$/) skipping = 0; next }
/^  X\(SKT_E/ { error_row($0); next }
/^(SKT_API|typedef|enum \{$)/ { complain(FNR, "not documented: " $0) }

END {
  if (!bad && (errors == 0 || things == 0)) complain(1, "is this skt.h?")
  if (bad) exit 1
  write_all()
  if (bad) exit 1
}
