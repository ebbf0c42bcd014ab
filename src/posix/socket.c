/* SPDX-License-Identifier: MIT */
/* Sockets over POSIX. The twin is win32/socket.c. */
#include "../sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

/* Without them skt sets the flags by separate calls; a child forked in between
 * inherits the socket. */
#if !SKT__ATOMIC_FLAGS
#define SOCK_CLOEXEC 0
#define SOCK_NONBLOCK 0
#define accept4(s, a, n, flags) ((void)(flags), accept(s, a, n))
#endif

static int result_of(int call, int rc) {
  return rc < 0 ? skt__fail_in(call) : rc;
}

static int result(int rc) { return result_of(SKT__IN_MODE, rc); }

static int set_option(int s, int level, int name, int value) {
  return result_of(SKT__IN_BIND,
                   setsockopt(s, level, name, &value, sizeof value));
}

int skt__sys_start(void) { return 0; }

/* Set on a new socket what the call that created it could not. */
static int set_flags(int s, bool was_nonblocking, bool nonblocking) {
  int rc = 0;
  if (!SKT__ATOMIC_FLAGS) {
    rc = result(fcntl(s, F_SETFD, FD_CLOEXEC));
    if (rc == 0 && was_nonblocking != nonblocking) {
      rc = skt__sys_set_blocking(s, !nonblocking);
    }
  }
  return rc < 0 ? rc : skt__sys_adopt(s);
}

static int keep_or_close(int s, int rc, int *out) {
  if (rc < 0) {
    close(s);
  } else {
    *out = s;
  }
  return rc;
}

int skt__sys_socket(int *out, int domain, int type, int protocol,
                    bool nonblocking) {
  int flags = SOCK_CLOEXEC | (nonblocking ? SOCK_NONBLOCK : 0);
  int s = socket(skt__native_family(domain), skt__native_type(type) | flags,
                 protocol);
  if (s < 0) {
    return skt__fail_in(SKT__IN_SOCKET);
  }
  return keep_or_close(s, set_flags(s, false, nonblocking), out);
}

/* POSIX systems refuse to bind a port while old connections are in TIME_WAIT,
 * unless both the old and the new socket have SO_REUSEADDR; two listeners on
 * one port stay impossible (Linux ip(7), socket(7)). Not set for port 0: the
 * BSDs then choose ports of connections in TIME_WAIT (libuv issue 5256). On
 * Windows the option means the opposite, see win32/socket.c. */
static int allow_restart(int s, const skt_addr *local) {
  return skt_addr_port(local) == 0 ? 0
                                   : set_option(s, SOL_SOCKET, SO_REUSEADDR, 1);
}

/* On Linux datagram sockets share by SO_REUSEADDR, and SO_REUSEPORT balances
 * unicast messages; the BSDs need SO_REUSEPORT too (socket(7), Linux;
 * setsockopt(2), FreeBSD). */
static int share_multicast(int s) {
  int rc = set_option(s, SOL_SOCKET, SO_REUSEADDR, 1);
#ifdef SO_REUSEPORT
  if (rc == 0 && !skt__system.reuseport_balances) {
    rc = set_option(s, SOL_SOCKET, SO_REUSEPORT, 1);
  }
#endif
  return rc;
}

/* FreeBSD balances by SO_REUSEPORT_LB, Linux by SO_REUSEPORT; elsewhere
 * SO_REUSEPORT only shares, and unevenly. Both refuse the sockets of another
 * user. Linux does not for datagrams if both sockets have SO_REUSEADDR as well
 * (udp_lib_lport_inuse), so skt sets that for a restart alone. */
static int share_load(int s) {
  int rc = SKT_EOPNOTSUPP;
#if defined SO_REUSEPORT_LB
  rc = set_option(s, SOL_SOCKET, SO_REUSEPORT_LB, 1);
#elif defined SO_REUSEPORT
  if (skt__system.reuseport_balances) {
    rc = set_option(s, SOL_SOCKET, SO_REUSEPORT, 1);
  }
#endif
  return rc;
}

/* The default of V6ONLY differs: a sysctl on Linux, always on in OpenBSD
 * (ipv6(7)). */
static int choose_stack(int s, int flags) {
  bool dual_stack = (flags & SKT_DUAL_STACK) != 0;
  if (!dual_stack && (flags & SKT__ONE_STACK) == 0) {
    return 0;
  }
  int rc = set_option(s, IPPROTO_IPV6, IPV6_V6ONLY, !dual_stack);
  return rc < 0 && dual_stack ? SKT_EOPNOTSUPP : rc;
}

static int share_port(int s, const skt_addr *local, int flags) {
  int rc = 0;
  if ((flags & SKT_SHARE_MULTICAST) != 0) {
    rc = share_multicast(s);
  } else if ((flags & SKT_SHARE_LOAD) != 0) {
    rc = share_load(s);
  }
  return rc == 0 && (flags & SKT__RESTART) != 0 ? allow_restart(s, local) : rc;
}

int skt__sys_bind(int s, const skt_addr *local, int flags) {
  int rc = choose_stack(s, flags);
  rc = rc < 0 ? rc : share_port(s, local, flags);
  if (rc < 0) {
    return rc;
  }
  rc = bind(s, (const struct sockaddr *)local->words, (socklen_t)local->length);
  return result_of(SKT__IN_BIND, rc);
}

/* Not SOMAXCONN, which is 128 in musl: the kernel clamps INT_MAX. */
int skt__sys_listen(int s, int backlog, bool restart) {
  /* A restarted server may bind the number of a port that the system chose. */
  int rc = restart ? set_option(s, SOL_SOCKET, SO_REUSEADDR, 1) : 0;
  if (rc < 0) {
    return rc;
  }
  return result_of(SKT__IN_LISTEN, listen(s, backlog > 0 ? backlog : INT_MAX));
}

static int accept_flags(bool nonblocking) {
  return SOCK_CLOEXEC | (nonblocking ? SOCK_NONBLOCK : 0);
}

/* See inline.h, whose function is for callers that want no address. */
int skt__accept_slowly(int s, int *out, skt_addr *peer, bool inherited,
                       bool nonblocking) {
  struct sockaddr_storage a;
  socklen_t length = sizeof a;
  int accepted =
      accept4(s, (struct sockaddr *)&a, &length, accept_flags(nonblocking));
  if (accepted < 0) {
    return skt__fail_in(SKT__IN_ACCEPT);
  }
  int rc = set_flags(accepted, inherited, nonblocking);
  if (rc == 0 && peer != NULL) {
    /* macOS: the address of a peer that is already gone has length 0 (libdill
     * issue 237). */
    rc = length == 0 ? SKT_ECONNABORTED : skt__addr_set(peer, &a, length);
  }
  return keep_or_close(accepted, rc, out);
}

int skt__sys_connect(int s, const skt_addr *peer, bool is_loopback) {
  (void)is_loopback;
  int rc =
      connect(s, (const struct sockaddr *)peer->words, (socklen_t)peer->length);
  return rc < 0 ? skt__fail_in(SKT__IN_CONNECT) : 0;
}

/* POSIX connect: an address of family AF_UNSPEC. macOS and FreeBSD disconnect
 * and return EAFNOSUPPORT all the same (connect(2), Darwin). */
int skt__sys_disconnect(int s, int domain) {
  struct sockaddr none = {.sa_family = AF_UNSPEC};
  (void)domain;
  int rc = result(connect(s, &none, sizeof none));
  return rc == SKT_EAFNOSUPPORT ? 0 : rc;
}

int skt__sys_shutdown_write(int s) {
  return result_of(SKT__IN_SHUTDOWN, shutdown(s, SHUT_WR));
}

int skt__sys_linger(int s, bool reset) {
  struct linger linger = {.l_onoff = reset};
  return result(setsockopt(s, SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
}

/* On Linux shutdown wakes all threads that block, also on a listener and on an
 * unconnected socket, where it fails with ENOTCONN; later calls return at once
 * (net/ipv4/af_inet.c, inet_shutdown). Elsewhere shutdown does nothing to a
 * listener; non-blocking mode keeps later calls from blocking. */
int skt__sys_cancel(int s) {
  skt__sys_set_blocking(s, false);
  int rc = result_of(SKT__IN_SHUTDOWN, shutdown(s, SHUT_RDWR));
  return rc == SKT_ENOTSOCK ? rc : 0;
}

int skt__sys_pending_error(int s) {
  int native = ENOSYS; /* stays if an emulator writes nothing */
  socklen_t length = sizeof native;
  if (getsockopt(s, SOL_SOCKET, SO_ERROR, &native, &length) == 0) {
    if (native == 0) {
      return 0;
    }
    errno = native;
  }
  return skt__fail_in(SKT__IN_CONNECT);
}

/* Most addresses are IPv4, and kept as the system wrote them. */
static int take_address(skt_addr *out, socklen_t length) {
  out->length = length;
  if (skt__take_ipv4(out)) {
    return 0;
  }
  skt_addr native = *out;
  return skt__addr_set(out, native.words, native.length);
}

int skt__sys_local(int s, skt_addr *out) {
  socklen_t length = sizeof out->words;
  int rc = getsockname(s, (struct sockaddr *)out->words, &length);
  return rc < 0 ? skt__fail_in(SKT__IN_LOCAL) : take_address(out, length);
}

int skt__sys_peer(int s, skt_addr *out) {
  socklen_t length = sizeof out->words;
  int rc = getpeername(s, (struct sockaddr *)out->words, &length);
  return rc < 0 ? skt__fail_in(SKT__IN_PEER) : take_address(out, length);
}

static int get_option(int s, int level, int name) {
  int value = SKT_EUNKNOWN; /* stays if an emulator writes nothing */
  socklen_t length = sizeof value;
  int rc = getsockopt(s, level, name, &value, &length);
  return rc < 0 ? skt__fail_in(SKT__IN_MODE) : value;
}

int skt__sys_kind(int s) {
  struct sockaddr_storage a = {.ss_family = AF_UNSPEC};
  socklen_t length = sizeof a;
  int type = get_option(s, SOL_SOCKET, SO_TYPE);
  if (type < 0) {
    return type;
  }
  if (getsockname(s, (struct sockaddr *)&a, &length) < 0) {
    return skt__fail_in(SKT__IN_MODE);
  }
  return skt__kind_of(a.ss_family, type);
}

int skt__sys_listens(int s) {
  int value = get_option(s, SOL_SOCKET, SO_ACCEPTCONN);
  return value > 0 ? 1 : value;
}

/* SYN-SENT has the same number in every kernel that began with BSD's, and in
 * Linux. macOS has another name for the structure (Darwin netinet/tcp.h). */
bool skt__sys_connects(int s) {
  enum { SYN_SENT = 2 };
#if defined TCP_CONNECTION_INFO
  struct tcp_connection_info info = {0};
  int name = TCP_CONNECTION_INFO;
#elif defined TCP_INFO
  struct tcp_info info = {0};
  int name = TCP_INFO;
#else
  struct {
    int tcpi_state;
  } info = {0};
  int name = -1;
#endif
  socklen_t length = sizeof info;
  return getsockopt(s, IPPROTO_TCP, name, &info, &length) == 0 &&
         info.tcpi_state == SYN_SENT;
}

int skt__sys_dual_stack(int s) {
  int v6only = get_option(s, IPPROTO_IPV6, IPV6_V6ONLY);
  return v6only < 0 ? v6only : v6only == 0;
}

int skt__sys_adopt(int s) {
#ifdef SKT__NOSIGPIPE_BY_OPTION
  int rc = set_option(s, SOL_SOCKET, SO_NOSIGPIPE, 1);
  /* macOS: EINVAL if the connection is already gone (swift-nio issue 1030);
   * no write to it succeeds either. With MSG_NOSIGNAL any other failure is
   * harmless. */
  if (rc == SKT_EINVAL) {
    return SKT_ECONNRESET;
  }
  return MSG_NOSIGNAL != 0 ? 0 : rc;
#else
  (void)s;
  return 0;
#endif
}
