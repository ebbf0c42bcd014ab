/* SPDX-License-Identifier: MIT */
/* Messages with control data. The twin is win32/message.c. */
#include "../sys.h"

#include <stddef.h>

/* Linux has sendmmsg and recvmmsg, where a call takes many; and its recvmsg
 * reports the length of a message that was cut (recvmsg(2), MSG_TRUNC). Of
 * messages that are not the first, sendmmsg reports no error (sendmmsg(2)), so
 * that the shared sources ask again. macOS' sendmsg_x is no public call. */
#ifdef SKT__HAS_MMSG
typedef struct mmsghdr native_message;
#define HEAD(m) (&(m)->msg_hdr)
enum { REPORT_SIZE = MSG_TRUNC };
#else
typedef struct native_message {
  struct msghdr head;
  unsigned msg_len;
} native_message;
#define HEAD(m) (&(m)->head)
enum { REPORT_SIZE = 0 };

static int sendmmsg(int s, native_message *m, unsigned count, int flags) {
  (void)count;
  ptrdiff_t rc = sendmsg(s, &m->head, flags);
  return rc < 0 ? -1 : 1;
}

enum { MSG_WAITFORONE = 0 };
static int recvmmsg(int s, native_message *m, unsigned count, int flags,
                    void *no_time) {
  (void)count, (void)no_time;
  ptrdiff_t rc = recvmsg(s, &m->head, flags);
  m->msg_len = (unsigned)rc;
  return rc < 0 ? -1 : 1;
}
#endif

/* A struct iovec is a skt_buffer by another name, see io.c. */
static struct iovec *vectors_of(const skt_buffer *pieces) {
  union {
    const skt_buffer *buffers;
    struct iovec *vectors;
  } same = {pieces};
  return same.vectors;
}

static void *words_of(const skt_addr *a) {
  union {
    const void *constant;
    void *variable;
  } same = {a->words};
  return same.variable;
}

/* musl's struct has padding, which the kernel reads: so it is zeroed first. */
static void fill_heads(native_message *m, const skt__packet *p, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    struct msghdr *h = HEAD(&m[i]);
    memset(h, 0, sizeof *h);
    h->msg_iov = vectors_of(p[i].pieces);
    h->msg_iovlen = (uint16_t)p[i].count; /* for musl's int, glibc's size_t */
    if (p[i].peer != NULL) {
      h->msg_name = words_of(p[i].peer);
      h->msg_namelen = (socklen_t)p[i].peer->length;
    }
    if (p[i].control_n > 0) {
      h->msg_control = p[i].control;
      h->msg_controllen = (socklen_t)p[i].control_n;
    }
  }
}

ptrdiff_t skt__sys_send_packets(int s, const skt__packet *p, size_t count) {
  native_message m[SKT__PACKETS_MAX];
  fill_heads(m, p, count);
  int rc = sendmmsg(s, m, (unsigned)count, MSG_NOSIGNAL);
  return rc < 0 ? skt__fail_in(SKT__IN_WRITE) : rc;
}

static void fill_places(native_message *n, struct iovec *v,
                        const skt__places *p, skt_message *m, size_t count) {
  char *at = p->buffer;
  for (size_t i = 0; i < count; ++i, at += p->part) {
    struct msghdr *h = HEAD(&n[i]);
    memset(h, 0, sizeof *h);
    v[i] = (struct iovec){at, p->part};
    h->msg_name = m[i].peer.words;
    h->msg_namelen = sizeof m->peer.words;
    h->msg_iov = &v[i];
    h->msg_iovlen = 1;
  }
  for (size_t i = 0; !p->with_peer && i < count; ++i) {
    HEAD(&n[i])->msg_name = NULL;
    HEAD(&n[i])->msg_namelen = 0;
  }
  for (size_t i = 0; p->control != NULL && i < count; ++i) {
    HEAD(&n[i])->msg_control = p->control[i].data.bytes;
    HEAD(&n[i])->msg_controllen = sizeof p->control->data.bytes;
  }
}

static inline void take_received(native_message *n, char *at, size_t part,
                                 skt_message *m) {
  size_t size = n->msg_len;
  m->data = at;
  m->n = size < part ? size : part;
  m->cut =
      REPORT_SIZE != 0 ? size > part : (HEAD(n)->msg_flags & MSG_TRUNC) != 0;
  m->size = m->cut && REPORT_SIZE == 0 ? 0 : size;
  m->peer.length = (uint32_t)HEAD(n)->msg_namelen;
}

static void take_controls(native_message *n, skt__control *control, int count) {
  for (int i = 0; control != NULL && i < count; ++i) {
    control[i].n = (size_t)HEAD(&n[i])->msg_controllen;
    control[i].cut = (HEAD(&n[i])->msg_flags & MSG_CTRUNC) != 0;
  }
}

/* The timeout of recvmmsg is not used: Linux looks at it only after a message
 * (recvmmsg(2), BUGS). */
ptrdiff_t skt__sys_receive_messages(int s, const skt__places *p, skt_message *m,
                                    size_t count, bool now) {
  native_message n[SKT__PLACES_MAX];
  struct iovec v[SKT__PLACES_MAX];
  fill_places(n, v, p, m, count);
  int flags = REPORT_SIZE | (now ? MSG_DONTWAIT : MSG_WAITFORONE);
  int rc = recvmmsg(s, n, (unsigned)count, flags, NULL);
  if (rc < 0) {
    return skt__fail_in(SKT__IN_READ);
  }
  char *at = p->buffer;
  for (int i = 0; i < rc; ++i, at += p->part) {
    take_received(&n[i], at, p->part, &m[i]);
  }
  take_controls(n, p->control, rc);
  return rc;
}

/* macOS delivers IP_TOS and IP_TTL under the names of the options (Darwin
 * ip_savecontrol). FreeBSD and macOS deliver the time as a timeval, and only
 * FreeBSD takes the TOS of a message as one byte (ip(4)). The BSDs have no
 * IP_PKTINFO, but IP_RECVDSTADDR, without an index. */
#define NUMBER SKT__NOWHERE, SKT__NOWHERE, SKT__NOWHERE
const skt__control_row skt__sys_controls[] = {
#if defined IP_PKTINFO
    {SKT_HAS_LOCAL, SKT_IPV4, IPPROTO_IP, IP_PKTINFO, sizeof(struct in_pktinfo),
     offsetof(struct in_pktinfo, ipi_addr),
     offsetof(struct in_pktinfo, ipi_ifindex),
     offsetof(struct in_pktinfo, ipi_spec_dst)},
#elif defined IP_RECVDSTADDR && defined IP_SENDSRCADDR
    {SKT_HAS_LOCAL, SKT_IPV4, IPPROTO_IP, IP_SENDSRCADDR, 4, 0, SKT__NOWHERE,
     0},
#if IP_RECVDSTADDR != IP_SENDSRCADDR
    {SKT_HAS_LOCAL, SKT_IPV4, IPPROTO_IP, IP_RECVDSTADDR, 0, 0, SKT__NOWHERE,
     0},
#endif
#endif
#ifdef IPV6_PKTINFO
    {SKT_HAS_LOCAL, SKT_IPV6, IPPROTO_IPV6, IPV6_PKTINFO,
     sizeof(struct in6_pktinfo), offsetof(struct in6_pktinfo, ipi6_addr),
     offsetof(struct in6_pktinfo, ipi6_ifindex),
     offsetof(struct in6_pktinfo, ipi6_addr)},
#endif
    {SKT_HAS_HOPS, SKT_IPV4, IPPROTO_IP, IP_TTL, 4, NUMBER},
#if defined IP_RECVTTL && !defined SKT__HAS_MMSG
    {SKT_HAS_HOPS, SKT_IPV4, IPPROTO_IP, IP_RECVTTL, 0, NUMBER},
#endif
#ifdef IPV6_HOPLIMIT
    {SKT_HAS_HOPS, SKT_IPV6, IPPROTO_IPV6, IPV6_HOPLIMIT, 4, NUMBER},
#endif
    {SKT_HAS_CLASS, SKT_IPV4, IPPROTO_IP, IP_TOS, SKT__TOS_BYTES, NUMBER},
#if defined IP_RECVTOS && !defined SKT__HAS_MMSG
    {SKT_HAS_CLASS, SKT_IPV4, IPPROTO_IP, IP_RECVTOS, 0, NUMBER},
#endif
    {SKT_HAS_CLASS, SKT_IPV6, IPPROTO_IPV6, IPV6_TCLASS, 4, NUMBER},
#if defined SCM_TIMESTAMPNS
    {SKT_HAS_TIME, 0, SOL_SOCKET, SCM_TIMESTAMPNS, 0, NUMBER},
#elif defined SCM_TIMESTAMP
    {SKT__HAS_MICROSECONDS, 0, SOL_SOCKET, SCM_TIMESTAMP, 0, NUMBER},
#endif
#ifdef SKT__UDP_SEGMENT /* 16 bits to send, an int received (udp(7)) */
    {SKT__HAS_SEGMENT, 0, IPPROTO_UDP, SKT__UDP_SEGMENT, 2, NUMBER},
    {SKT__HAS_SEGMENT, 0, IPPROTO_UDP, SKT__UDP_GRO, 0, NUMBER},
#endif
    {0},
};

#ifdef SKT__UDP_SEGMENT
const skt__option_row skt__sys_train_option = {
    SKT_OPT_SEND_TRAINS, 0, IPPROTO_UDP, SKT__UDP_SEGMENT, SKT__AS_IS};
#else
const skt__option_row skt__sys_train_option = {0};
#endif
