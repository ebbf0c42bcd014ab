/* SPDX-License-Identifier: MIT */
#ifndef NETCAT_H
#define NETCAT_H

#include "reader.h"

#include <skt.h>

typedef struct netcat {
  bool listens, udp, is_unix, half_close, keeps, verbose, probes;
  bool no_input;
  int wait_ms; /* -1 for ever */
  int domain;  /* 0: any */
  const char *source, *host;
  int port, last_port; /* -1 for a unix path */
  char text[SKT_TEXT_MAX];
  skt socket, listener;
  reader in;
  int sent;       /* bytes of the chunk */
  bool has_chunk; /* it is ours */
  bool in_ended, peer_ended;
} netcat;

void report(const netcat *n, const char *what, const skt_addr *a);

/* netcat_open.c. All return 0 or a code. */
int connect_to(netcat *n, int port);
int listen_there(netcat *n);

/* netcat_arguments.c. Whether they are good. */
bool read_arguments(netcat *n, char **arg);

#endif
