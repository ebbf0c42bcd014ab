/* SPDX-License-Identifier: MIT */
/* From a text to addresses. */
#include "names.h"

static bool is_in_domain(const skt_addr *a, int domain) {
  return domain == 0 || skt_addr_domain(a) == domain;
}

/* A domain that this process may not use counts as one that the host lacks. */
static int answer_localhost(int domain, int port, skt_addr *out,
                            size_t capacity) {
  static const skt__ip loopback[2] = {
      {.domain = SKT_IPV6, .bytes = {[15] = 1}},
      {.domain = SKT_IPV4, .bytes = {127, 0, 0, 1}}};
  size_t n = 0;
  for (int i = 0; i < 2 && n < capacity; ++i) {
    skt__ip ip = loopback[i];
    if (domain != 0 && domain != ip.domain) {
      continue;
    }
    int rc = skt_supports(ip.domain, SKT_DATAGRAM, 0);
    if (rc < 0 && rc != SKT_EACCES) {
      return rc;
    }
    if (rc > 0) {
      ip.port = (uint16_t)port;
      skt__addr_set_ip(&out[n++], &ip);
    }
  }
  return n > 0 ? (int)n : SKT_ENOADDRESS;
}

static bool is_among(const skt_addr *a, const skt_addr *out, size_t n) {
  size_t i = 0;
  while (i < n && memcmp(a, &out[i], sizeof *a) != 0) {
    ++i;
  }
  return i < n;
}

/* In the system's order; each once, although macOS finds an address of IPv4 in
 * IPv6 too. */
static int take_addresses(skt__lookup *l, int port, skt_addr *out,
                          size_t capacity) {
  size_t n = 0;
  skt_addr a;
  while (n < capacity && skt__sys_lookup_next(l, &a) > 0) {
    if (!is_in_domain(&a, l->domain) || skt_addr_set_port(&a, port) < 0) {
      continue;
    }
    if (!is_among(&a, out, n)) {
      out[n++] = a;
    }
  }
  return n > 0 ? (int)n : SKT_ENOADDRESS;
}

static int find_name(const skt__text *t, int domain, skt_addr *out,
                     size_t capacity, int64_t deadline_us, skt_waker *waker) {
  skt__lookup
      l; /* to zero the room of its name would cost as much as the rest */
  if (domain == SKT_UNIX) {
    return SKT_ENOADDRESS;
  }
  l.about.length = 0;
  l.domain = domain;
  l.rc = l.native = 0;
  l.list = l.rest = NULL;
  memcpy(l.name, t->host, t->length); /* up to 254 bytes */
  l.name[t->length] = '\0';
  int rc = skt__look_up(&l, deadline_us, waker);
  if (rc == 0) {
    rc = take_addresses(&l, t->port, out, capacity);
    skt__sys_lookup_free(&l);
  }
  return rc;
}

static int resolve(const char *text, int domain, skt_addr *out, size_t capacity,
                   int64_t deadline_us, skt_waker *waker) {
  skt__text t;
  int rc = skt_addr_parse(out, text);
  if (rc == 0) {
    return is_in_domain(out, domain) ? 1 : SKT_ENOADDRESS;
  }
  if (rc == SKT_EINVAL && text[0] != '[') {
    rc = skt__text_read(&t, text);
  }
  if (rc < 0) {
    return rc;
  }
  switch (t.kind) {
  case SKT__LOCALHOST:
    return answer_localhost(domain, t.port, out, capacity);
  case SKT__NAME:
    return find_name(&t, domain, out, capacity, deadline_us, waker);
  default: /* no host */
    return SKT_EINVAL;
  }
}

int skt__resolve(const char *text, int domain, skt_addr *out, size_t capacity,
                 int64_t deadline_us, skt_waker *waker) {
  int rc = resolve(text, domain, out, capacity, deadline_us, waker);
  if (rc < 0) {
    out[0] = (skt_addr){.length = 0};
  }
  return rc;
}

static int check_question(const void *from, const void *to, int timeout_ms,
                          const skt_waker *waker) {
  if (from == NULL || to == NULL) {
    return SKT_EFAULT;
  }
  if (waker != NULL && skt__check_waker(waker) < 0) {
    return SKT_EBADF;
  }
  return timeout_ms < -1 ? SKT_EINVAL : 0;
}

int skt_resolve(const char *text, int domain, skt_addr *out, size_t capacity,
                int timeout_ms, skt_waker *waker) {
  int rc = check_question(text, out, timeout_ms, waker);
  if (rc == 0 && (capacity == 0 || domain < 0 || domain > SKT_UNIX)) {
    rc = SKT_EINVAL;
  }
  if (rc == 0) {
    return skt__resolve(text, domain, out, capacity, skt__deadline(timeout_ms),
                        waker);
  }
  if (out != NULL && capacity > 0) {
    out[0] = (skt_addr){.length = 0};
  }
  return rc;
}

/* The name that the system found. Whoever owns the address has chosen its
 * bytes, and not every system checks them. */
static int take_name(const skt__lookup *l, char *name, size_t capacity) {
  size_t n = strlen(l->name);
  if (skt__name_kind(l->name, n) < 0) {
    return SKT_ENONAME;
  }
  if (n >= capacity) {
    return SKT_ENOSPC;
  }
  memcpy(name, l->name, n + 1);
  return (int)n;
}

static int reverse(const skt_addr *a, char *name, size_t capacity,
                   int timeout_ms, skt_waker *waker) {
  skt__lookup l = {.rc = 0};
  int domain = skt_addr_domain(a);
  if (domain != SKT_IPV4 && domain != SKT_IPV6) {
    return SKT_EINVAL;
  }
  (void)skt__addr_set(&l.about, a->words, a->length); /* mapped IPv4 is plain */
  int rc = skt__look_up(&l, skt__deadline(timeout_ms), waker);
  if (rc < 0) {
    return rc == SKT_ENOADDRESS ? SKT_ENONAME : rc;
  }
  return take_name(&l, name, capacity);
}

int skt_reverse(const skt_addr *a, char *name, size_t capacity, int timeout_ms,
                skt_waker *waker) {
  int rc = check_question(a, name, timeout_ms, waker);
  if (name != NULL && capacity > 0) {
    name[0] = '\0';
  }
  return rc < 0 ? rc : reverse(a, name, capacity, timeout_ms, waker);
}
