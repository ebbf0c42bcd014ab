/* SPDX-License-Identifier: MIT */
#ifndef READER_H
#define READER_H

#include <skt.h>

/* Reads standard input in a thread of its own, since Windows can wait for a
 * socket but not for a console or a pipe. The wakers hand the chunk to and fro:
 * it belongs to the thread until `filled` is woken, and then to the caller
 * until reader_next. */
typedef struct reader {
  skt_waker filled, emptied;
  int have; /* bytes in the chunk; 0 is the end */
  char chunk[16 * 1024];
} reader;

/* Whether there is a standard input; ask before the first socket is made, which
 * could get its number. What is read and written is bytes from now on. */
bool reader_has_input(void);

/* Start the thread. It cannot be ended, as a read of a console cannot; the end
 * of the program ends it, so *r must live until then. Returns 0 or a code. */
int reader_start(reader *r);

/* Let the thread read the next chunk. */
void reader_next(reader *r);

#endif
