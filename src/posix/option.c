/* SPDX-License-Identifier: MIT */
/* Options over POSIX sockets. The twin is win32/option.c. */
#include "../sys.h"

#include <errno.h>

/* macOS has another name for the option (tcp(4), Darwin). */
#if !defined TCP_KEEPIDLE && defined TCP_KEEPALIVE
#define TCP_KEEPIDLE TCP_KEEPALIVE
#endif

/* The systems that have the calls of RFC 3678 take an index in struct ip_mreqn
 * (ip(7); ip(4), FreeBSD). Linux returns an address, of which it knows none. */
#ifdef MCAST_JOIN_GROUP
#define SKT__HAS_MREQN
#endif

const skt__option_row skt__sys_options[] = {
    {SKT_OPT_SEND_BUFFER, 0, SOL_SOCKET, SO_SNDBUF, SKT__BUFFER},
    {SKT_OPT_RECEIVE_BUFFER, 0, SOL_SOCKET, SO_RCVBUF, SKT__BUFFER},
/* OpenBSD lacks these three; only sysctl tunes its keep-alive. */
#ifdef TCP_KEEPIDLE
    {SKT_OPT_KEEPALIVE_IDLE, 0, IPPROTO_TCP, TCP_KEEPIDLE, SKT__AS_IS},
#endif
#ifdef TCP_KEEPINTVL
    {SKT_OPT_KEEPALIVE_INTERVAL, 0, IPPROTO_TCP, TCP_KEEPINTVL, SKT__AS_IS},
#endif
#ifdef TCP_KEEPCNT
    {SKT_OPT_KEEPALIVE_COUNT, 0, IPPROTO_TCP, TCP_KEEPCNT, SKT__AS_IS},
#endif
/* Linux counts milliseconds (tcp(7)), macOS seconds (Darwin netinet/tcp.h). */
#if defined TCP_USER_TIMEOUT
    {SKT_OPT_USER_TIMEOUT, 0, IPPROTO_TCP, TCP_USER_TIMEOUT, SKT__AS_IS},
#elif defined TCP_RXT_CONNDROPTIME
    {SKT_OPT_USER_TIMEOUT, 0, IPPROTO_TCP, TCP_RXT_CONNDROPTIME, SKT__SECONDS},
#endif
/* Linux 5.0 and later (socket(7)); macOS (Darwin netinet/in.h). */
#if defined SO_BINDTOIFINDEX
    {SKT_OPT_DEVICE, 0, SOL_SOCKET, SO_BINDTOIFINDEX, SKT__AS_IS},
#elif defined IP_BOUND_IF && defined IPV6_BOUND_IF
    {SKT_OPT_DEVICE, SKT_IPV4, IPPROTO_IP, IP_BOUND_IF, SKT__AS_IS},
    {SKT_OPT_DEVICE, SKT_IPV6, IPPROTO_IPV6, IPV6_BOUND_IF, SKT__AS_IS},
#endif
#ifdef SO_MARK
    {SKT_OPT_MARK, 0, SOL_SOCKET, SO_MARK, SKT__AS_IS},
#endif
#if defined TCP_CORK
    {SKT_OPT_CORK, 0, IPPROTO_TCP, TCP_CORK, SKT__AS_IS},
#elif defined TCP_NOPUSH
    {SKT_OPT_CORK, 0, IPPROTO_TCP, TCP_NOPUSH, SKT__AS_IS},
#endif
/* The length of the queue on Linux alone (tcp(7); tcp(4), FreeBSD). */
#ifdef TCP_FASTOPEN
    {SKT_OPT_FAST_OPEN, 0, IPPROTO_TCP, TCP_FASTOPEN,
     SKT__IS_LINUX ? SKT__AS_IS : SKT__SWITCH},
#endif
#ifdef TCP_FASTOPEN_CONNECT
    {SKT_OPT_FAST_OPEN_CONNECT, 0, IPPROTO_TCP, TCP_FASTOPEN_CONNECT,
     SKT__AS_IS},
#endif
#ifdef TCP_DEFER_ACCEPT
    {SKT_OPT_DEFER_ACCEPT, 0, IPPROTO_TCP, TCP_DEFER_ACCEPT, SKT__AS_IS},
#endif
    {SKT_OPT_LOW_WATER, 0, SOL_SOCKET, SO_RCVLOWAT, SKT__AS_IS},
#ifdef SO_PRIORITY
    {SKT_OPT_PRIORITY, 0, SOL_SOCKET, SO_PRIORITY, SKT__AS_IS},
#endif
/* On Linux the option of IPv4 is for IPv6 too (ip(7), inet6_bind). */
#if defined IP_FREEBIND
    {SKT_OPT_FREEBIND, 0, IPPROTO_IP, IP_FREEBIND, SKT__AS_IS},
#elif defined IP_BINDANY && defined IPV6_BINDANY
    {SKT_OPT_FREEBIND, SKT_IPV4, IPPROTO_IP, IP_BINDANY, SKT__AS_IS},
    {SKT_OPT_FREEBIND, SKT_IPV6, IPPROTO_IPV6, IPV6_BINDANY, SKT__AS_IS},
#elif defined SO_BINDANY
    {SKT_OPT_FREEBIND, 0, SOL_SOCKET, SO_BINDANY, SKT__AS_IS},
#endif
#ifdef IP_BIND_ADDRESS_NO_PORT
    {SKT_OPT_BIND_NO_PORT, 0, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, SKT__AS_IS},
#endif
#ifdef SO_PROTOCOL
    {SKT_OPT_PROTOCOL, 0, SOL_SOCKET, SO_PROTOCOL, SKT__AS_IS},
#endif
#ifdef TCP_CONGESTION
    {SKT_OPT_CONGESTION, 0, IPPROTO_TCP, TCP_CONGESTION, SKT__AS_IS},
#endif
    /* A byte, which OpenBSD requires and the others take (ip(4), OpenBSD). */
    {SKT_OPT_MULTICAST_HOPS, SKT_IPV4, IPPROTO_IP, IP_MULTICAST_TTL, SKT__BYTE},
    {SKT_OPT_MULTICAST_LOOP, SKT_IPV4, IPPROTO_IP, IP_MULTICAST_LOOP,
     SKT__BYTE},
#ifdef SKT__HAS_MREQN
    {SKT_OPT_MULTICAST_DEVICE, SKT_IPV4, IPPROTO_IP, IP_MULTICAST_IF,
     SKT__MREQN},
#endif
/* Linux has IPV6_DONTFRAG too, which does nothing more. */
#if defined IP_MTU_DISCOVER
    {SKT_OPT_DONT_FRAGMENT, SKT_IPV4, IPPROTO_IP, IP_MTU_DISCOVER,
     SKT__DISCOVERY},
    {SKT_OPT_DONT_FRAGMENT, SKT_IPV6, IPPROTO_IPV6, IPV6_MTU_DISCOVER,
     SKT__DISCOVERY},
#else
#ifdef IP_DONTFRAG
    {SKT_OPT_DONT_FRAGMENT, SKT_IPV4, IPPROTO_IP, IP_DONTFRAG, SKT__AS_IS},
#endif
#ifdef IPV6_DONTFRAG
    {SKT_OPT_DONT_FRAGMENT, SKT_IPV6, IPPROTO_IPV6, IPV6_DONTFRAG, SKT__AS_IS},
#endif
#endif
#if defined IP_MTU && defined IPV6_MTU
    {SKT_OPT_PATH_MTU, SKT_IPV4, IPPROTO_IP, IP_MTU, SKT__AS_IS},
    {SKT_OPT_PATH_MTU, SKT_IPV6, IPPROTO_IPV6, IPV6_MTU, SKT__AS_IS},
#endif
/* What skt_receive delivers; macOS has another name for IPv4's address
 * (Darwin netinet/in.h), the BSDs another option. */
#if defined IP_RECVPKTINFO
    {SKT_OPT_RECEIVE_LOCAL, SKT_IPV4, IPPROTO_IP, IP_RECVPKTINFO, SKT__AS_IS},
#elif defined IP_PKTINFO
    {SKT_OPT_RECEIVE_LOCAL, SKT_IPV4, IPPROTO_IP, IP_PKTINFO, SKT__AS_IS},
#elif defined IP_RECVDSTADDR
    {SKT_OPT_RECEIVE_LOCAL, SKT_IPV4, IPPROTO_IP, IP_RECVDSTADDR, SKT__AS_IS},
#endif
#ifdef IPV6_RECVPKTINFO
    {SKT_OPT_RECEIVE_LOCAL, SKT_IPV6, IPPROTO_IPV6, IPV6_RECVPKTINFO,
     SKT__AS_IS},
#endif
#ifdef IP_RECVTTL
    {SKT_OPT_RECEIVE_HOPS, SKT_IPV4, IPPROTO_IP, IP_RECVTTL, SKT__AS_IS},
#endif
#ifdef IPV6_RECVHOPLIMIT
    {SKT_OPT_RECEIVE_HOPS, SKT_IPV6, IPPROTO_IPV6, IPV6_RECVHOPLIMIT,
     SKT__AS_IS},
#endif
#ifdef IP_RECVTOS
    {SKT_OPT_RECEIVE_CLASS, SKT_IPV4, IPPROTO_IP, IP_RECVTOS, SKT__AS_IS},
#endif
#ifdef IPV6_RECVTCLASS
    {SKT_OPT_RECEIVE_CLASS, SKT_IPV6, IPPROTO_IPV6, IPV6_RECVTCLASS,
     SKT__AS_IS},
#endif
#if defined SO_TIMESTAMPNS
    {SKT_OPT_RECEIVE_TIME, 0, SOL_SOCKET, SO_TIMESTAMPNS, SKT__AS_IS},
#elif defined SO_TIMESTAMP
    {SKT_OPT_RECEIVE_TIME, 0, SOL_SOCKET, SO_TIMESTAMP, SKT__AS_IS},
#endif
#ifdef SKT__UDP_GRO
    {SKT_OPT_RECEIVE_TRAINS, 0, IPPROTO_UDP, SKT__UDP_GRO, SKT__AS_IS},
#endif
    {0},
};

static int get_byte(int s, const skt__option_row *row, int *value) {
  unsigned char byte = 0;
  socklen_t length = sizeof byte;
  if (getsockopt(s, row->level, row->name, &byte, &length) < 0) {
    return skt__fail_in(SKT__IN_OPTION);
  }
  *value = byte;
  return length == 0 ? SKT_EOPNOTSUPP : 0;
}

/* An emulator of system calls may succeed and write nothing. */
int skt__sys_get_option(int s, const skt__option_row *row, int *value) {
  socklen_t length = sizeof *value;
  if (row->form == SKT__BYTE) {
    return get_byte(s, row, value);
  }
  if (row->form == SKT__MREQN) {
    return SKT_EOPNOTSUPP;
  }
  if (getsockopt(s, row->level, row->name, value, &length) < 0) {
    return skt__fail_in(SKT__IN_OPTION);
  }
  return length == 0 ? SKT_EOPNOTSUPP : 0;
}

static int set_native_form(int s, const skt__option_row *row, int value) {
  unsigned char byte = (unsigned char)value;
  switch (row->form) {
  case SKT__BYTE:
    return setsockopt(s, row->level, row->name, &byte, sizeof byte);
#ifdef SKT__HAS_MREQN
  case SKT__MREQN: {
    struct ip_mreqn device = {.imr_ifindex = value};
    return setsockopt(s, row->level, row->name, &device, sizeof device);
  }
#endif
  default:
    return setsockopt(s, row->level, row->name, &value, sizeof value);
  }
}

/* No interface has the index: EADDRNOTAVAIL for IPv4, in IPv6 of the BSDs
 * EINVAL or ENXIO (ip(7); Darwin in6_pcb). */
int skt__sys_set_option(int s, const skt__option_row *row, int value) {
  int rc =
      set_native_form(s, row, value) < 0 ? skt__fail_in(SKT__IN_OPTION) : 0;
  bool none = rc == SKT_EADDRNOTAVAIL || rc == SKT_EINVAL;
  return none && row->option == SKT_OPT_MULTICAST_DEVICE ? SKT_ENODEV : rc;
}

int skt__sys_get_option_text(int s, const skt__option_row *row, char *text,
                             size_t capacity) {
  socklen_t length = (socklen_t)capacity - 1;
  if (getsockopt(s, row->level, row->name, text, &length) < 0) {
    return skt__fail_in(SKT__IN_OPTION);
  }
  text[length] = '\0';
  return length == 0 ? SKT_EOPNOTSUPP : 0;
}

/* An algorithm that the system does not have is ENOENT on Linux (tcp(7)),
 * EINVAL or ESRCH on FreeBSD (tcp_ctloutput, of different versions). */
int skt__sys_set_option_text(int s, const skt__option_row *row,
                             const char *text, size_t n) {
  if (setsockopt(s, row->level, row->name, text, (socklen_t)n) == 0) {
    return 0;
  }
  int native = errno;
  int rc = skt__fail_in(SKT__IN_OPTION);
  bool unknown = native == ENOENT || native == EINVAL || native == ESRCH;
  return unknown ? SKT_ENOENT : rc;
}
