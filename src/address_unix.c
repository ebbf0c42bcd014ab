/* SPDX-License-Identifier: MIT */
/* Addresses of unix sockets: paths, abstract names, unnamed. All systems name
 * the members of struct sockaddr_un alike. */
#include "address.h"

#include <stddef.h>
#include <string.h>

/* A path needs room for its NUL, and an abstract name for a NUL before it, so
 * that both have one limit: 107 bytes where sun_path has 108 (Linux, Windows),
 * 103 where it has 104 (macOS and the BSDs, unix(4)). Linux and the BSDs would
 * take a path without a NUL, which other programs read past its end. */
enum {
  PATH_AT = offsetof(struct sockaddr_un, sun_path),
  PATH_ROOM = sizeof((struct sockaddr_un *)0)->sun_path,
  LONGEST = PATH_ROOM - 1
};
_Static_assert(PATH_ROOM <= 108, "SKT_ADDR_TEXT_MAX and skt_addr have room");

static size_t length_to_nul(const char *bytes, size_t n) {
  size_t length = 0;
  while (length < n && bytes[length] != '\0') {
    ++length;
  }
  return length;
}

/* Set n bytes of sun_path; has_nul says whether the length includes a NUL after
 * them. PATH_ROOM bytes at most, the NUL included. The rest of the address is
 * zero. */
static void set_unix(skt_addr *a, const char *path, size_t n, bool has_nul) {
  struct sockaddr_un head = {.sun_family = AF_UNIX};
  *a = (skt_addr){.length = (uint32_t)(PATH_AT + n + has_nul)};
#ifdef SIN6_LEN /* systems whose addresses contain their length */
  head.sun_len = (uint8_t)a->length;
#endif
  memcpy(a->words, &head, PATH_AT);
  memcpy((char *)a->words + PATH_AT, path, n);
}

bool skt__unix_has_name(const void *native, size_t length) {
  const char *path = (const char *)native + PATH_AT;
  return length > PATH_AT &&
         (path[0] != '\0' ||
          (length > PATH_AT + 1 && skt__system.has_abstract_names));
}

/* Another program can choose a path that has no end in sun_path: 108 bytes on
 * Linux, more on macOS (unix(7), Linux; bind(2), Darwin). No call may fail
 * because its peer has such a path. */
void skt__unix_set(skt_addr *out, const void *native, size_t length) {
  const char *path = (const char *)native + PATH_AT;
  size_t n = length > PATH_AT ? length - PATH_AT : 0;
  bool is_name = n > 1 && path[0] == '\0' && skt__system.has_abstract_names;
  /* The length includes the NUL, which Linux omits if the path fills sun_path.
   * macOS reports an unnamed socket as zeros (getpeername(2), Darwin), and a
   * length beyond the buffer if a path did not fit (accept(2)). Every byte of a
   * name counts. */
  size_t used = n;
  if (!is_name) {
    used = length_to_nul(path, n < PATH_ROOM ? n : PATH_ROOM);
  }
  used = used <= LONGEST + (size_t)is_name ? used : 0;
  set_unix(out, path, used, used > 0 && !is_name);
}

void skt__addr_any(skt_addr *a, int domain) {
  if (domain == SKT_UNIX) {
    set_unix(a, "", 0, false);
  } else {
    skt__addr_set_ip(a, &(skt__ip){.domain = domain});
  }
}

bool skt__unix_is_valid(const skt_addr *a) {
  return a->length >= PATH_AT && a->length <= sizeof(struct sockaddr_un);
}

bool skt__unix_is_unnamed(const skt_addr *a) { return a->length == PATH_AT; }

/* A name stands after a NUL. "./@x" is how skt__unix_format writes the path
 * "@x". */
static int parse(skt_addr *out, const char *text) {
  for (const char *scheme = "unix:"; *scheme != '\0'; ++scheme) {
    if (*text++ != *scheme) {
      return SKT_EINVAL;
    }
  }
  bool is_name = *text == '@';
  if (is_name && !skt__system.has_abstract_names) {
    return SKT_EOPNOTSUPP;
  }
  text += text[0] == '.' && text[1] == '/' && text[2] == '@' ? 2 : 0;
  size_t n = length_to_nul(text + is_name, LONGEST + 1);
  if (n == 0 || n > LONGEST) {
    return n == 0 ? SKT_EINVAL : SKT_ENAMETOOLONG;
  }
  set_unix(out, text, n + is_name, !is_name);
  if (is_name) {
    ((char *)out->words)[PATH_AT] = '\0';
  }
  return 0;
}

int skt__unix_parse(skt_addr *out, const char *text) {
  int rc = parse(out, text);
  return rc < 0 ? skt__addr_refuse(out, rc) : rc;
}

int skt__unix_format(const skt_addr *a, char *text) {
  char path[PATH_ROOM];
  size_t n = a->length - PATH_AT;
  char *p = text;
  memcpy(path, (const char *)a->words + PATH_AT, n);
  memcpy(p, "unix:", 5);
  p += 5;
  if (n > 1 && path[0] == '\0') { /* an abstract name */
    if (length_to_nul(path + 1, n - 1) < n - 1) {
      return SKT_EINVAL;
    }
    path[0] = '@';
  } else {
    n = length_to_nul(path, n);
    if (n > 0 && path[0] == '@') { /* a file, no abstract name */
      memcpy(p, "./", 2);
      p += 2;
    }
  }
  memcpy(p, path, n);
  return (int)(p + n - text);
}

/* What follows a name is zero, and counts only in the name's length. */
int skt__unix_compare(const skt_addr *a, const skt_addr *b) {
  int rc = memcmp((const char *)a->words + PATH_AT,
                  (const char *)b->words + PATH_AT, PATH_ROOM);
  return rc != 0 ? rc : (int)a->length - (int)b->length;
}
