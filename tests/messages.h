/* SPDX-License-Identifier: MIT */
/* What the tests of skt_send and skt_receive need. Loopback only, port 0. */
#ifndef SKT_MESSAGES_H
#define SKT_MESSAGES_H

#include <skt.h>

/* A datagram socket that is bound on loopback, waits 5 s at most, and has room
 * for some hundred small messages; and its address. */
bool datagram_at(int domain, skt *s, skt_addr *at);

/* The same, which receives trains; false where there are none. */
bool train_receiver(int domain, skt *s, skt_addr *at);

/* On the wildcard; `at` is its loopback address. */
bool datagram_anywhere(int domain, skt *s, skt_addr *at);

/* A message to a peer, or to none. */
skt_message message_of(const void *data, size_t n, const skt_addr *peer);
skt_message text_message(const char *text, const skt_addr *peer);
bool is_text(const skt_message *m, const char *text);

/* Receive n messages in as many calls as it takes, with `part` bytes of the
 * buffer for each. Returns how many there were before an error. */
size_t receive_n(skt *s, char *buffer, size_t part, skt_message *m, size_t n);

/* Whether nothing more is there. */
bool is_drained(skt *s);

/* Bytes without a pattern of a length that a test uses. */
void fill_bytes(char *bytes, size_t n);

/* Whether this system sends trains, and what `use` chooses; found by trying. */
bool trains_here(void);
bool chooses_here(void);

#define NEED_TRAINS()                                                          \
  do {                                                                         \
    if (!trains_here()) {                                                      \
      SKIP("this system has no trains (Wine)");                                \
    }                                                                          \
  } while (0)

#define NEED_CHOICES()                                                         \
  do {                                                                         \
    if (!chooses_here()) {                                                     \
      SKIP("this system ignores what a message chooses (Wine)");               \
    }                                                                          \
  } while (0)

#endif
