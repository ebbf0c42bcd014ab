/* SPDX-License-Identifier: MIT */
#include "netcat.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

/* A number up to `most` at *at, which moves behind it; or -1. */
static int number(const char **at, long most) {
  char *end;
  if (**at < '0' || **at > '9') {
    return -1;
  }
  long value = strtol(*at, &end, 10);
  *at = end;
  return value <= most ? (int)value : -1;
}

static bool read_ports(netcat *n, const char *text) {
  n->port = n->last_port = number(&text, 65535);
  if (n->probes && n->port > 0 && *text == '-') {
    ++text;
    n->last_port = number(&text, 65535);
  }
  return *text == '\0' && n->port >= (n->listens ? 0 : 1) &&
         n->last_port >= n->port;
}

static bool read_seconds(netcat *n, const char *text) {
  int seconds = number(&text, INT_MAX / 1000);
  n->wait_ms = seconds * 1000;
  return seconds > 0 && *text == '\0';
}

static bool set_flag(netcat *n, char letter) {
  switch (letter) {
  case 'l':
    return n->listens = true;
  case 'u':
    return n->udp = true;
  case 'U':
    return n->is_unix = true;
  case 'N':
    return n->half_close = true;
  case 'k':
    return n->keeps = true;
  case 'z':
    return n->probes = true;
  case 'd':
    return n->no_input = true;
  case 'v':
    return n->verbose = true;
  case '4':
    return (n->domain |= SKT_IPV4) == SKT_IPV4;
  case '6':
    return (n->domain |= SKT_IPV6) == SKT_IPV6;
  default:
    return false;
  }
}

/* The letters of one argument. The value of w and s is the rest of it, or the
 * next one. */
static bool read_letters(netcat *n, char ***arg) {
  for (const char *at = **arg + 1; *at != '\0'; ++at) {
    if (*at != 'w' && *at != 's') {
      if (!set_flag(n, *at)) {
        return false;
      }
      continue;
    }
    const char *value = at[1] != '\0' ? at + 1 : *++*arg;
    if (value != NULL && *at == 's') {
      n->source = value;
    }
    return value != NULL && (*at == 's' || read_seconds(n, value));
  }
  return true;
}

static bool read_place(netcat *n, char **arg, int count) {
  static char path[SKT_TEXT_MAX];
  if (n->is_unix) {
    n->port = -1;
    n->host = path;
    return count == 1 &&
           (size_t)snprintf(path, sizeof path, "unix:%s", arg[0]) < sizeof path;
  }
  n->host = count == 2 ? arg[0] : "";
  return (count == 2 || (count == 1 && n->listens)) &&
         read_ports(n, arg[count - 1]);
}

static bool fit_together(const netcat *n) {
  if (n->listens ? n->probes || n->source != NULL : n->keeps) {
    return false;
  }
  if (n->is_unix &&
      (n->udp || n->domain != 0 || n->source != NULL || n->probes)) {
    return false;
  }
  return !(n->udp && n->probes);
}

bool read_arguments(netcat *n, char **arg) {
  n->wait_ms = -1;
  for (++arg; *arg != NULL && (*arg)[0] == '-' && (*arg)[1] != '\0'; ++arg) {
    if (!read_letters(n, &arg)) {
      return false;
    }
  }
  int count = 0;
  while (arg[count] != NULL) {
    ++count;
  }
  return read_place(n, arg, count) && fit_together(n);
}
