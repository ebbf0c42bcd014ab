/* SPDX-License-Identifier: MIT */
/* Messages with control data. The twin is posix/message.c. */
#include "../sys.h"

#include <stddef.h>

/* MinGW's headers lack these (Windows SDK ws2ipdef.h). Trains: Windows 10 2004
 * and later; Wine has none. */
#ifndef UDP_SEND_MSG_SIZE
#define UDP_SEND_MSG_SIZE 2
#define UDP_COALESCED_INFO 3
#endif

/* Without control data any provider has the call, with it those of IP. */
static ptrdiff_t send_packet(SOCKET s, const skt__packet *p, WSABUF *v) {
  WSAMSG m = {.lpBuffers = v,
              .dwBufferCount = (ULONG)p->count,
              .Control = {.len = (ULONG)p->control_n, .buf = p->control}};
  DWORD done = 0;
  int rc;
  if (p->peer != NULL) {
    m.name = (struct sockaddr *)p->peer->words;
    m.namelen = (int)p->peer->length;
  }
  for (size_t i = 0; i < p->count; ++i) {
    v[i] = (WSABUF){.buf = p->pieces[i].data, .len = (ULONG)p->pieces[i].n};
  }
  rc = p->control_n > 0 ? WSASendMsg(s, &m, 0, &done, NULL, NULL)
                        : WSASendTo(s, v, m.dwBufferCount, &done, 0, m.name,
                                    m.namelen, NULL, NULL);
  return rc != 0 ? skt__fail_in(SKT__IN_WRITE) : 1;
}

/* The array of a long message takes 16 KiB, and is not on the stack of all
 * others. */
static SKT__COLD ptrdiff_t send_long_packet(SOCKET s, const skt__packet *p) {
  WSABUF v[SKT__VECTOR_MAX];
  return send_packet(s, p, v);
}

ptrdiff_t skt__sys_send_packets(SOCKET s, const skt__packet *p, size_t count) {
  WSABUF v[SKT__VECTOR_USUAL];
  (void)count;
  return p->count > SKT__VECTOR_USUAL ? send_long_packet(s, p)
                                      : send_packet(s, p, v);
}

/* WSARecvMsg is no export; the provider of a socket returns its address
 * (Winsock WSARecvMsg). All of IP's sockets have one provider, so the first
 * address serves them all. */
static LPFN_WSARECVMSG find_receive(SOCKET s) {
  static PVOID volatile found;
  GUID id = WSAID_WSARECVMSG;
  LPFN_WSARECVMSG receive = NULL;
  DWORD n;
  union {
    PVOID data;
    LPFN_WSARECVMSG function;
  } same = {InterlockedCompareExchangePointer(&found, NULL, NULL)};
  if (same.data != NULL) {
    return same.function;
  }
  if (WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &receive,
               sizeof receive, &n, NULL, NULL) != 0) {
    return NULL;
  }
  same.function = receive;
  (void)InterlockedExchangePointer(&found, same.data);
  return receive;
}

/* Of a message that is cut, Winsock reports WSAEMSGSIZE and Wine no count, so
 * that the count starts as the length of the place. With a place for control
 * data that is too short Wine reports the same error and discards the message;
 * skt's is longer than all options need (Winsock WSAMSG). */
ptrdiff_t skt__sys_receive_messages(SOCKET s, const skt__places *p,
                                    skt_message *m, size_t count, bool now) {
  skt__control none, *control = p->control != NULL ? p->control : &none;
  WSABUF v = {.buf = p->buffer, .len = (ULONG)p->part};
  WSAMSG w = {.lpBuffers = &v,
              .dwBufferCount = 1,
              .Control = {.len = sizeof control->data.bytes,
                          .buf = control->data.bytes}};
  DWORD done = v.len;
  LPFN_WSARECVMSG receive = find_receive(s);
  (void)count, (void)now;
  if (receive == NULL) {
    return skt__fail_in(SKT__IN_READ);
  }
  if (p->with_peer) {
    w.name = (struct sockaddr *)m->peer.words;
    w.namelen = sizeof m->peer.words;
  }
  m->cut = false;
  if (receive(s, &w, &done, NULL, NULL) != 0) {
    int code = skt__fail_in(SKT__IN_READ);
    if (code != SKT_EMSGSIZE) {
      return code;
    }
    m->cut = true;
    done = v.len;
  }
  m->data = p->buffer;
  m->n = done;
  m->size = m->cut ? 0 : done;
  m->peer.length = p->with_peer ? (uint32_t)w.namelen : 0;
  control->n = w.Control.len;
  control->cut = (w.dwFlags & MSG_CTRUNC) != 0;
  return 1;
}

/* Control data says of IPv4's address what IN_PKTINFO has, which Linux has in
 * another order; an ECN item alone where Windows delivers no whole class
 * (Windows SDK ws2tcpip.h, WSASetRecvIPEcn). */
#define NUMBER SKT__NOWHERE, SKT__NOWHERE, SKT__NOWHERE
const skt__control_row skt__sys_controls[] = {
    {SKT_HAS_LOCAL, SKT_IPV4, IPPROTO_IP, IP_PKTINFO, sizeof(IN_PKTINFO),
     offsetof(IN_PKTINFO, ipi_addr), offsetof(IN_PKTINFO, ipi_ifindex),
     offsetof(IN_PKTINFO, ipi_addr)},
    {SKT_HAS_LOCAL, SKT_IPV6, IPPROTO_IPV6, IPV6_PKTINFO, sizeof(IN6_PKTINFO),
     offsetof(IN6_PKTINFO, ipi6_addr), offsetof(IN6_PKTINFO, ipi6_ifindex),
     offsetof(IN6_PKTINFO, ipi6_addr)},
    {SKT_HAS_HOPS, SKT_IPV4, IPPROTO_IP, IP_TTL, 4, NUMBER},
    {SKT_HAS_HOPS, SKT_IPV4, IPPROTO_IP, IP_HOPLIMIT, 0, NUMBER},
    {SKT_HAS_HOPS, SKT_IPV6, IPPROTO_IPV6, IPV6_HOPLIMIT, 4, NUMBER},
    {SKT_HAS_CLASS, SKT_IPV4, IPPROTO_IP, IP_TOS, 4, NUMBER},
    {SKT_HAS_CLASS, SKT_IPV4, IPPROTO_IP, IP_ECN, 0, NUMBER},
    {SKT_HAS_CLASS, SKT_IPV6, IPPROTO_IPV6, IPV6_TCLASS, 4, NUMBER},
    {SKT_HAS_CLASS, SKT_IPV6, IPPROTO_IPV6, IP_ECN, 0, NUMBER},
    {SKT__HAS_SEGMENT, 0, IPPROTO_UDP, UDP_SEND_MSG_SIZE, 4, NUMBER},
    {SKT__HAS_SEGMENT, 0, IPPROTO_UDP, UDP_COALESCED_INFO, 0, NUMBER},
    {0},
};

const skt__option_row skt__sys_train_option = {
    SKT_OPT_SEND_TRAINS, 0, IPPROTO_UDP, UDP_SEND_MSG_SIZE, SKT__AS_IS};
