# SPDX-License-Identifier: MIT
# Writes the first page of the HTML in Markdown: the header's sections, each
# function with its one line. With header.awk, which see; -v version=1.2.3.

function write_all(   t) {
  print "# skt " version "\n"
  for (t = 1; t <= things; ++t)
    if (kind[t] == "preamble") preamble(t)
    else if (kind[t] == "function") entry(t)
}

function preamble(t,   s) {
  s = summary(t)
  sub(/^skt: t/, "T", s)
  print s ".\n"
  print "[The rules](skt.3.html)\n: that hold for every function, the types,"
  print "the constants, the codes of errors\n"
  print "[The guide](guide.html)\n: a server, a client, many connections in one"
  print "thread, and how to move a program over"
}

# Names are marked as code, which docs/html.sh links.
function entry(f,   s) {
  if (section[f] != shown) print "\n## " name[section[f]]
  shown = section[f]
  s = summary(f)
  gsub(/(skt|SKT)_[A-Za-z0-9_]+/, "`&`", s)
  print "\n`" name[f] "`\n: " s
}
