/* SPDX-License-Identifier: MIT */
/* Options over POSIX sockets. The twin is win32/option.c. */
#include "../sys.h"

/* macOS has another name for the option (tcp(4), Darwin). */
#if !defined TCP_KEEPIDLE && defined TCP_KEEPALIVE
#define TCP_KEEPIDLE TCP_KEEPALIVE
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
    {0},
};

/* An emulator of system calls may succeed and write nothing. */
int skt__sys_get_option(int s, const skt__option_row *row, int *value) {
  socklen_t length = sizeof *value;
  if (getsockopt(s, row->level, row->name, value, &length) < 0) {
    return skt__fail_in(SKT__IN_OPTION);
  }
  return length == 0 ? SKT_EOPNOTSUPP : 0;
}

int skt__sys_set_option(int s, const skt__option_row *row, int value) {
  int rc = setsockopt(s, row->level, row->name, &value, sizeof value);
  return rc < 0 ? skt__fail_in(SKT__IN_OPTION) : 0;
}
