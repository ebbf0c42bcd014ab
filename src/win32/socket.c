/* SPDX-License-Identifier: MIT */
/* The seam over Winsock. Its twin is posix/socket.c. */
#include "../sys.h"

static int check_of(int call, int rc) {
  return rc == SOCKET_ERROR ? skt__fail_in(call) : 0;
}

static int check(int rc) { return check_of(0, rc); }

static int set_option(SOCKET s, int level, int name, DWORD value) {
  return check(setsockopt(s, level, name, (const char *)&value, sizeof value));
}

/* Not in MinGW's headers. */
#ifndef SIO_UDP_CONNRESET
#define SIO_UDP_CONNRESET _WSAIOW(IOC_VENDOR, 12)
#endif
#ifndef SIO_UDP_NETRESET
#define SIO_UDP_NETRESET _WSAIOW(IOC_VENDOR, 15)
#endif

/* One message to a port where nobody listens makes the next receive fail with
 * WSAECONNRESET, for a message from anybody; an expired hop count does so with
 * WSAENETRESET (Winsock SIO_UDP_CONNRESET, SIO_UDP_NETRESET). Systems that do
 * not know these say no, and skt__is_stray is still there. */
static void ignore_icmp(SOCKET s) {
  BOOL off = FALSE;
  DWORD done;
  WSAIoctl(s, SIO_UDP_CONNRESET, &off, sizeof off, NULL, 0, &done, NULL, NULL);
  WSAIoctl(s, SIO_UDP_NETRESET, &off, sizeof off, NULL, 0, &done, NULL, NULL);
}

/* WSASocketW and not socket(): that one's handles are inherited by children
 * (Winsock WSASocketW, WSA_FLAG_NO_HANDLE_INHERIT, Windows 7 SP1). Overlapped,
 * or a blocked read would hold up another thread's write (Winsock socket). */
int skt__sys_socket(SOCKET *out, int domain, int type, int protocol,
                    bool nonblocking) {
  SOCKET s =
      WSASocketW(skt__native_family(domain), skt__native_type(type), protocol,
                 NULL, 0, WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
  if (s == INVALID_SOCKET) {
    return skt__fail_in(SKT__IN_SOCKET);
  }
  if (type == SKT_DATAGRAM) {
    ignore_icmp(s);
  }
  if (nonblocking) {
    int rc = skt__sys_set_blocking(s, false);
    if (rc < 0) {
      closesocket(s);
      return rc;
    }
  }
  *out = s;
  return 0;
}

/* Windows lets a second socket take a port in use, all or part of it, unless
 * the first was bound with SO_EXCLUSIVEADDRUSE; SO_REUSEADDR is the intruder's
 * half of that and set for multicast alone, where all are to have it (Winsock,
 * "Using SO_REUSEADDR and SO_EXCLUSIVEADDRUSE"). TIME_WAIT is no hindrance.
 * Nothing balances load. POSIX means the opposite, see posix/socket.c. */
static int share(SOCKET s, unsigned flags) {
  return (flags & SKT_SHARE_LOAD) != 0 ? SKT_EOPNOTSUPP
         : (flags & SKT_SHARE_MULTICAST) != 0
             ? set_option(s, SOL_SOCKET, SO_REUSEADDR, 1)
             : set_option(s, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 1);
}

/* A unix path that cannot be: its folder is missing, or its form is not known.
 * Windows says so by codes that mean something else (curl issue 19810). */
static int name_bad_path(const skt_addr *a, int rc) {
  bool is_unix = skt_addr_domain(a) == SKT_UNIX;
  return is_unix && (rc == SKT_ENETDOWN || rc == SKT_EINVAL ||
                     rc == SKT_EOPNOTSUPP)
             ? SKT_ENOENT
             : rc;
}

int skt__sys_bind(SOCKET s, const skt_addr *local, unsigned flags) {
  int rc = 0;
  if ((flags & (SKT_DUAL_STACK | SKT__ONE_STACK)) != 0) {
    rc =
        set_option(s, IPPROTO_IPV6, IPV6_V6ONLY, (flags & SKT_DUAL_STACK) == 0);
  }
  if (rc == 0 && flags != 0) {
    rc = share(s, flags);
  }
  /* Without flags it is no port, and EACCES means what it says. */
  int call = flags != 0 ? SKT__IN_BIND : 0;
  rc = rc < 0 ? rc
              : check_of(call, bind(s, (const struct sockaddr *)local->words,
                                    (int)local->length));
  return name_bad_path(local, rc);
}

/* Numbers over 200 are cut to 200, unless given as SOMAXCONN_HINT, which is
 * their negative (Winsock listen, Windows 8). */
int skt__sys_listen(SOCKET s, int backlog, bool restart) {
  (void)restart;
  int hint = backlog == 0 ? SOMAXCONN : backlog > 200 ? -backlog : backlog;
  return check_of(SKT__IN_LISTEN, listen(s, hint));
}

/* accept() hands out inheritable handles, also from a listener that is not,
 * and the listener's mode (Winsock accept; CPython's sock_accept does the same
 * repair). A child started in between can inherit the handle. */
int skt__sys_accept(SOCKET s, SOCKET *out, skt_addr *peer, bool inherited,
                    bool nonblocking) {
  struct sockaddr_storage a;
  int rc = 0, length = sizeof a;
  SOCKET accepted = accept(s, peer != NULL ? (struct sockaddr *)&a : NULL,
                           peer != NULL ? &length : NULL);
  if (accepted == INVALID_SOCKET) {
    return skt__fail_in(SKT__IN_ACCEPT);
  }
  SetHandleInformation((HANDLE)accepted, HANDLE_FLAG_INHERIT, 0);
  if (inherited != nonblocking) {
    rc = skt__sys_set_blocking(accepted, !nonblocking);
  }
  /* Wine 10: a peer that is gone already has no address. Wine 8 fails. */
  if (rc == 0 && peer != NULL && skt__addr_set(peer, &a, (size_t)length) < 0) {
    rc = SKT_ECONNABORTED;
  }
  if (rc < 0) {
    closesocket(accepted);
    return rc;
  }
  *out = accepted;
  return 0;
}

/* A refused connect takes 2 s, because the request is sent again; on loopback
 * nothing gets lost and once is enough (Winsock SIO_TCP_INITIAL_RTO, Windows 10
 * 1709; libuv win/tcp.c). Older systems say no, which does not matter. */
static void do_not_ask_twice(SOCKET s) {
  TCP_INITIAL_RTO_PARAMETERS once = {
      .Rtt = TCP_INITIAL_RTO_UNSPECIFIED_RTT,
      .MaxSynRetransmissions = TCP_INITIAL_RTO_NO_SYN_RETRANSMISSIONS};
  DWORD done;
  WSAIoctl(s, SIO_TCP_INITIAL_RTO, &once, sizeof once, NULL, 0, &done, NULL,
           NULL);
}

int skt__sys_connect(SOCKET s, const skt_addr *peer) {
  if (skt__is_loopback(peer)) {
    do_not_ask_twice(s);
  }
  int rc = check_of(
      SKT__IN_CONNECT,
      connect(s, (const struct sockaddr *)peer->words, (int)peer->length));
  return name_bad_path(peer, rc);
}

/* Winsock connect: an address filled with zeros. */
int skt__sys_disconnect(SOCKET s, int domain) {
  skt_addr a;
  skt__addr_any(&a, domain);
  return check(connect(s, (const struct sockaddr *)a.words, (int)a.length));
}

int skt__sys_shutdown_write(SOCKET s) {
  return check_of(SKT__IN_SHUTDOWN, shutdown(s, SD_SEND));
}

int skt__sys_close(SOCKET s) { return check_of(SKT__IN_CLOSE, closesocket(s)); }

int skt__sys_reset_on_close(SOCKET s) {
  LINGER at_once = {.l_onoff = 1};
  return check(setsockopt(s, SOL_SOCKET, SO_LINGER, (const char *)&at_once,
                          sizeof at_once));
}

/* shutdown wakes nobody, but later reads and writes fail at once; those that
 * wait already are ended by CancelIoEx, which documents no blocking calls but
 * ends them on Wine 8 and 10. A listener knows no shutdown, so that calls do
 * not wait any more, and those that just begin to are ended when it is done
 * again. */
int skt__sys_cancel(SOCKET s) {
  int rc = skt__sys_set_blocking(s, false);
  shutdown(s, SD_BOTH);
  CancelIoEx((HANDLE)s, NULL);
  return rc == SKT_ENOTSOCK ? rc : 0;
}

int skt__sys_set_blocking(SOCKET s, bool blocking) {
  u_long on = !blocking;
  return check(ioctlsocket(s, (long)FIONBIO, &on));
}

/* Some options fill one byte of the four (Wine's test_set_getsockopt). */
static int get_option(SOCKET s, int name, DWORD *value) {
  int length = sizeof *value;
  *value = 0;
  return check(getsockopt(s, SOL_SOCKET, name, (char *)value, &length));
}

static int limit_name(int direction) {
  return direction == SKT_READ ? SO_RCVTIMEO : SO_SNDTIMEO;
}

/* A non-blocking socket keeps the number and does nothing with it. */
int skt__sys_set_limit(SOCKET s, int direction, int limit_ms) {
  DWORD ms = limit_ms < 0 ? 0 : (DWORD)limit_ms; /* 0 is for ever */
  return set_option(s, SOL_SOCKET, limit_name(direction), ms);
}

int skt__sys_limit(SOCKET s, int direction, int *limit_ms) {
  DWORD ms;
  int rc = get_option(s, limit_name(direction), &ms);
  *limit_ms = rc < 0 || ms == 0 ? -1 : (int)ms;
  return rc;
}

int skt__sys_pending_error(SOCKET s) {
  DWORD native;
  int rc = get_option(s, SO_ERROR, &native);
  if (rc == 0 && native != 0) {
    WSASetLastError((int)native);
    rc = skt__fail_in(SKT__IN_CONNECT);
  }
  return rc;
}

static int take_name(int rc, skt_addr *out, const struct sockaddr_storage *a,
                     int length) {
  return rc < 0 ? rc : skt__addr_set(out, a, (size_t)length);
}

int skt__sys_local(SOCKET s, skt_addr *out) {
  struct sockaddr_storage a;
  int length = sizeof a;
  int rc =
      check_of(SKT__IN_LOCAL, getsockname(s, (struct sockaddr *)&a, &length));
  return take_name(rc, out, &a, length);
}

int skt__sys_peer(SOCKET s, skt_addr *out) {
  struct sockaddr_storage a;
  int length = sizeof a;
  int rc =
      check_of(SKT__IN_PEER, getpeername(s, (struct sockaddr *)&a, &length));
  return take_name(rc, out, &a, length);
}

int skt__sys_kind(SOCKET s) {
  WSAPROTOCOL_INFOW info;
  int length = sizeof info;
  int rc = check(
      getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOW, (char *)&info, &length));
  if (rc < 0) {
    return rc;
  }
  return skt__kind_of(info.iAddressFamily, info.iSocketType);
}

int skt__sys_listens(SOCKET s) {
  DWORD listens;
  int rc = get_option(s, SO_ACCEPTCONN, &listens);
  return rc < 0 ? rc : listens != 0;
}

int skt__sys_dual_stack(SOCKET s) {
  DWORD v6only = 0; /* one byte of it is written, as above */
  int length = sizeof v6only;
  int rc =
      check(getsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, (char *)&v6only, &length));
  return rc < 0 ? rc : v6only == 0;
}

int skt__sys_adopt(SOCKET s) {
  (void)s;
  return 0;
}
