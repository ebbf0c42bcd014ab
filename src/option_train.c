/* SPDX-License-Identifier: MIT */
/* Options of trains, and what a socket remembers of them. */
#include "option.h"

/* One question to the system: the option is there if the kernel has trains and
 * the socket is one of UDP. That a train went is no proof, because Linux before
 * 4.18 sends it as one datagram (udp(7), UDP_SEGMENT). */
static bool ask_for_trains(const skt *s) {
  const skt__option_row *row = &skt__sys_train_option;
  int value;
  return skt__type(s) == SKT_DATAGRAM && skt__domain(s) != SKT_UNIX &&
         row->option != 0 &&
         skt__sys_get_option(skt__handle(s), row, &value) == 0;
}

bool skt__has_trains(skt *s) {
  int calls = SKT__LOAD(&s->calls);
  if ((calls & SKT__TRAINS_KNOWN) == 0) {
    calls = SKT__TRAINS_KNOWN | (ask_for_trains(s) ? 0 : SKT__NO_TRAINS);
    (void)SKT__OR(&s->calls, (uint16_t)calls);
  }
  return (calls & SKT__NO_TRAINS) == 0;
}

bool skt__is_train_option(int option) {
  return option == SKT_OPT_SEND_TRAINS || option == SKT_OPT_RECEIVE_TRAINS;
}

int skt__read_train_option(const skt *s, int option) {
  int calls = SKT__LOAD(&s->calls);
  if (option == SKT_OPT_RECEIVE_TRAINS) {
    return SKT__LOAD(&s->reading) == SKT__TRAINS;
  }
  return (calls & SKT__TRAINS_KNOWN) != 0 ? (calls & SKT__NO_TRAINS) == 0
                                          : ask_for_trains(s);
}

int skt__set_sends_trains(skt *s, int value) {
  if (value == 0) {
    (void)SKT__OR(&s->calls, SKT__TRAINS_KNOWN | SKT__NO_TRAINS);
    return 0;
  }
  SKT__AND(&s->calls, (uint16_t) ~(SKT__TRAINS_KNOWN | SKT__NO_TRAINS));
  return ask_for_trains(s) ? 0 : SKT_EOPNOTSUPP;
}

/* A train that waits in the socket when the option is cleared would arrive as
 * one message (Linux), so that the option stays. Wine reports an option that it
 * does not know as an invalid argument. */
int skt__mark_receives(skt *s, int option, int value, int rc) {
  bool trains = option == SKT_OPT_RECEIVE_TRAINS;
  if (rc == 0 && value != 0) {
    (void)SKT__OR(&s->calls, SKT__HAS_CONTROL);
    if (trains && !skt__cancelled(s)) {
      SKT__STORE(&s->reading, SKT__TRAINS);
    }
  }
  return trains && rc == SKT_EINVAL ? SKT_EOPNOTSUPP : rc;
}
