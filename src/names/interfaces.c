/* SPDX-License-Identifier: MIT */
/* Network interfaces: one entry for each address, in one order, with one
 * meaning of each field. Its own object, so that only programs that list
 * interfaces link it. */
#include "../address.h"

#include <limits.h>
#include <stdlib.h>

enum {
  FIRST_ROOM = 15 * 1024, /* what GetAdaptersAddresses recommends */
  TRIES = 3
};

/* An address of an interface, or the interface itself, whose address is zeroed;
 * and when the system listed it. */
typedef struct record {
  skt_interface entry;
  size_t number;
} record;

struct skt__found {
  record *records;
  size_t count, capacity;
  bool out_of_memory;
};

/* A zeroed record at the end, or NULL. */
static skt_interface *add(skt__found *found, uint32_t index) {
  if (found->count == found->capacity) {
    size_t capacity = found->capacity > 0 ? 2 * found->capacity : 16;
    record *larger = realloc(found->records, capacity * sizeof *larger);
    if (larger == NULL) {
      found->out_of_memory = true;
      return NULL;
    }
    found->records = larger;
    found->capacity = capacity;
  }
  record *r = &found->records[found->count];
  *r = (record){.entry = {.index = index, .prefix = -1},
                .number = found->count++};
  return &r->entry;
}

/* Linux reports zeros for loopback, and for a tunnel its IP address, of 4 or 16
 * bytes (packet(7)); these are no hardware addresses. */
static void set_hardware(skt_interface *entry, const void *bytes, size_t n) {
  static const uint8_t zeros[sizeof entry->hardware];
  if (n > 0 && n <= sizeof zeros && n != 4 && n != 16 &&
      memcmp(bytes, zeros, n) != 0) {
    memcpy(entry->hardware, bytes, n);
    entry->hardware_length = (int)n;
  }
}

/* Windows reports a loopback interface without a limit as UINT32_MAX. */
void skt__found_link(skt__found *found, const skt__link *l) {
  skt_interface *entry = add(found, l->index);
  if (entry == NULL) {
    return;
  }
  entry->flags = l->flags;
  entry->mtu = l->mtu <= INT_MAX ? (int)l->mtu : 0;
  if (l->name != NULL && strlen(l->name) < sizeof entry->name) {
    memcpy(entry->name, l->name, strlen(l->name));
  }
  set_hardware(entry, l->hardware, l->hardware_length);
}

/* All bits of the host set; a network of one or two addresses has none. In 64
 * bits, because the prefix can be 0. */
static void broadcast_of_prefix(skt__ip *ip, int prefix) {
  uint64_t hosts = prefix <= 30 ? UINT64_C(0xffffffff) >> prefix : 0;
  for (int i = 0; i < 4; ++i) {
    ip->bytes[i] |= (uint8_t)(hosts >> (24 - 8 * i));
  }
}

/* glibc and the BSDs can report the interface's own address for a broadcast
 * address that was not configured. */
static void set_broadcast(skt_interface *entry, const skt__link_address *a) {
  static const uint8_t none[4];
  skt__ip ip = {.domain = SKT_IPV4};
  memcpy(ip.bytes, a->broadcast, 4);
  if (a->broadcasts_unsaid && entry->prefix >= 0) {
    memcpy(ip.bytes, a->bytes, 4);
    broadcast_of_prefix(&ip, entry->prefix);
  }
  if (memcmp(ip.bytes, none, 4) != 0 && memcmp(ip.bytes, a->bytes, 4) != 0) {
    skt__addr_set_ip(&entry->broadcast, &ip);
  }
}

/* A link-local address always has its scope. Kernels of the KAME family have it
 * in the bytes 2 and 3 of the address, and some show it there (inet6(4), macOS,
 * OpenBSD, NetBSD); RFC 4291 2.5.6 has zeros. */
static void set_link_address(skt_interface *entry, const skt__link_address *a) {
  skt__ip ip = {.domain = a->domain};
  memcpy(ip.bytes, a->bytes, a->domain == SKT_IPV4 ? 4 : 16);
  if (skt__ip_is_link_local(&ip)) {
    ip.scope = a->index;
    if ((uint32_t)(ip.bytes[2] << 8 | ip.bytes[3]) == a->index) {
      ip.bytes[2] = ip.bytes[3] = 0;
    }
  }
  skt__addr_set_ip(&entry->address, &ip);
}

void skt__found_address(skt__found *found, const skt__link_address *a) {
  skt_interface *entry = add(found, a->index);
  if (entry == NULL) {
    return;
  }
  int longest = a->domain == SKT_IPV4 ? 32 : 128;
  entry->prefix = a->prefix >= 0 && a->prefix <= longest ? a->prefix : -1;
  set_link_address(entry, a);
  if (a->domain == SKT_IPV4) {
    set_broadcast(entry, a);
  }
}

/* Ask the system, from the beginning. */
static int list_once(skt__found *found, size_t *bytes) {
  void *room = malloc(*bytes);
  if (room == NULL) {
    return SKT_ENOMEM;
  }
  int rc;
  do {
    found->count = 0;
    rc = skt__sys_interfaces(found, room, bytes);
  } while (rc == SKT__EINTR);
  free(room);
  return rc == 0 && found->out_of_memory ? SKT_ENOMEM : rc;
}

static int in_order(const void *left, const void *right) {
  const record *a = left, *b = right;
  if (a->entry.index != b->entry.index) {
    return a->entry.index < b->entry.index ? -1 : 1;
  }
  return a->number < b->number ? -1 : 1;
}

static bool has_address(const record *r) { return r->entry.address.length > 0; }

/* The records of one interface are those from *r to *end. Returns the interface
 * itself, or NULL if the system listed only its addresses. */
static const record *find_link(const record *r, const record **end) {
  const record *l = NULL;
  uint32_t index = r->entry.index;
  for (; r < *end && r->entry.index == index; ++r) {
    l = l == NULL && !has_address(r) ? r : l;
  }
  *end = r;
  return l;
}

/* What an address shares with its interface. */
static skt_interface joined(const record *l, const record *address) {
  skt_interface entry = l->entry;
  entry.address = address->entry.address;
  entry.prefix = address->entry.prefix;
  if ((entry.flags & (SKT_IF_LOOPBACK | SKT_IF_POINT_TO_POINT)) == 0) {
    entry.broadcast = address->entry.broadcast;
  }
  return entry;
}

/* One entry for each address, one for an interface without. Counts with out
 * NULL. Returns their number, or SKT_EAGAIN if an address has no interface:
 * this came between the system's lists. */
static int join(const skt__found *found, skt_interface *out, size_t capacity) {
  const record *r = found->records, *all = r + found->count, *end;
  size_t n = 0;
  for (; r < all; r = end) {
    end = all;
    const record *l = find_link(r, &end);
    if (l == NULL) {
      return SKT_EAGAIN;
    }
    size_t before = n;
    for (; r < end; ++r) {
      if (has_address(r) && n++ < capacity && out != NULL) {
        out[n - 1] = joined(l, r);
      }
    }
    if (n == before && n++ < capacity && out != NULL) {
      out[n - 1] = l->entry;
    }
  }
  return (int)n;
}

static int list(skt__found *found) {
  size_t bytes = FIRST_ROOM;
  int rc = SKT_EAGAIN;
  for (int i = 0; i < TRIES && rc == SKT_EAGAIN; ++i) {
    rc = list_once(found, &bytes);
    if (rc == 0 && found->count > 0) {
      qsort(found->records, found->count, sizeof *found->records, in_order);
      rc = join(found, NULL, 0);
    }
  }
  return rc;
}

int skt_interfaces(skt_interface *out, size_t capacity) {
  skt__found found = {.records = NULL};
  if (out == NULL && capacity > 0) {
    return SKT_EFAULT;
  }
  int rc = skt__sys_start();
  rc = rc == 0 ? list(&found) : rc;
  if (rc > 0) {
    rc = join(&found, out, capacity);
  }
  free(found.records);
  return rc;
}
