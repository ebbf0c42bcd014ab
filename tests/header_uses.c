/* SPDX-License-Identifier: MIT */
/* What programs write with the constants and structs of skt.h, which
 * ci/check/header.sh compiles as every C and C++, with all warnings. */
#include <skt.h>

int header_uses(skt *other, int rc, bool yes);

/* Domains, types, states and flags are the parts of one number. */
static int use_kinds(skt *s, const skt_addr *a, bool yes) {
  int type = SKT_STREAM | SKT_NONBLOCK;
  int flags = SKT_DUAL_STACK | SKT_EXCLUSIVE;
  int kind = skt_addr_domain(a) | SKT_DATAGRAM | SKT_BOUND | SKT_NONBLOCK;
  int either = yes ? SKT_STREAM : SKT_NONBLOCK;
  const int types[] = {SKT_STREAM, SKT_SEQPACKET | SKT_NONBLOCK};
  flags |= SKT_SHARE_LOAD;
  flags &= ~SKT_EXCLUSIVE;
  flags = flags & ~(SKT_SHARE_LOAD | SKT_SHARE_MULTICAST);
  if ((kind & SKT_NONBLOCK) != 0 &&
      (kind & (SKT_IPV4 | SKT_IPV6)) == SKT_IPV6) {
    kind ^= SKT_NONBLOCK;
  }
  int rc = skt_socket(s, skt_addr_domain(a), SKT_STREAM | SKT_NONBLOCK, 0);
  if (rc == 0) {
    rc = skt_socket(s, SKT_IPV6, type | (yes ? SKT_NONBLOCK : 0), 0);
  }
  if (rc == 0) {
    rc = skt_bind(s, a, SKT_DUAL_STACK | SKT_EXCLUSIVE);
  }
  if (rc == 0) {
    rc = skt_bind(s, a, flags | (yes ? SKT_SHARE_LOAD : SKT_SHARE_MULTICAST));
  }
  if (rc == 0) {
    rc = skt_bind(s, a, yes ? SKT_DUAL_STACK : 0);
  }
  if (rc == 0) {
    rc = skt_accept(s, s, NULL, yes ? SKT_NONBLOCK : 0);
  }
  if (rc == 0) {
    rc = skt_adopt(s, 0, SKT_IPV4 | SKT_STREAM | SKT_CONNECTED | SKT_NONBLOCK);
  }
  if (rc == 0) {
    rc = skt_adopt(s, 0, kind | either | types[yes]);
  }
  switch (skt_addr_domain(a)) {
  case SKT_IPV4:
    return rc;
  case SKT_IPV6:
  case SKT_UNIX:
    return yes ? SKT_IPV6 : SKT_EINVAL;
  default:
    return yes ? rc : SKT_PACKET;
  }
}

/* Directions, events and codes. */
static int use_events(skt *s, skt_poller *p, bool yes) {
  skt_event list[8];
  skt_polled some[2] = SKT_NONE;
  int events = SKT_READ | SKT_ONESHOT;
  events |= yes ? SKT_WRITE : SKT_READ;
  events &= ~SKT_ONESHOT;
  some[0].events = yes ? SKT_BOTH : 0;
  int rc = skt_poller_add(p, s, SKT_READ | SKT_ONESHOT, s);
  if (rc == 0) {
    rc = skt_poller_modify(p, s, events | SKT_ONESHOT, NULL);
  }
  int n = skt_poller_wait(p, list, sizeof list / sizeof *list, -1);
  for (int i = 0; i < n; ++i) {
    if (list[i].events == SKT_WOKEN ||
        (list[i].events & SKT_BOTH) == SKT_READ) {
      ++rc;
    }
  }
  int ready = skt_wait(s, yes ? SKT_READ : SKT_WRITE, 100, NULL);
  if (ready == (SKT_READ | SKT_WOKEN) ||
      (ready & (SKT_BOTH | SKT_WOKEN)) == 0) {
    return yes ? SKT_READ : SKT_EAGAIN;
  }
  if (skt_poll(some, 2, 0, NULL) == 0 || some[1].ready != 0) {
    return yes ? SKT_WOKEN : SKT_OK;
  }
  if (skt_shutdown(s, yes ? SKT_WRITE : SKT_BOTH) == SKT_ENOTCONN) {
    rc = skt_set_limit(s, yes ? SKT_READ : SKT_BOTH, 100);
  }
  return rc == SKT_OK ? SKT_BOTH : rc;
}

static ptrdiff_t use_codes(skt *s, char *data, size_t n) {
  ptrdiff_t got = skt_read(s, data, n);
  const int codes[] = {SKT_OK, SKT_EAGAIN, SKT_EINPROGRESS};
  switch (got) {
  case SKT_EAGAIN:
  case SKT_EINPROGRESS:
    return codes[1];
  case SKT_OK:
    return SKT_ENODATA;
  default:
    break;
  }
  if (got == SKT_ECONNRESET || (got < 0 && got != SKT_EUNKNOWN)) {
    return skt_strerror((int)got) == NULL ? SKT_EIO : SKT_ETIMEDOUT;
  }
  return got > 0 ? got : SKT_ENODATA;
}

static int use_options(skt *s, bool yes) {
  const int options[] = {SKT_OPT_NODELAY, SKT_OPT_KEEPALIVE};
  int value = 0, option = yes ? SKT_OPT_HOPS : SKT_OPT_MARK;
  int rc = skt_set_option(s, options[yes], yes ? 1 : 0);
  if (rc == 0) {
    rc = skt_get_option(s, option + 1 < SKT_OPT_MARK ? option : 0, &value);
  }
  char name[SKT_OPTION_TEXT_MAX] = "";
  value += skt_get_option_text(s, SKT_OPT_DEVICE, name, sizeof name);
  value += skt_set_option_text(s, SKT_OPT_DEVICE, name);
  rc += skt_set_option(s, SKT_OPT_SHARE, yes ? SKT_EXCLUSIVE : 0);
  return rc == SKT_EOPNOTSUPP ? SKT_OPT_MARK : value;
}

int header_uses(skt *other, int rc, bool yes) {
  skt s = SKT_NONE, many[4] = SKT_NONE;
  skt_addr a = SKT_NONE;
  skt_waker w = SKT_NONE;
  skt_poller p = SKT_NONE;
  struct {
    skt s;
    int n;
  } mine = {SKT_NONE, 0};
  char text[SKT_ADDR_TEXT_MAX] = "";
  skt_buffer piece = {text, sizeof text};
  rc += use_kinds(&s, &a, yes) + use_events(&many[1], &p, yes);
  rc += use_options(&mine.s, yes) + (int)use_codes(&s, text, sizeof text);
  rc += (int)skt_writev(other, &piece, 1) + skt_waker_destroy(&w);
  return skt_errname(rc) == NULL ? SKT_EFAULT : mine.n;
}
