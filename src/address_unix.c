/* SPDX-License-Identifier: MIT */
/* Addresses of unix sockets: paths, abstract names, unnamed. All systems name
 * the members of struct sockaddr_un alike. */
#include "address.h"

#include <stddef.h>
#include <string.h>

/* The smallest sun_path has 104 bytes with the NUL (macOS and the BSDs,
 * unix(4)). The longest abstract name is one byte shorter than Linux allows. */
enum { PATH_MAX_BYTES = 103, NAME_MAX_BYTES = 106 };

enum {
  PATH_AT = offsetof(struct sockaddr_un, sun_path),
  PATH_ROOM = sizeof((struct sockaddr_un *)0)->sun_path
};

static size_t length_to_nul(const char *bytes, size_t n) {
  size_t length = 0;
  while (length < n && bytes[length] != '\0') {
    ++length;
  }
  return length;
}

/* Set n bytes of sun_path, PATH_ROOM at most. has_nul says whether the length
 * includes a NUL after them. The rest of the address is zero. */
static void set_unix(skt_addr *a, const char *path, size_t n, bool has_nul) {
  struct sockaddr_un head = {.sun_family = AF_UNIX};
  *a = (skt_addr){.length = (uint32_t)(PATH_AT + n + has_nul)};
#ifdef SIN6_LEN /* systems whose addresses contain their length */
  head.sun_len = (uint8_t)a->length;
#endif
  memcpy(a->words, &head, PATH_AT);
  memcpy((char *)a->words + PATH_AT, path, n);
}

void skt__unix_set(skt_addr *out, const void *native, size_t length) {
  const char *path = (const char *)native + PATH_AT;
  size_t n = length > PATH_AT ? length - PATH_AT : 0;
  n = n < PATH_ROOM ? n : PATH_ROOM;
  if (n > 1 && path[0] == '\0' && skt__system.has_abstract_names) {
    set_unix(out, path, n, false); /* every byte of the name counts */
    return;
  }
  /* The length includes the NUL, which Linux omits if the path fills sun_path.
   * macOS reports an unnamed socket as zeros (getpeername(2), Darwin). */
  size_t used = length_to_nul(path, n);
  set_unix(out, path, used, used > 0 && used < PATH_ROOM);
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

int skt__unix_parse(skt_addr *out, const char *text) {
  char path[1 + NAME_MAX_BYTES];
  bool abstract = *text == '@'; /* a zero byte stands in its place */
  size_t most = abstract ? NAME_MAX_BYTES : PATH_MAX_BYTES;
  if (abstract && !skt__system.has_abstract_names) {
    return SKT_EOPNOTSUPP;
  }
  path[0] = '\0';
  text += abstract;
  size_t n = length_to_nul(text, most + 1);
  if (n == 0 || n > most) {
    return n == 0 ? SKT_EINVAL : SKT_ENAMETOOLONG;
  }
  memcpy(path + abstract, text, n);
  set_unix(out, path, abstract + n, !abstract);
  return 0;
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
