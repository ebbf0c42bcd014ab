/* SPDX-License-Identifier: MIT */
/* Options over Winsock. The twin is posix/option.c. */
#include "../sys.h"

#include <mstcpip.h>

/* MinGW's headers lack these (Windows SDK ws2ipdef.h, ws2tcpip.h). */
#ifndef TCP_KEEPIDLE
#define TCP_KEEPIDLE 3
#endif
#ifndef TCP_MAXRT
#define TCP_MAXRT 5
#endif
#ifndef TCP_FASTOPEN /* since Windows 10 1607 */
#define TCP_FASTOPEN 15
#endif
#ifndef TCP_KEEPCNT
#define TCP_KEEPCNT 16
#endif
#ifndef UDP_RECV_MAX_COALESCED_SIZE /* since Windows 10 2004 */
#define UDP_RECV_MAX_COALESCED_SIZE 3
#endif
#ifndef TCP_KEEPINTVL
#define TCP_KEEPINTVL 17
#endif

/* The interface is in network byte order for IPv4, where an address can stand
 * for it, and in host order for IPv6 (Winsock IPPROTO_IP and IPPROTO_IPV6
 * options). */
const skt__option_row skt__sys_options[] = {
    {SKT_OPT_KEEPALIVE_IDLE, 0, IPPROTO_TCP, TCP_KEEPIDLE, SKT__AS_IS},
    {SKT_OPT_KEEPALIVE_INTERVAL, 0, IPPROTO_TCP, TCP_KEEPINTVL, SKT__AS_IS},
    {SKT_OPT_KEEPALIVE_COUNT, 0, IPPROTO_TCP, TCP_KEEPCNT, SKT__AS_IS},
    {SKT_OPT_SEND_BUFFER, 0, SOL_SOCKET, SO_SNDBUF, SKT__BUFFER},
    {SKT_OPT_RECEIVE_BUFFER, 0, SOL_SOCKET, SO_RCVBUF, SKT__BUFFER},
    {SKT_OPT_USER_TIMEOUT, 0, IPPROTO_TCP, TCP_MAXRT, SKT__SECONDS},
    {SKT_OPT_DEVICE, SKT_IPV4, IPPROTO_IP, IP_UNICAST_IF, SKT__NETWORK_ORDER},
    {SKT_OPT_DEVICE, SKT_IPV6, IPPROTO_IPV6, IPV6_UNICAST_IF, SKT__AS_IS},
    {SKT_OPT_FAST_OPEN, 0, IPPROTO_TCP, TCP_FASTOPEN, SKT__SWITCH},
    {SKT_OPT_PROTOCOL, 0, SOL_SOCKET, SO_PROTOCOL_INFOW, SKT__AS_IS},
    {SKT_OPT_MULTICAST_HOPS, SKT_IPV4, IPPROTO_IP, IP_MULTICAST_TTL,
     SKT__AS_IS},
    {SKT_OPT_MULTICAST_LOOP, SKT_IPV4, IPPROTO_IP, IP_MULTICAST_LOOP,
     SKT__AS_IS},
    {SKT_OPT_MULTICAST_DEVICE, SKT_IPV4, IPPROTO_IP, IP_MULTICAST_IF,
     SKT__NETWORK_ORDER},
    {SKT_OPT_DONT_FRAGMENT, SKT_IPV4, IPPROTO_IP, IP_DONTFRAGMENT, SKT__AS_IS},
    {SKT_OPT_DONT_FRAGMENT, SKT_IPV6, IPPROTO_IPV6, IPV6_DONTFRAG, SKT__AS_IS},
    {SKT_OPT_PATH_MTU, SKT_IPV4, IPPROTO_IP, IP_MTU, SKT__AS_IS},
    {SKT_OPT_PATH_MTU, SKT_IPV6, IPPROTO_IPV6, IPV6_MTU, SKT__AS_IS},
    {SKT_OPT_RECEIVE_LOCAL, SKT_IPV4, IPPROTO_IP, IP_PKTINFO, SKT__AS_IS},
    {SKT_OPT_RECEIVE_LOCAL, SKT_IPV6, IPPROTO_IPV6, IPV6_PKTINFO, SKT__AS_IS},
    {SKT_OPT_RECEIVE_HOPS, SKT_IPV4, IPPROTO_IP, IP_RECVTTL, SKT__AS_IS},
    {SKT_OPT_RECEIVE_HOPS, SKT_IPV6, IPPROTO_IPV6, IPV6_HOPLIMIT, SKT__AS_IS},
    {SKT_OPT_RECEIVE_CLASS, SKT_IPV4, IPPROTO_IP, IP_RECVTOS, SKT__AS_IS},
    {SKT_OPT_RECEIVE_CLASS, SKT_IPV6, IPPROTO_IPV6, IPV6_RECVTCLASS,
     SKT__AS_IS},
    {SKT_OPT_RECEIVE_TRAINS, 0, IPPROTO_UDP, UDP_RECV_MAX_COALESCED_SIZE,
     SKT__LARGEST},
    {0},
};

/* Windows writes a boolean as one byte of the four (Wine's test_set_getsockopt,
 * run on Windows), so the rest must be 0 before. */
static int get_int(SOCKET s, int level, int name, int *value) {
  int length = sizeof *value;
  *value = 0;
  return getsockopt(s, level, name, (char *)value, &length) == SOCKET_ERROR
             ? skt__fail_in(SKT__IN_OPTION)
             : 0;
}

/* All four bytes: Windows reads some booleans as one byte and some as four. */
static int set_int(SOCKET s, int level, int name, int value) {
  return setsockopt(s, level, name, (const char *)&value, sizeof value) ==
                 SOCKET_ERROR
             ? skt__fail_in(SKT__IN_OPTION)
             : 0;
}

/* Before Windows 10 version 1709 one call sets the idle time and the interval,
 * in milliseconds, and neither can be read (Winsock SIO_KEEPALIVE_VALS). skt
 * gives the interval, which is no option there, its default of one second. The
 * call also switches keep-alive on; skt switches it off again if it was off.
 * Wine 8 is such a system. */
static int set_idle_by_ioctl(SOCKET s, int seconds) {
  struct tcp_keepalive both = {1, (ULONG)seconds * 1000, 1000};
  DWORD length;
  int was_on;
  int rc = get_int(s, SOL_SOCKET, SO_KEEPALIVE, &was_on);
  if (rc < 0) {
    return rc;
  }
  if (WSAIoctl(s, SIO_KEEPALIVE_VALS, &both, sizeof both, NULL, 0, &length,
               NULL, NULL) == SOCKET_ERROR) {
    return skt__fail_in(SKT__IN_OPTION);
  }
  return was_on ? 0 : set_int(s, SOL_SOCKET, SO_KEEPALIVE, 0);
}

static int get_protocol(SOCKET s, int *value) {
  WSAPROTOCOL_INFOW info;
  int length = sizeof info;
  if (getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOW, (char *)&info, &length) ==
      SOCKET_ERROR) {
    return skt__fail_in(SKT__IN_OPTION);
  }
  *value = info.iProtocol;
  return 0;
}

/* Wine 8 and 10 pass the number on to Linux, which takes it for an address. */
static bool is_address_on_wine(const skt__option_row *row) {
  return skt__on_wine && row->option == SKT_OPT_MULTICAST_DEVICE &&
         row->level == IPPROTO_IP;
}

static int set_device_on_wine(SOCKET s, int value) {
  IN_ADDR device;
  int rc = skt__ipv4_of_device(ntohl((uint32_t)value), &device);
  return rc < 0 ? rc
                : set_int(s, IPPROTO_IP, IP_MULTICAST_IF, (int)device.s_addr);
}

int skt__sys_get_option(SOCKET s, const skt__option_row *row, int *value) {
  if (is_address_on_wine(row)) {
    return SKT_EOPNOTSUPP;
  }
  if (row->option == SKT_OPT_PROTOCOL) {
    return get_protocol(s, value);
  }
  return get_int(s, row->level, row->name, value);
}

int skt__sys_set_option(SOCKET s, const skt__option_row *row, int value) {
  if (is_address_on_wine(row)) {
    return set_device_on_wine(s, value);
  }
  int rc = set_int(s, row->level, row->name, value);
  if (rc == SKT_ENOPROTOOPT && row->option == SKT_OPT_KEEPALIVE_IDLE) {
    return set_idle_by_ioctl(s, value);
  }
  /* No interface has the index; macOS: ENXIO. */
  bool names_one =
      row->option == SKT_OPT_DEVICE || row->option == SKT_OPT_MULTICAST_DEVICE;
  bool none = rc == SKT_EINVAL || rc == SKT_EADDRNOTAVAIL;
  return none && names_one ? SKT_ENODEV : rc;
}

/* No option of Windows is a text. */
int skt__sys_get_option_text(SOCKET s, const skt__option_row *row, char *text,
                             size_t capacity) {
  (void)s, (void)row, (void)text, (void)capacity;
  return SKT_EOPNOTSUPP;
}

int skt__sys_set_option_text(SOCKET s, const skt__option_row *row,
                             const char *text, size_t n) {
  (void)s, (void)row, (void)text, (void)n;
  return SKT_EOPNOTSUPP;
}
