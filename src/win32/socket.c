/* SPDX-License-Identifier: MIT */
/* Sockets over Winsock. The twin is posix/socket.c. */
#include "../sys.h"

#include <mstcpip.h>

static int check_of(int call, int rc) {
  return rc == SOCKET_ERROR ? skt__fail_in(call) : 0;
}

static int check(int rc) { return check_of(SKT__IN_MODE, rc); }

static int set_option(SOCKET s, int level, int name, DWORD value) {
  return check_of(SKT__IN_BIND, setsockopt(s, level, name, (const char *)&value,
                                           sizeof value));
}

/* WSASocketW, because children inherit the handles of socket() (Winsock
 * WSASocketW, WSA_FLAG_NO_HANDLE_INHERIT, Windows 7 SP1). Overlapped, because
 * else a blocked read holds up another thread's write (Winsock socket). */
static SOCKET create(int domain, int type, int protocol) {
  return WSASocketW(skt__native_family(domain), skt__native_type(type),
                    protocol, NULL, 0,
                    WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
}

/* Windows without unix sockets reports that the type is missing, if it is none
 * of those that its unix sockets ever have; but the domain is missing. */
static int unify_missing(int domain, int type, int rc) {
  if (rc != SKT_EPROTONOSUPPORT || domain != SKT_UNIX || type == SKT_STREAM) {
    return rc;
  }
  SOCKET stream = create(SKT_UNIX, SKT_STREAM, 0);
  if (stream == INVALID_SOCKET) {
    return skt__fail_in(SKT__IN_SOCKET);
  }
  closesocket(stream);
  return rc;
}

int skt__sys_socket(SOCKET *out, int domain, int type, int protocol,
                    bool nonblocking) {
  SOCKET s = create(domain, type, protocol);
  if (s == INVALID_SOCKET) {
    return unify_missing(domain, type, skt__fail_in(SKT__IN_SOCKET));
  }
  if (type == SKT_DATAGRAM) {
    skt__sys_report_icmp(s, false);
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

/* Windows lets a second socket with SO_REUSEADDR take a port in use, all or
 * part of it, unless the first has SO_EXCLUSIVEADDRUSE (Winsock, "Using
 * SO_REUSEADDR and SO_EXCLUSIVEADDRUSE"). skt sets SO_REUSEADDR for multicast
 * alone, where all sockets have it. TIME_WAIT hinders no bind, and no option
 * balances load. On POSIX SO_REUSEADDR means the opposite, see posix/socket.c.
 */
static int share_port(SOCKET s, int flags) {
  if ((flags & SKT_SHARE_LOAD) != 0) {
    return SKT_EOPNOTSUPP;
  }
  bool shared = (flags & SKT_SHARE_MULTICAST) != 0;
  return set_option(s, SOL_SOCKET, shared ? SO_REUSEADDR : SO_EXCLUSIVEADDRUSE,
                    1);
}

/* One code for a unix path whose folder is missing or whose form is unknown.
 * Windows reports them by codes that have other meanings (curl issue 19810). */
static int unify_bad_path(const skt_addr *a, int rc) {
  bool is_unix = skt_addr_domain(a) == SKT_UNIX;
  return is_unix && (rc == SKT_ENETDOWN || rc == SKT_EINVAL ||
                     rc == SKT_EOPNOTSUPP)
             ? SKT_ENOENT
             : rc;
}

int skt__sys_bind(SOCKET s, const skt_addr *local, int flags) {
  int rc = 0;
  if ((flags & (SKT_DUAL_STACK | SKT__ONE_STACK)) != 0) {
    rc =
        set_option(s, IPPROTO_IPV6, IPV6_V6ONLY, (flags & SKT_DUAL_STACK) == 0);
  }
  if (rc == 0 && flags != 0) {
    rc = share_port(s, flags);
  }
  if (rc == 0) {
    /* Without flags there is no port, and WSAEACCES is no conflict. */
    int call = flags != 0 ? SKT__IN_BIND : 0;
    rc = check_of(call, bind(s, (const struct sockaddr *)local->words,
                             (int)local->length));
  }
  return unify_bad_path(local, rc);
}

/* Windows clamps a backlog to 200, unless it has the form of SOMAXCONN_HINT,
 * which is its negative (Winsock listen, Windows 8). */
int skt__sys_listen(SOCKET s, int backlog, bool restart) {
  (void)restart;
  int hint = backlog > 200 ? -backlog : backlog;
  return check_of(SKT__IN_LISTEN, listen(s, hint == 0 ? SOMAXCONN : hint));
}

/* accept() returns an inheritable handle, even if the listener's is not, and
 * copies the listener's mode (Winsock accept; CPython's sock_accept does the
 * same repair). A child started in between can inherit the handle. */
int skt__sys_accept(SOCKET s, SOCKET *out, skt_addr *peer, bool inherited,
                    bool nonblocking) {
  struct sockaddr_storage a;
  int rc = 0, length = sizeof a;
  struct sockaddr *address = peer != NULL ? (struct sockaddr *)&a : NULL;
  SOCKET accepted = accept(s, address, peer != NULL ? &length : NULL);
  if (accepted == INVALID_SOCKET) {
    return skt__fail_in(SKT__IN_ACCEPT);
  }
  SetHandleInformation((HANDLE)accepted, HANDLE_FLAG_INHERIT, 0);
  if (inherited != nonblocking) {
    rc = skt__sys_set_blocking(accepted, !nonblocking);
  }
  /* Wine 10: a peer that is already gone has no address. Wine 8 fails. */
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

/* A refused connect takes 2 s, because Windows retransmits the SYN; loopback
 * loses none, so one is enough (Winsock SIO_TCP_INITIAL_RTO, Windows 10 1709;
 * libuv win/tcp.c). Older systems fail the control, which does no harm. */
static void send_syn_once(SOCKET s) {
  TCP_INITIAL_RTO_PARAMETERS once = {
      .Rtt = TCP_INITIAL_RTO_UNSPECIFIED_RTT,
      .MaxSynRetransmissions = TCP_INITIAL_RTO_NO_SYN_RETRANSMISSIONS};
  DWORD done;
  WSAIoctl(s, SIO_TCP_INITIAL_RTO, &once, sizeof once, NULL, 0, &done, NULL,
           NULL);
}

/* Windows connects a socket to the broadcast address without SO_BROADCAST,
 * which it requires only to send elsewhere (Wine's test_broadcast, run on
 * Windows; against Winsock connect, WSAEACCES). */
static bool is_refused_broadcast(SOCKET s, const skt_addr *peer) {
  struct sockaddr_in in;
  int allowed = 0, length = sizeof allowed;
  memcpy(&in, peer->words, sizeof in);
  return in.sin_family == AF_INET && in.sin_addr.s_addr == INADDR_BROADCAST &&
         getsockopt(s, SOL_SOCKET, SO_BROADCAST, (char *)&allowed, &length) ==
             0 &&
         allowed == 0;
}

int skt__sys_connect(SOCKET s, const skt_addr *peer, bool is_loopback) {
  if (is_refused_broadcast(s, peer)) {
    return SKT_EACCES;
  }
  if (is_loopback) {
    send_syn_once(s);
  }
  int rc = check_of(
      SKT__IN_CONNECT,
      connect(s, (const struct sockaddr *)peer->words, (int)peer->length));
  return unify_bad_path(peer, rc);
}

/* Winsock connect: an address of zeros removes the peer. */
int skt__sys_disconnect(SOCKET s, int domain) {
  skt_addr a;
  skt__addr_any(&a, domain);
  return check(connect(s, (const struct sockaddr *)a.words, (int)a.length));
}

int skt__sys_shutdown_write(SOCKET s) {
  return check_of(SKT__IN_SHUTDOWN, shutdown(s, SD_SEND));
}

int skt__sys_close(SOCKET s) { return check_of(SKT__IN_CLOSE, closesocket(s)); }

int skt__sys_linger(SOCKET s, bool reset) {
  LINGER linger = {.l_onoff = reset};
  return check(setsockopt(s, SOL_SOCKET, SO_LINGER, (const char *)&linger,
                          sizeof linger));
}

/* shutdown wakes no thread, but later reads and writes fail at once. CancelIoEx
 * ends the calls that block; its documentation does not mention those, but it
 * ends them on Wine 8 and 10. A listener cannot be shut down, so non-blocking
 * mode keeps later accepts from blocking; a second cancel ends one that was
 * about to block. */
int skt__sys_cancel(SOCKET s) {
  int rc = skt__sys_set_blocking(s, false);
  shutdown(s, SD_BOTH);
  CancelIoEx((HANDLE)s, NULL);
  return rc == SKT_ENOTSOCK ? rc : 0;
}

/* Some options write one byte of the four (Wine's test_set_getsockopt). */
static int get_option(SOCKET s, int name, DWORD *value) {
  int length = sizeof *value;
  *value = 0;
  return check(getsockopt(s, SOL_SOCKET, name, (char *)value, &length));
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

static int set_address(int rc, skt_addr *out, const struct sockaddr_storage *a,
                       int length) {
  return rc < 0 ? rc : skt__addr_set(out, a, (size_t)length);
}

int skt__sys_local(SOCKET s, skt_addr *out) {
  struct sockaddr_storage a;
  int length = sizeof a;
  int rc =
      check_of(SKT__IN_LOCAL, getsockname(s, (struct sockaddr *)&a, &length));
  return set_address(rc, out, &a, length);
}

int skt__sys_peer(SOCKET s, skt_addr *out) {
  struct sockaddr_storage a;
  int length = sizeof a;
  int rc =
      check_of(SKT__IN_PEER, getpeername(s, (struct sockaddr *)&a, &length));
  return set_address(rc, out, &a, length);
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

/* Since Windows 10 1703; not in Wine 8. */
bool skt__sys_connects(SOCKET s) {
  TCP_INFO_v0 info = {0};
  DWORD version = 0, done;
  return WSAIoctl(s, SIO_TCP_INFO, &version, sizeof version, &info, sizeof info,
                  &done, NULL, NULL) == 0 &&
         info.State == TCPSTATE_SYN_SENT;
}

int skt__sys_dual_stack(SOCKET s) {
  DWORD v6only = 0; /* the call writes one byte, as above */
  int length = sizeof v6only;
  int rc =
      check(getsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, (char *)&v6only, &length));
  return rc < 0 ? rc : v6only == 0;
}

int skt__sys_adopt(SOCKET s) {
  (void)s;
  return 0;
}
