# SPDX-License-Identifier: MIT
# Writes a man page for each function, and skt.3 for the header as a whole, in
# mdoc. With header.awk, which see; -v out=FOLDER -v date="May 1, 2020".

function line(s) { print s >page }

# A text, a sentence a line; what is special to roff is escaped.
function prose(s,   n, i, part) {
  s = replaced(s, "-1", "\\-1")
  while (match(s, /`[^`]+`/))
    s = substr(s, 1, RSTART - 1) italic(substr(s, RSTART + 1, RLENGTH - 2)) \
      substr(s, RSTART + RLENGTH)
  gsub(/one of Errors/, "one of the codes below", s)
  s = names(s)
  gsub(/ *\001 */, "\n.br\n", s)
  gsub(/[.] /, ".\n", s)
  gsub(/[.][.][.]\n/, "... ", s)
  n = split(s, part, "\n")
  for (i = 1; i <= n; ++i) wrapped(part[i])
}

# The lines of a page have at most 80 columns, and only commands begin with a
# full stop.
function wrapped(s,   n, i, word, row) {
  n = split(s, word, " ")
  row = word[1]
  for (i = 2; i <= n; ++i)
    if (length(row " " word[i]) <= 80 || word[i] ~ /^[.']/) {
      row = row " " word[i]
    } else {
      line(row)
      row = word[i]
    }
  line(row ~ /^[.']/ && row != ".br" ? "\\&" row : row)
}

function italic(s) { return "\\fI" s "\\fR" }

# Names of functions become bold, ours with the section of the manual.
function names(s,   done, word, call) {
  done = ""
  s = replaced(s, "FreeBSD", "Free\\&BSD") # or lint asks for a macro
  while (match(s, /skt_[a-z0-9_]+|[A-Za-z0-9_]+\(\)/)) {
    word = substr(s, RSTART, RLENGTH)
    done = done substr(s, 1, RSTART - 1)
    s = substr(s, RSTART + RLENGTH)
    call = sub(/\(\)$/, "", word)
    if (done ~ /[A-Za-z0-9_]$/) {
      # a part of a longer name
    } else if (word in is_function) {
      sub(/^\(\)/, "", s)
      word = "\\fB" word "\\fR(3)"
    } else if (call) {
      word = "\\fB" word "\\fR()"
    }
    done = done word
  }
  return done s
}

function literal(s, offset,   n, i, part) {
  line(".Bd -literal" offset)
  n = split(replaced(s, "-", "\\-"), part, "\n")
  for (i = 1; i <= n; ++i) line((part[i] ~ /^[.']/ ? "\\&" : "") part[i])
  line(".Ed")
}

# As gsub, without what is special in it, about which awks disagree.
function replaced(s, old, new,   done, i) {
  done = ""
  while ((i = index(s, old)) > 0) {
    done = done substr(s, 1, i - 1) new
    s = substr(s, i + length(old))
  }
  return done s
}

function start_page(name, about) {
  page = out "/" name ".3"
  printf "" >page
  line(".\\\" SPDX-License-Identifier: MIT")
  line(".\\\" Made from skt.h.")
  line(".Dd " date)
  line(".Dt " toupper(name) " 3")
  line(".Os")
  line(".Sh NAME")
  line(".Nm " name)
  line(".Nd " about)
}

function lower_first(s) {
  if (substr(s, 2, 1) ~ /[a-z ]/) s = tolower(substr(s, 1, 1)) substr(s, 2)
  return s
}

function upper_first(s) {
  if (s !~ /^(skt_|macOS)/) s = toupper(substr(s, 1, 1)) substr(s, 2)
  return s
}

function type_of(title,   t) {
  for (t = 1; t <= things; ++t)
    if (kind[t] == "type" && name[t] == title) return t
  return 0
}

# Types with members that a caller fills in are shown with the function.
function types_of(f,   i, word, t) {
  for (i = 1; i <= arguments[f]; ++i) {
    word = argument[f, i]
    sub(/^const /, "", word)
    sub(/ .*/, "", word)
    t = type_of(word)
    if (t && !opaque(t)) literal(decl[t], "")
  }
}

function synopsis(f,   i) {
  line(".Sh SYNOPSIS")
  line(".In skt.h")
  types_of(f)
  line(".Ft " returns[f])
  line(".Fo " name[f])
  for (i = 1; i <= arguments[f]; ++i)
    if (argument[f, i] != "void") line(".Fa \"" argument[f, i] "\"")
    else line(".Fa void")
  line(".Fc")
}

function end_list() {
  if (listing) line(".El")
  listing = 0
}

# The list of arguments, and all paragraphs.
function description(f,   b, rest) {
  line(".Sh DESCRIPTION")
  rest = text[first[f]]
  if (sub(/^[^.]*[.] /, "", rest) || first[f] == last[f] ||
      form[first[f] + 1] == "field")
    prose(rest)
  else
    prose(text[first[f]])
  for (b = first[f] + 1; b <= last[f] && form[b] != "field"; ++b) {
    if (form[b] == "item") {
      if (!listing) line(".Bl -tag -width Ds")
      listing = 1
      item_tag(tag[b])
    } else {
      end_list()
      line(".Pp")
    }
    prose(text[b])
  }
  end_list()
}

function item_tag(s,   n, i, part) {
  n = split(s, part, ", ")
  s = ".It"
  for (i = 1; i <= n; ++i)
    s = s (part[i] ~ /^SKT_/ ? " Dv " : " Fa ") part[i] (i < n ? " ," : "")
  line(s)
}

function field_of(f, word,   b) {
  for (b = first[f]; b <= last[f]; ++b)
    if (form[b] == "field" && tag[b] == word) return b
  return 0
}

# The function that this one is like "in all else", if any.
function model(f,   b, s) {
  for (b = first[f]; b <= last[f]; ++b)
    if (form[b] == "para" && text[b] ~ /^As skt_[a-z_]+.* in all else/) {
      s = text[b]
      sub(/^As /, "", s)
      sub(/[ ,].*/, "", s)
      return s
    }
  return ""
}

function field(f, word, title,   b) {
  b = field_of(f, word)
  if (!b && (model(f) == "" || word ~ /Threads|Differs|Source/)) return
  line(".Sh " title)
  prose(b ? upper_first(text[b]) : "As " model(f) ".")
}

function error_list(f,   b) {
  b = field_of(f, "Errors")
  if (!b && model(f) == "") return
  line(".Sh ERRORS")
  if (!b) {
    prose("As " model(f) ".")
    return
  }
  for (b = b + 1; b <= last[f] && form[b] == "code"; ++b)
    if (tag[b] != "") {
      if (!listing) line(".Bl -tag -width Er")
      listing = 1
      line(error_tag(tag[b]))
      prose(text[b])
    } else {
      if (listing) end_list_and_go_on()
      prose(upper_first(text[b]) ".")
    }
  if (listing) end_list_and_go_on()
  line("Those that any function may give stand in")
  line(".Xr skt 3 .")
}

function end_list_and_go_on() {
  end_list()
  line(".Pp")
}

function error_tag(s,   n, i, part) {
  n = split(s, part, " ")
  s = ".It"
  for (i = 1; i <= n; ++i) s = s " Er " part[i] (i < n ? " ," : "")
  return s
}

# The functions of its section, and those that its text names.
function see_also(f,   t, b, rest, n, list, i, j, word, seen) {
  for (t in is_function)
    if (section[is_function[t]] == section[f]) seen[t] = 1
  for (b = first[f]; b <= last[f]; ++b) {
    rest = text[b]
    while (match(rest, /skt_[a-z0-9_]+/)) {
      word = substr(rest, RSTART, RLENGTH)
      if (word in is_function) seen[word] = 1
      rest = substr(rest, RSTART + RLENGTH)
    }
  }
  delete seen[name[f]]
  seen["skt"] = 1
  n = 0
  for (t in seen) list[++n] = t
  for (i = 2; i <= n; ++i)
    for (j = i; j > 1 && list[j] < list[j - 1]; --j) {
      t = list[j]; list[j] = list[j - 1]; list[j - 1] = t
    }
  line(".Sh SEE ALSO")
  for (i = 1; i <= n; ++i) line(".Xr " list[i] " 3" (i < n ? " ," : ""))
  b = field_of(f, "Source")
  if (b) {
    line(".Pp")
    prose(upper_first(text[b]))
  }
}

function function_page(f) {
  start_page(name[f], lower_first(summary(f)))
  synopsis(f)
  description(f)
  field(f, "Returns", "RETURN VALUES")
  error_list(f)
  field(f, "Blocks", "BLOCKING")
  field(f, "Threads", "THREADS")
  field(f, "Differs", "DIFFERENCES")
  see_also(f)
  close(page)
}

#
# skt.3
#

function preamble(t,   b, in_list) {
  line(".Sh DESCRIPTION")
  for (b = first[t]; b <= last[t]; ++b) {
    if (form[b] == "field" && tag[b] != "") {
      if (in_list == 2) line(".El")
      if (!in_list) line(".Bl -tag -width Ds")
      in_list = 1
      line(".It Sy " tag[b])
      prose(text[b])
    } else if (form[b] == "code") {
      if (in_list == 1) line(".Bl -tag -width Er -compact")
      in_list = 2
      line(error_tag(tag[b]))
      prose(text[b])
    } else if (form[b] == "field") {
      if (in_list == 2) line(".El")
      in_list = 1
      prose(text[b])
    } else {
      if (in_list == 2) line(".El")
      if (in_list) line(".El")
      in_list = 0
      if (form[b] == "pre") {
        literal(text[b], " -offset indent")
      } else {
        if (b > first[t]) line(".Pp")
        prose(text[b])
      }
    }
  }
  if (in_list == 2) line(".El")
  if (in_list) line(".El")
}

function function_lists(   s, t) {
  line(".Sh FUNCTIONS")
  for (s = 1; s <= things; ++s)
    if (kind[s] == "section" && has_functions(s)) {
      line(".Ss " name[s])
      line(".Bl -tag -width skt_connect_finishXX -compact")
      for (t = s + 1; t <= things; ++t)
        if (section[t] == s && kind[t] == "function") {
          line(".It Xr " name[t] " 3")
          prose(lower_first(summary(t)))
        }
      line(".El")
    }
}

function has_functions(s,   t) {
  for (t = s + 1; t <= things; ++t)
    if (section[t] == s && kind[t] == "function") return 1
  return 0
}

function types_and_constants(   t, b, begun) {
  line(".Sh TYPES AND CONSTANTS")
  for (t = 1; t <= things; ++t)
    if (kind[t] ~ /^(type|enum|macro)$/) {
      if (kind[t] == "type") line(".Ss " name[t])
      else if (begun) line(".Pp")
      begun = 1
      for (b = first[t]; b <= last[t]; ++b) {
        if (b > first[t]) line(".Pp")
        prose(text[b])
      }
      if (!(kind[t] == "type" && opaque(t))) literal(decl[t], "")
    }
}

# The prose of a section stands in skt.3, under the section's name.
function section_prose(   s, b) {
  for (s = 1; s <= things; ++s)
    if (kind[s] == "section" && first[s] <= last[s] &&
        name[s] !~ /^(Errors|Types)$/) {
      line(".Sh " toupper(name[s]))
      for (b = first[s]; b <= last[s]; ++b)
        if (form[b] == "pre") {
          literal(text[b], "")
        } else {
          if (b > first[s]) line(".Pp")
          prose(text[b])
        }
    }
}

function all_errors(   i, s) {
  line(".Sh ERRORS")
  for (s = 1; s <= things; ++s)
    if (kind[s] == "section" && name[s] == "Errors") prose(text[first[s]])
  line(".Bl -column SKT_EPROTONOSUPPORT \\-4095 \"a system error without\"")
  for (i = 1; i <= errors; ++i)
    line(".It Er " error_name[i] " Ta \\" error_value[i] " Ta " error_text[i])
  line(".El")
}

function overview(   t) {
  start_page("skt", summary_of_header())
  line(".Sh SYNOPSIS")
  line(".In skt.h")
  for (t = 1; t <= things; ++t)
    if (kind[t] == "preamble") preamble(t)
  function_lists()
  types_and_constants()
  section_prose()
  all_errors()
  line(".Sh SEE ALSO")
  line(".Xr skt_accept 3 ,")
  line(".Xr skt_connect 3 ,")
  line(".Xr skt_poller_wait 3")
  close(page)
}

function summary_of_header(   t, s) {
  for (t = 1; t <= things && kind[t] != "preamble"; ++t) continue
  s = summary(t)
  sub(/^skt: /, "", s)
  return s
}

function write_all(   t) {
  for (t = 1; t <= things; ++t)
    if (kind[t] == "function") function_page(t)
  overview()
}
