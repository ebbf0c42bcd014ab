/* SPDX-License-Identifier: MIT */
/* Options whose value is a text. */
#include "internal.h"

#include <string.h>

/* The longest name of an algorithm, in Linux and FreeBSD (TCP_CA_NAME_MAX);
 * Linux cuts a longer one. */
enum { ALGORITHM_MAX = 15 };

/* No system has names with these bytes; Linux takes "lo:x" for "lo", an alias
 * of old (netdevice(7)). */
static bool can_be_interface(const char *name) {
  return name[strcspn(name, " \t\n\v\f\r:/%[]")] == '\0';
}

static int set_device(skt *s, const char *name) {
  const skt__option_row *row;
  int64_t index = 0;
  int rc = skt__option_to_set(s, SKT_OPT_DEVICE, &row);
  if (rc < 0) {
    return rc;
  }
  if (*name != '\0') {
    index = can_be_interface(name) ? skt__sys_interface(name) : SKT_ENODEV;
  }
  return index < 0 ? (int)index : skt_set_option(s, SKT_OPT_DEVICE, (int)index);
}

static int set_congestion(skt *s, const char *name) {
  const skt__option_row *row;
  size_t n = strlen(name);
  int rc = skt__option_to_set(s, SKT_OPT_CONGESTION, &row);
  if (rc < 0) {
    return rc;
  }
  if (n == 0 || n > ALGORITHM_MAX) {
    return SKT_ENOENT;
  }
  rc = skt__sys_set_option_text(skt__handle(s), row, name, n);
  return skt__option_code(s, rc, 0);
}

int skt_set_option_text(skt *s, int option, const char *text) {
  int rc = skt__check(s);
  if (rc < 0) {
    return rc;
  }
  if (text == NULL) {
    return SKT_EFAULT;
  }
  switch (option) {
  case SKT_OPT_DEVICE:
    return set_device(s, text);
  case SKT_OPT_CONGESTION:
    return set_congestion(s, text);
  default:
    return SKT_EINVAL;
  }
}

static int get_device(const skt *s, char *name) {
  int index;
  int rc = skt_get_option(s, SKT_OPT_DEVICE, &index);
  if (rc < 0 || index == 0) {
    return rc;
  }
  return skt__sys_interface_name(skt__handle(s), index, name);
}

static int get_congestion(const skt *s, char *name) {
  const skt__option_row *row;
  int rc = skt__option_to_read(s, SKT_OPT_CONGESTION, &row);
  if (rc < 0) {
    return rc;
  }
  rc = skt__sys_get_option_text(skt__handle(s), row, name, SKT_OPTION_TEXT_MAX);
  return skt__option_code(s, rc, SKT_ENOTCONN);
}

int skt_get_option_text(const skt *s, int option, char *text, size_t capacity) {
  char value[SKT_OPTION_TEXT_MAX] = "";
  if (text != NULL && capacity > 0) {
    *text = '\0';
  }
  int rc = skt__check(s);
  if (rc < 0) {
    return rc;
  }
  if (text == NULL) {
    return SKT_EFAULT;
  }
  switch (option) {
  case SKT_OPT_DEVICE:
    rc = get_device(s, value);
    break;
  case SKT_OPT_CONGESTION:
    rc = get_congestion(s, value);
    break;
  default:
    return SKT_EINVAL;
  }
  size_t n = strlen(value);
  if (rc == 0 && n >= capacity) {
    return SKT_ENOSPC;
  }
  if (rc < 0) {
    return rc;
  }
  memcpy(text, value, n + 1);
  return (int)n;
}
