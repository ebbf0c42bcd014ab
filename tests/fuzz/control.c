/* SPDX-License-Identifier: MIT */
/* A target of libFuzzer, run by ci/run/fuzz.sh: the reader of control data, by
 * the table of this system. Nothing is read outside the bytes; what is said to
 * be known is in its range; and what a message that was read chooses can be
 * written. */
#include "skt.c"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void must(bool truth) {
  if (!truth) {
    abort();
  }
}

static void check_read(const skt_message *m) {
  const int all = SKT_HAS_LOCAL | SKT_HAS_HOPS | SKT_HAS_CLASS | SKT_HAS_TIME |
                  SKT_HAS_DEVICE;
  must((m->has & ~all) == 0);
  must((m->use & ~(m->has & SKT_HAS_LOCAL)) == 0);
  must(m->hops >= -1 && m->hops <= 255);
  must((m->has & SKT_HAS_HOPS) == 0 || m->hops >= 0);
  must(m->traffic_class >= -1 && m->traffic_class <= 255);
  must((m->has & SKT_HAS_CLASS) == 0 || m->traffic_class >= 0);
  must(m->time_ns >= 0);
  int domain = skt_addr_domain(&m->local);
  must((m->has & SKT_HAS_LOCAL) != 0 ? domain == SKT_IPV4 || domain == SKT_IPV6
                                     : domain < 0);
}

/* To a peer of its domain; the wildcard is no source. An item of IPv4 has the
 * source in another place than the address. */
static void write_back(const skt_message *m, size_t segment) {
  union {
    size_t align;
    char bytes[SKT__CHOICE_ROOM];
  } out;
  skt_message again = {.hops = -1, .traffic_class = -1};
  int domain = skt_addr_domain(&m->local);
  if (domain < 0) {
    return;
  }
  ptrdiff_t size =
      skt__control_write(out.bytes, m, domain, false, segment & 0xffff);
  must(size == SKT_EINVAL || (size >= 0 && size <= SKT__CHOICE_ROOM));
  if (size > 0) {
    (void)skt__control_read(out.bytes, (size_t)size, &again);
    must(m->use == 0 || domain == SKT_IPV4 ||
         skt_addr_compare(&m->local, &again.local) == 0);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  skt_message m = {.hops = -1, .traffic_class = -1};
  char *control = malloc(n); /* so that a sanitizer sees the end */
  if (n > 0 && control != NULL) {
    memcpy(control, data, n);
    size_t segment = skt__control_read(control, n, &m);
    must(segment <= INT32_MAX);
    check_read(&m);
    write_back(&m, segment);
  }
  free(control);
  return 0;
}
