/* SPDX-License-Identifier: MIT */
#include "dns.h"

#include <string.h>

enum { LABEL_MAX = 63, POINTER = 0xc0 };

unsigned dns_number(const unsigned char *bytes) {
  return (unsigned)bytes[0] << 8 | bytes[1];
}

void dns_put(unsigned char *bytes, unsigned number) {
  bytes[0] = (unsigned char)(number >> 8);
  bytes[1] = (unsigned char)number;
}

size_t dns_name(unsigned char *out, const char *text) {
  size_t n = 0;
  if (strcmp(text, ".") == 0) { /* the root, which has no labels */
    text = "";
  }
  while (*text != '\0') {
    size_t length = strcspn(text, ".");
    if (length == 0 || length > LABEL_MAX || n + length + 2 > DNS_NAME_MAX) {
      return 0;
    }
    out[n++] = (unsigned char)length;
    memcpy(out + n, text, length);
    n += length;
    text += length;
    text += *text == '.';
  }
  out[n++] = 0;
  return n;
}

size_t dns_behind_name(const unsigned char *m, size_t n, size_t at,
                       bool pointers) {
  size_t begin = at;
  while (at < n && m[at] != 0) {
    if ((m[at] & POINTER) == POINTER) {
      return pointers && at + 2 <= n ? at + 2 : 0;
    }
    if (m[at] > LABEL_MAX) {
      return 0;
    }
    at += 1u + m[at];
  }
  return at < n && at + 1 - begin <= DNS_NAME_MAX ? at + 1 : 0;
}

static unsigned char lower(unsigned char c) {
  return c >= 'A' && c <= 'Z' ? (unsigned char)(c + ('a' - 'A')) : c;
}

/* The length of a label is below every letter, and so needs no care. */
bool dns_same_name(const unsigned char *a, const unsigned char *b) {
  while (*a != 0 && *a == *b) {
    for (size_t i = 1; i <= *a; ++i) {
      if (lower(a[i]) != lower(b[i])) {
        return false;
      }
    }
    size_t length = 1u + *a;
    a += length;
    b += length;
  }
  return *a == *b;
}
