/* SPDX-License-Identifier: MIT */
/* Host and port of a text, apart and together. */
#include "names.h"

/* Copy n bytes and a zero. Returns n or SKT_ENOSPC. */
static int put_text(char *out, size_t capacity, const char *bytes, size_t n) {
  if (n >= capacity) {
    return SKT_ENOSPC;
  }
  memcpy(out, bytes, n);
  out[n] = '\0';
  return (int)n;
}

int skt_text_split(const char *text, char *host, size_t capacity, int *port) {
  skt__text t;
  if (port != NULL) {
    *port = 0;
  }
  if (host != NULL && capacity > 0) {
    host[0] = '\0';
  }
  if (text == NULL || host == NULL) {
    return SKT_EFAULT;
  }
  int rc = skt__text_read(&t, text);
  if (rc == 0 && t.length >= SKT_NAME_MAX) {
    rc = SKT_ENAMETOOLONG;
  }
  rc = rc == 0 ? put_text(host, capacity, t.host, t.length) : rc;
  if (rc >= 0 && port != NULL) {
    *port = t.port;
  }
  return rc;
}

/* ":" and a port. Returns its length. */
static size_t write_port(char *p, int port) {
  size_t n = 1;
  int unit = 10000;
  while (unit > 1 && port < unit) {
    unit /= 10;
  }
  for (p[0] = ':'; unit > 0; unit /= 10) {
    p[n++] = (char)('0' + port / unit % 10);
  }
  return n;
}

/* Write the text, without a check of the host, and without a zero. Returns its
 * length. */
static size_t join_text(char *text, const char *host, size_t length, int port) {
  bool in_brackets = host[0] != '[' && memchr(host, ':', length) != NULL;
  size_t n = 0;
  if (port < 0) {
    memcpy(text, host, length);
    return length;
  }
  if (in_brackets) {
    text[n++] = '[';
  }
  memcpy(text + n, host, length);
  n += length;
  if (in_brackets) {
    text[n++] = ']';
  }
  return n + write_port(text + n, port);
}

/* Returns the length, or a code. A host that is too long is not looked at. */
static int make_text(char *text, const char *host, int port) {
  skt__text t;
  size_t length = strlen(host);
  bool is_unix = strncmp(host, "unix:", 5) == 0;
  if (is_unix ? port != -1 : port < 0 || port > 65535) {
    return SKT_EINVAL;
  }
  if (length >= SKT_NAME_MAX) {
    return SKT_ENAMETOOLONG;
  }
  size_t n = join_text(text, host, length, port);
  text[n] = '\0';
  int rc = skt__text_read(&t, text);
  if (rc == 0 && t.port != port) { /* "unix:80" is a path */
    rc = SKT_EINVAL;
  }
  return rc < 0 ? rc : (int)n;
}

int skt_text_join(char *text, size_t capacity, const char *host, int port) {
  char all[SKT_TEXT_MAX];
  if (text != NULL && capacity > 0) {
    text[0] = '\0';
  }
  if (text == NULL || host == NULL) {
    return SKT_EFAULT;
  }
  int n = make_text(all, host, port);
  return n < 0 ? n : put_text(text, capacity, all, (size_t)n);
}
