#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: docs/html.sh MAN3 HTML VERSION MARKDOWN...
# Make a page in the folder HTML of each man page in MAN3, and of each MARKDOWN.
# The variables MANDOC and LOWDOWN name the two programs that do it.
set -eu
man=$1 html=$2 version=$3
shift 3

# Write commands for sed that add the links that neither program makes: from
# functions and constants in the text to what explains them.
links() {
  constant='\(SKT_[A-Z][A-Z0-9_][A-Z0-9_]*\)' there='href="skt.3.html#'
  for page in "$man"/*.3; do
    name=$(basename "$page" .3)
    link="<a href=\"$name.3.html\">$name</a>"
    printf '%s\n' "s,<b>$name</b>(3),<b>$link</b>,g" \
      "s,<code>$name</code>,<code>$link</code>,g"
  done
  printf '%s\n' 's,href="#'"$constant,$there"'\1,g'
  for before in '^' '[ (]' '<code>' '"Dv">'; do
    printf '%s\n' "s,\($before\)$constant,\1<a $there"'\2">\2</a>,g'
  done
  # A program defines these two, and nothing here does.
  printf '%s\n' 's,<a [^>]*>\(SKT_INLINE\|SKT_SHARED\)</a>,\1,g'
}

# Write the same for the page that defines the constants.
places() {
  printf '%s\n' 's,\(SKT_[A-Z0-9_]*\) = ,<b id="\1">\1</b> = ,g' \
    's,#define \(SKT_[A-Z0-9_]*\),#define <b id="\1">\1</b>,'
}

# Between the programs stands a file, because sh hides a failure in a pipe.
man_page() {
  name=$(basename "$1" .3) contents='' more=/dev/null
  [ "$name" != skt ] || contents=,toc more=$html/places
  "$MANDOC" -T html -I os="skt $version" \
    -O "style=manual.css,man=%N.%S.html$contents" "$1" >"$html/page"
  sed -f "$more" -f "$html/links" -e "s,SKT[A-Z_]*(3)<,$name(3)<,g" \
    -e 's,Library Functions Manual,<a href="index.html">All pages</a>,' \
    "$html/page" >"$html/$name.3.html"
}

text() {
  name=$(basename "$1" .md)
  "$LOWDOWN" -s -T html -M css=manual.css -M "title=skt: $name" "$1" \
    >"$html/page"
  sed -f "$html/links" \
    -e 's,<h1 id="guide">,<a href="index.html">All pages</a>&,' \
    "$html/page" >"$html/$name.html"
}

rm -rf "$html"
mkdir "$html"
links >"$html/links"
places >"$html/places"
for page in "$man"/*.3; do man_page "$page"; done
for page; do text "$page"; done
rm "$html/links" "$html/places" "$html/page"
