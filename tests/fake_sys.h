/* SPDX-License-Identifier: MIT */
/* A backend without a system: every call of the seam takes the next step of a
 * script. A call that is not the next step, or a step left over, is found by
 * fake_trouble(). So tests see every call, and that there are no others. */
#ifndef SKT_FAKE_SYS_H
#define SKT_FAKE_SYS_H

#include "internal.h"

typedef struct fake_step {
  const char *call; /* the seam's function without its prefix; or "pass_us",
                       time that passes during the call before, or
                       "is_cancelled", which befalls *fake_cancelled then; or
                       "meanwhile", when fake_meanwhile runs */
  long long result;
} fake_step;

/* Start a script; it ends with a step whose call is NULL. */
void fake_script(const fake_step *steps);

/* NULL if the script was played to its end and nothing else was called, else
 * the name of the first call or step that was not as expected. */
const char *fake_trouble(void);

extern skt *fake_cancelled;
extern void (*fake_meanwhile)(void); /* what another thread does */

/* Arguments of the last call that had them. */
extern size_t fake_n, fake_count;
extern const void *fake_buffer; /* of several the first */
extern int fake_timeout_ms, fake_limit_ms, fake_backlog;
extern int fake_type, fake_protocol;
extern int fake_direction; /* whose limit was asked */
extern int fake_events;    /* of the first entry */
extern skt_addr fake_to;   /* also what "peer" finds */

/* To where sockets have connected or bound, and how many did. The handle of the
 * next socket: from 100 on each has another one. */
extern skt_addr fake_peers[64];
extern size_t fake_peer_count;
extern int fake_handle;

/* A file: the offset of the last call, what "release_signal" was told; what
 * "peer_process" finds. */
extern int64_t fake_offset;
extern int fake_held;
extern bool fake_raised;
extern skt_process fake_who;

extern int fake_flags;
extern bool fake_only_joined; /* a bind or join said so */
extern skt_addr fake_group, fake_source;
extern uint32_t fake_device;
extern bool fake_icmp, fake_restart, fake_inherited, fake_nonblocking,
    fake_connecting, fake_blocking;

/* What "send_packets" was given in the script so far and took, its result being
 * how many: by packet, its bytes and pieces, its peer's port or -1, and its
 * control data as read back. And the datagrams that left, as a device would cut
 * them: how long, the first byte, the port. `fake_count` is how many packets
 * the last call was given. */
typedef struct fake_packet {
  size_t bytes, pieces, segment;
  int port;
  skt_message choices;
} fake_packet;
typedef struct fake_datagram {
  size_t n;
  int first, port;
} fake_datagram;
extern fake_packet fake_packets[256];
extern fake_datagram fake_wire[4096];
extern size_t fake_packet_count, fake_wire_count;

/* What "receive_messages" leaves in each message, up to its result. */
extern void (*fake_receive)(skt_message *m, skt__control *control, size_t i);
extern bool fake_now;

/* What "receive_with" leaves, and what "send_with" was given. */
extern unsigned char fake_bytes[1024];
extern skt__os_handle fake_came;
extern int fake_wrong;

/* The handles that were closed since the script began, and how many. */
extern skt__os_handle fake_closed[64];
extern size_t fake_closed_count;

/* The address of a handle, or of its peer; where NULL, "local" leaves what is
 * there, and "peer" fake_to. */
extern const skt_addr *(*fake_address)(skt__os_handle s, bool peer);

/* The native value of every option: what the last call set, and what the next
 * one reads. */
extern int fake_option;
extern char fake_option_text[32];

/* What "interfaces" finds, at each call. */
extern void (*fake_interfaces)(skt__found *found, size_t *bytes);

/* For the result of "wait": the waker was woken. Alone, for that of
 * "poller_wait": the poller was, and reports nothing else. */
#define FAKE_WAKER ((skt__os_handle)44)
#define FAKE_WOKEN (1LL << 40)

/* What look-ups find: addresses, or a name; a forward one leaves there what was
 * asked for. How many lists are not freed yet; the number of this process; the
 * block of the last thread, which the test plays. A failure has the native
 * number after the last one. */
extern const skt_addr *fake_found;
extern size_t fake_found_count;
extern char fake_name[SKT_NAME_MAX];
extern int fake_native, fake_lists;
extern uint32_t fake_process;
struct skt__helper;
extern struct skt__helper *fake_helper;

/* A blocking, connected socket, without a call. */
skt fake_connected(void);

#endif
