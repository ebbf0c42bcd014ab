/* SPDX-License-Identifier: MIT */
#ifndef FLOOD_H
#define FLOOD_H

#include <skt.h>

/* Sizes of datagrams. Those that control a run have all the same size, so that
 * an answer is never longer than its question. */
enum { HEADER_BYTES = 24, CONTROL_BYTES = 80, LONGEST = 65507 };

/* Kinds of datagrams, in the order of a run. */
enum {
  HELLO = 1, /* from the client; counts begin */
  WELCOME,
  DATA,
  PING, /* from the client; comes back as PONG */
  PONG,
  END, /* from the client */
  RESULT
};

/* What a datagram begins with, in network byte order. */
typedef struct header {
  int kind;
  uint32_t run;    /* chosen by the client */
  uint64_t number; /* of the datagram, from 0; of END how many were sent */
  uint64_t time;   /* when it was sent: microseconds by the sender's clock */
} header;

void header_write(unsigned char *bytes, const header *h);
bool header_read(const void *bytes, size_t n, header *h);
void number_write(unsigned char *bytes, uint64_t number);
uint64_t number_read(const unsigned char *bytes);

/* What has arrived, as the receiver counts it. */
enum { RECENT = 8192 };
typedef struct counts {
  uint64_t received; /* without duplicates */
  uint64_t bytes;
  uint64_t reordered; /* came after a later one */
  uint64_t duplicates;
  uint64_t calls;             /* of skt_receive */
  uint64_t next;              /* the number after the highest so far */
  double jitter;              /* seconds, RFC 3550 6.4.1 */
  double transit;             /* of the last one: between two clocks */
  double first, last;         /* seconds, when they came */
  uint64_t seen[RECENT / 64]; /* bit number % RECENT, of the last RECENT */
} counts;

void counts_take(counts *c, const header *h, size_t n, double now);

/* What RESULT says after its header. */
typedef struct result {
  uint64_t received, bytes, reordered, duplicates, calls;
  double jitter, seconds;
} result;

void result_take(result *r, const counts *c);
void result_write(unsigned char *bytes, const result *r);
void result_read(const unsigned char *bytes, result *r);

/* What the command line says. */
typedef struct flood {
  const char *text; /* where */
  bool serves, once, echoes, json, trains;
  double rate;    /* bits a second; 0: as fast as it goes */
  double seconds; /* how long; 0: until Ctrl-C */
  int length;     /* bytes of a datagram */
  int batch;      /* datagrams a call */
} flood;

bool read_flood(flood *f, char **arg); /* flood_arguments.c */
int run_client(const flood *f);        /* exit codes */
int run_server(const flood *f);

/* Whether Ctrl-C was pressed, or the program is to end. */
bool interrupted(void);

int complain(const char *what, const char *where, ptrdiff_t code);

/* Part of every report, and of every JSON object. */
void print_result(const flood *f, const result *r, uint64_t sent);
void print_second(const flood *f, double seconds, uint64_t n, uint64_t bytes,
                  double took);

#endif
