/* SPDX-License-Identifier: MIT */
/* The list of interfaces on Linux. The twins are interfaces_getifaddrs.c and
 * win32/interfaces.c.
 *
 * Not by getifaddrs: it names an interface by the label of its address, which
 * can be anything ("eth0:1", "backup"), shows a peer's address as a broadcast
 * address and knows no MTU; and glibc's ends the process when another thread
 * closes its descriptor. */
#include "interfaces.h"

#ifdef SKT__NETLINK

#include <errno.h>

/* netlink(7), rtnetlink(7), in the host's byte order. Declared here because
 * compilers for other C libraries often lack the kernel's headers. */
typedef struct message {
  uint32_t length;
  uint16_t type, flags;
  uint32_t sequence, port;
} message;

typedef struct link_body {
  uint8_t family, pad;
  uint16_t type;
  int32_t index;
  uint32_t flags, change;
} link_body;

typedef struct address_body {
  uint8_t family, prefix, flags, scope;
  uint32_t index;
} address_body;

typedef struct attribute {
  uint16_t length, type;
} attribute;

typedef struct netlink_address {
  uint16_t family, pad;
  uint32_t port, groups;
} netlink_address;

enum {
  PROTOCOL_ROUTE = 0,
  IS_ERROR = 2, /* message.type */
  IS_END = 3,
  IS_LINK = 16,
  ASKS_LINKS = 18,
  IS_ADDRESS = 20,
  ASKS_ADDRESSES = 22,
  ASKS_FOR_ALL = 0x301, /* message.flags */
  WAS_INTERRUPTED = 0x10,
  LINK_HARDWARE = 1, /* attribute.type */
  LINK_NAME = 3,
  LINK_MTU = 4,
  ADDRESS_OR_PEER = 1,
  ADDRESS_OWN = 2,
  ADDRESS_BROADCAST = 4
};

/* The value of an attribute after the body of a message; NULL, and length 0, if
 * there is none. */
static const void *value_of(const message *m, size_t body, int type,
                            size_t *length) {
  const char *p = (const char *)(m + 1) + body;
  size_t left = m->length - sizeof *m - body;
  attribute a = {.length = 0};
  for (size_t step = 0; step <= left; step = (a.length + 3U) & ~3U) {
    p += step;
    left -= step;
    if (left < sizeof a) {
      break;
    }
    memcpy(&a, p, sizeof a);
    if (a.length < sizeof a || a.length > left) {
      break;
    }
    if ((a.type & 0x3fff) == type) {
      *length = a.length - sizeof a;
      return p + sizeof a;
    }
  }
  *length = 0;
  return NULL;
}

/* As above, copied if it has exactly that length. */
static bool copy_value(const message *m, size_t body, int type, void *out,
                       size_t n) {
  size_t length;
  const void *value = value_of(m, body, type, &length);
  if (length != n || value == NULL) {
    return false;
  }
  memcpy(out, value, n);
  return true;
}

static void take_link(skt__found *found, const message *m) {
  link_body body;
  size_t n = sizeof body;
  memcpy(&body, m + 1, n);
  size_t name_length;
  skt__link l = {.index = (uint32_t)body.index,
                 .flags = skt__interface_flags(body.flags)};
  l.name = value_of(m, n, LINK_NAME, &name_length);
  if (name_length == 0 || l.name[name_length - 1] != '\0') {
    l.name = NULL;
  }
  copy_value(m, n, LINK_MTU, &l.mtu, sizeof l.mtu);
  l.hardware = value_of(m, n, LINK_HARDWARE, &l.hardware_length);
  skt__found_link(found, &l);
}

/* ADDRESS_OR_PEER is the peer's address if there is a peer. */
static void take_link_address(skt__found *found, const message *m) {
  address_body body;
  size_t n = sizeof body;
  memcpy(&body, m + 1, n);
  bool v4 = body.family == AF_INET;
  size_t length = v4 ? 4 : 16;
  skt__link_address a = {.index = body.index,
                         .domain = v4 ? SKT_IPV4 : SKT_IPV6,
                         .prefix = body.prefix};
  if (!v4 && body.family != AF_INET6) {
    return;
  }
  if (v4) {
    copy_value(m, n, ADDRESS_BROADCAST, a.broadcast, 4);
  }
  if (copy_value(m, n, ADDRESS_OWN, a.bytes, length) ||
      copy_value(m, n, ADDRESS_OR_PEER, a.bytes, length)) {
    skt__found_address(found, &a);
  }
}

static int fail_as(int native) {
  errno = native;
  return skt__fail_in(SKT__IN_SOCKET);
}

/* Returns 1 if more messages follow, 0 after the last, or a code. */
static int take_message(skt__found *found, const message *m) {
  int32_t error = 0;
  size_t n = m->length - sizeof *m;
  if ((m->flags & WAS_INTERRUPTED) != 0) {
    return SKT_EAGAIN; /* the list changed; what came so far may not fit */
  }
  if (m->type == IS_ERROR || m->type == IS_END) {
    memcpy(&error, m + 1, n < sizeof error ? n : sizeof error);
    return error < 0 ? fail_as(-error) : 0;
  }
  if (m->type == IS_LINK && n >= sizeof(link_body)) {
    take_link(found, m);
  } else if (m->type == IS_ADDRESS && n >= sizeof(address_body)) {
    take_link_address(found, m);
  }
  return 1;
}

static int take_messages(skt__found *found, const char *p, size_t left,
                         uint32_t sequence) {
  int rc = 1;
  while (rc > 0 && left >= sizeof(message)) {
    const message *m = (const void *)p;
    if (m->length < sizeof *m || m->length > left) {
      break;
    }
    rc = m->sequence == sequence ? take_message(found, m) : 1;
    size_t step = (m->length + 3U) & ~(size_t)3;
    step = step < left ? step : left;
    p += step;
    left -= step;
  }
  return rc;
}

/* With MSG_TRUNC the result is the whole length, also of what did not fit. Port
 * 0 is the kernel. */
static int receive(int s, skt__found *found, void *room, size_t *bytes,
                   uint32_t sequence) {
  netlink_address from = {.family = 0};
  socklen_t length = sizeof from;
  ptrdiff_t n =
      recvfrom(s, room, *bytes, MSG_TRUNC, (struct sockaddr *)&from, &length);
  if (n < 0) {
    return skt__fail_in(SKT__IN_SOCKET);
  }
  if ((size_t)n > *bytes) {
    *bytes = (size_t)n;
    return SKT_EAGAIN;
  }
  return from.port == 0 ? take_messages(found, room, (size_t)n, sequence) : 1;
}

static int ask(int s, skt__found *found, void *room, size_t *bytes,
               uint16_t what) {
  const struct {
    message head;
    link_body body; /* zeroed, it is any request's */
  } request = {.head = {.length = sizeof request,
                        .type = what,
                        .flags = ASKS_FOR_ALL,
                        .sequence = what}};
  const netlink_address kernel = {.family = AF_NETLINK};
  ptrdiff_t sent = sendto(s, &request, sizeof request, 0,
                          (const struct sockaddr *)&kernel, sizeof kernel);
  int rc = sent < 0 ? skt__fail_in(SKT__IN_SOCKET) : 1;
  while (rc > 0) {
    rc = receive(s, found, room, bytes, what);
  }
  return rc;
}

int skt__sys_interfaces(skt__found *found, void *room, size_t *bytes) {
  int s = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, PROTOCOL_ROUTE);
  if (s < 0) {
    return skt__fail_in(SKT__IN_SOCKET);
  }
  int rc = ask(s, found, room, bytes, ASKS_LINKS);
  if (rc == 0) {
    rc = ask(s, found, room, bytes, ASKS_ADDRESSES);
  }
  close(s);
  return rc;
}

#endif
