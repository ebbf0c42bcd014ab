# SPDX-License-Identifier: MIT
# Writes skt.h as Doxygen wants it: declarations with its commands in their
# comments, in one group for each section. With header.awk, which see.

# A text with what is special to Doxygen escaped, and with links.
function prose(s,   done, word, call) {
  gsub(/&/, "\\&amp;", s)
  gsub(/</, "\\&lt;", s)
  gsub(/>/, "\\&gt;", s)
  gsub(/ *\001 */, "<br>", s)
  done = ""
  while (match(s, /skt_[a-z0-9_]+|SKT_[A-Z0-9_]+|`[^`]+`|::|[@%#[]/)) {
    word = substr(s, RSTART, RLENGTH)
    done = done substr(s, 1, RSTART - 1)
    s = substr(s, RSTART + RLENGTH)
    call = s ~ /^\(/
    if (done ~ /[A-Za-z0-9_]$/ && word ~ /^[sS]/) word = word ""
    else if (word in is_function) word = word (call ? "" : "()")
    else if (word in is_constant) word = "#" word
    else if (word ~ /^`/) word = "<code>" substr(word, 2, length(word) - 2) "</code>"
    else if (word !~ /^[sS]/) word = "\\" word
    done = done word
  }
  return done s
}

function verbatim(s) {
  print "\\verbatim\n" s "\n\\endverbatim"
}

# Constants, one by one, for links.
function find_constants(   t, i, s) {
  for (i = 1; i <= errors; ++i) is_constant[error_name[i]] = 1
  for (t = 1; t <= things; ++t)
    if (kind[t] == "enum" || kind[t] == "macro") {
      s = decl[t]
      while (match(s, /SKT_[A-Z0-9_]+/)) {
        is_constant[substr(s, RSTART, RLENGTH)] = 1
        s = substr(s, RSTART + RLENGTH)
      }
    }
}

# The name of a group, from the title of its section.
function group(t,   s) {
  s = tolower(name[t])
  sub(/:.*/, "", s)
  gsub(/ /, "_", s)
  return s
}

function open_table() {
  if (!table) print "<table class=\"codes\">"
  table = 1
}

function close_table() {
  if (table) print "</table>"
  table = 0
}

function row(a, b) {
  open_table()
  if (a == "") print "<tr><td colspan=\"2\">" prose(b) "</td></tr>"
  else print "<tr><td>" prose(a) "</td><td>" prose(b) "</td></tr>"
}

function is_argument(f, word,   i, n, part) {
  n = split(word, part, ", ")
  for (i = 1; i <= arguments[f]; ++i)
    if (argument[f, i] ~ ("[ *]" part[n] "$")) return 1
  return 0
}

# All blocks of a thing from the given one on.
function body(t, b,   fields) {
  for (; b <= last[t]; ++b) {
    if (form[b] !~ /^(code|item)$/) {
      close_table()
      if (!(form[b] == "field" && tag[b] == "")) print ""
    }
    if (form[b] == "para") {
      print prose(text[b])
    } else if (form[b] == "pre") {
      verbatim(text[b])
    } else if (form[b] == "code") {
      row(tag[b], text[b])
    } else if (form[b] == "item") {
      item(t, b)
    } else {
      field(tag[b], text[b])
    }
  }
  close_table()
}

function item(t, b,   names) {
  names = tag[b]
  gsub(/, /, ",", names)
  if (is_argument(t, tag[b])) print "\\param " names " " prose(text[b])
  else row(tag[b], text[b])
}

function field(word, s) {
  if (word == "Returns") print "\\return " prose(s)
  else if (word != "") print "\\par " word "\n" prose(s)
  else print prose(s)
}

function documented(t,   s) {
  s = text[first[t]]
  print "/** \\ingroup " group(section[t])
  print "\\brief " prose(first_sentence(s))
  print ""
  print prose(substr(s, length(first_sentence(s)) + 2))
  body(t, first[t] + 1)
  print "*/"
}

function first_sentence(s) {
  sub(/[.] .*/, ".", s)
  return s
}

# Comments behind members and constants become Doxygen's.
function declaration(t,   n, i, part) {
  n = split(decl[t], part, "\n")
  if (kind[t] == "type" && opaque(t)) {
    print "typedef struct " name[t] " { } " name[t] ";"
    return
  }
  for (i = 1; i <= n; ++i) {
    if (part[i] ~ /^ *\/\*/) continue
    sub(/^SKT_API /, "", part[i])
    if (match(part[i], /\/\* .* \*\//))
      part[i] = substr(part[i], 1, RSTART - 1) "/**< " \
        prose(substr(part[i], RSTART + 3, RLENGTH - 6)) " */"
    print part[i]
  }
}

function error_codes(t,   i) {
  print "/** \\ingroup " group(t)
  print "\\brief Codes, the same numbers on every system.\n*/\nenum {"
  for (i = 1; i <= errors; ++i)
    print error_name[i] " = " error_value[i] ", /**< " error_text[i] " */"
  print "SKT_OK = 0 /**< no error */\n};"
}

# The sections, each with its functions, for the first page.
function all_functions(   s, t, list) {
  print "\\par The functions\n<table class=\"codes\">"
  for (s = 1; s <= things; ++s) {
    list = ""
    for (t = s + 1; t <= things; ++t)
      if (section[t] == s && kind[t] == "function")
        list = list (list == "" ? "" : ", ") name[t] "()"
    if (list != "")
      print "<tr><td>\\ref " group(s) "</td><td>" list "</td></tr>"
  }
  print "</table>"
}

function write_all(   t) {
  find_constants()
  print "/** \\file\n\\brief The whole interface.\n*/"
  for (t = 1; t <= things; ++t) {
    if (kind[t] == "preamble") {
      print "/** \\mainpage skt"
      body(t, first[t])
      all_functions()
      print "*/"
    } else if (kind[t] == "section") {
      print "/** \\defgroup " group(t) " " name[t]
      body(t, first[t])
      print "*/"
      if (name[t] == "Errors") error_codes(t)
    } else {
      documented(t)
      declaration(t)
    }
  }
}
