/* SPDX-License-Identifier: MIT */
/* The grammar of texts: an address, or a name and a port. Only a name that this
 * file accepts reaches a resolver: systems take "127.1", "010.0.0.1" and "0x7f"
 * for numbers, "65536" for port 0, "" for this host, and some convert names
 * that are not ASCII, each by another standard. */
#include "names.h"

enum { LABEL_MAX = 63, WHOLE_MAX = 253 };

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static char lower(char c) {
  return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool is_hex_digit(char c) {
  return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f');
}

/* Capitals differ from small letters in one bit. */
static bool is_name_byte(char c) {
  unsigned letter = ((unsigned char)c | ((unsigned)'a' - 'A')) - (unsigned)'a';
  return letter <= 'z' - 'a' || is_digit(c) || c == '-' || c == '_';
}

static size_t without_last_dot(const char *name, size_t length) {
  return length - (length > 0 && name[length - 1] == '.');
}

static bool is_label_begin(const char *name, size_t at) {
  return at == 0 || name[at - 1] == '.';
}

/* Whether the last label is a number, decimal or hexadecimal: then the whole
 * can only be IPv4 (WHATWG URL, "ends in a number"; RFC 1123 2.1). Read from
 * its end, where most names are no number. */
static bool ends_in_number(const char *name, size_t length) {
  size_t end = without_last_dot(name, length), at = end;
  while (at > 0 && is_hex_digit(name[at - 1])) {
    --at;
  }
  if (at >= 2 && lower(name[at - 1]) == 'x' && name[at - 2] == '0') {
    return is_label_begin(name, at - 2);
  }
  for (at = end; at > 0 && is_digit(name[at - 1]);) {
    --at;
  }
  return at < end && is_label_begin(name, at);
}

/* RFC 6761 6.3. */
static bool is_localhost(const char *name, size_t length) {
  static const char word[] = "localhost";
  size_t end = without_last_dot(name, length), n = sizeof word - 1;
  if (end < n || !is_label_begin(name, end - n)) {
    return false;
  }
  while (n > 0 && lower(name[end - n]) == word[sizeof word - 1 - n]) {
    --n;
  }
  return n == 0;
}

/* Returns 0, SKT_EINVAL or SKT_ENAMETOOLONG. */
static int check_labels(const char *name, size_t length) {
  size_t end = without_last_dot(name, length), label = 0;
  bool too_long = end > WHOLE_MAX;
  for (size_t i = 0; i < end; ++i) {
    bool ends = name[i] == '.';
    if (ends ? label == 0 : !is_name_byte(name[i])) {
      return SKT_EINVAL;
    }
    label = ends ? 0 : label + 1;
    too_long = too_long || label > LABEL_MAX;
  }
  if (label == 0) {
    return SKT_EINVAL;
  }
  return too_long ? SKT_ENAMETOOLONG : 0;
}

int skt__name_kind(const char *name, size_t length) {
  int rc = check_labels(name, length);
  if (rc == 0 && ends_in_number(name, length)) {
    rc = SKT_EINVAL;
  }
  if (rc < 0) {
    return rc;
  }
  return is_localhost(name, length) ? SKT__LOCALHOST : SKT__NAME;
}

/* ":" and 0 to 65535, and nothing more; else -1. */
static int port_of(const char *p) {
  int port = 0;
  if (p[0] != ':' || !is_digit(p[1]) || (p[1] == '0' && p[2] != '\0')) {
    return -1;
  }
  for (++p; is_digit(*p) && port <= 65535; ++p) {
    port = port * 10 + (*p - '0');
  }
  return *p == '\0' && port <= 65535 ? port : -1;
}

/* What skt_addr_parse says of a text whose scope is no name of an interface, so
 * that it looks nothing up. */
static int check_number(const char *text) {
  skt_addr ignored;
  return skt_addr_parse(&ignored, text);
}

/* What may be the name of an interface, as for skt_addr_parse. */
static bool is_scope(const char *scope, size_t n) {
  for (size_t i = 0; i < n; ++i) {
    if (strchr(" \t\n\v\f\r:/%[", scope[i]) != NULL) {
      return false;
    }
  }
  return n > 0;
}

/* A number in brackets. That of an interface's name is checked without it. */
static int check_bracketed(const char *text, size_t length) {
  char plain[SKT_ADDR_TEXT_MAX] = "[";
  const char *host = text + 1, *percent = memchr(host, '%', length);
  size_t n = percent != NULL ? (size_t)(percent - host) : length;
  if (percent == NULL || is_digit(percent[1])) {
    return check_number(text);
  }
  if (n + sizeof "[]:0" > sizeof plain ||
      !is_scope(percent + 1, length - n - 1)) {
    return SKT_EINVAL;
  }
  memcpy(plain + 1, host, n);
  memcpy(plain + 1 + n, "]:0", sizeof "]:0");
  return check_number(plain);
}

static int read_bracketed(skt__text *t, const char *text) {
  const char *end = strchr(text, ']');
  if (end == NULL || (t->port = port_of(end + 1)) < 0) {
    return SKT_EINVAL;
  }
  t->kind = SKT__ADDRESS;
  t->host = text + 1;
  t->length = (size_t)(end - t->host);
  return check_bracketed(text, t->length);
}

static int read_host(skt__text *t, const char *text) {
  t->host = text;
  t->length = strcspn(text, ":");
  t->port = port_of(text + t->length);
  if (t->port < 0) {
    return SKT_EINVAL;
  }
  if (t->length == 0) {
    t->kind = SKT__EVERY;
    return 0;
  }
  t->kind = skt__name_kind(t->host, t->length);
  if (t->kind < 0 && ends_in_number(t->host, t->length)) {
    t->kind = SKT__ADDRESS;
    return check_number(text);
  }
  return t->kind < 0 ? t->kind : 0;
}

int skt__text_read(skt__text *t, const char *text) {
  if (strncmp(text, "unix:", 5) == 0) {
    *t = (skt__text){SKT__ADDRESS, text, strlen(text), -1};
    return check_number(text);
  }
  return text[0] == '[' ? read_bracketed(t, text) : read_host(t, text);
}
