/* SPDX-License-Identifier: MIT */
/* Sockets that several handles or processes share. The twin is posix/process.c.
 */
#include "../sys.h"

/* There is no socketpair; the shared sources make pairs over loopback. */
int skt__sys_pair(SOCKET out[2], int type, bool nonblocking) {
  (void)out, (void)type, (void)nonblocking;
  return SKT_EAFNOSUPPORT;
}

static int open_ticket(WSAPROTOCOL_INFOW *info, SOCKET *out) {
  SOCKET s =
      WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO,
                 info, 0, WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
  if (s == INVALID_SOCKET) {
    return skt__fail_in(SKT__IN_SOCKET);
  }
  *out = s;
  return 0;
}

/* DuplicateHandle does not suit all providers (Winsock, "Socket handles"). */
int skt__sys_duplicate(SOCKET s, SOCKET *out) {
  WSAPROTOCOL_INFOW info;
  int rc = skt__sys_make_ticket(s, skt__sys_process(), &info);
  return rc < 0 ? rc : open_ticket(&info, out);
}

int skt__sys_inherit(SOCKET s, bool inherited) {
  if (SetHandleInformation((HANDLE)s, HANDLE_FLAG_INHERIT,
                           inherited ? HANDLE_FLAG_INHERIT : 0)) {
    return 0;
  }
  WSASetLastError((int)GetLastError());
  return skt__fail_in(SKT__IN_MODE);
}

ptrdiff_t skt__sys_send_with(SOCKET channel, const void *bytes, size_t n,
                             SOCKET handed) {
  (void)handed;
  return skt__sys_write(channel, bytes, n);
}

ptrdiff_t skt__sys_receive_with(SOCKET channel, void *bytes, size_t n,
                                SOCKET *out, int *wrong) {
  (void)wrong;
  *out = INVALID_SOCKET;
  return skt__sys_read(channel, bytes, n);
}

uint32_t skt__sys_process(void) { return GetCurrentProcessId(); }

_Static_assert(sizeof(WSAPROTOCOL_INFOW) == SKT__TICKET, "see os.h");

/* From here on the target has the handle: if the ticket does not arrive, the
 * handle stays open there until that process ends (Winsock
 * WSADuplicateSocketW). */
int skt__sys_make_ticket(SOCKET s, uint32_t process, void *ticket) {
  WSAPROTOCOL_INFOW info = {0};
  if (WSADuplicateSocketW(s, process, &info) != 0) {
    return skt__fail_in(SKT__IN_SOCKET);
  }
  memcpy(ticket, &info, sizeof info);
  return 0;
}

int skt__sys_take_ticket(const void *ticket, SOCKET *out) {
  WSAPROTOCOL_INFOW info;
  memcpy(&info, ticket, sizeof info);
  return open_ticket(&info, out);
}
