/* SPDX-License-Identifier: MIT */
/*
 * A TCP client that sends a file to an echo server and checks what comes back:
 * socket, connect, write, read, close.
 *
 *   echo_client ADDRESS [FILE [COPY]]
 *
 *   ADDRESS  the server: 127.0.0.1:7000 or [::1]:7000
 *   FILE     what to send; standard input if absent or "-"
 *   COPY     the file to keep the echo in
 *
 * Exit code: 0 echoed unchanged, 1 something failed, 2 wrong arguments.
 *
 * Standard input is text for C on Windows: its line ends arrive as "\n", and it
 * ends at Ctrl-Z. A FILE is sent as it is.
 *
 * The client cannot send everything first and read afterwards: once all buffers
 * on the way are full of echo that nobody reads, both sides wait for ever. So
 * its socket does not block, and it does whatever can be done next. It gives up
 * when nothing can be done for 30 seconds.
 */
#include "seconds.h"

#include <skt.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  WINDOW_BYTES = 1024 * 1024, /* how far sending may run ahead of the echo */
  CHUNK_BYTES = 64 * 1024,    /* how much to move at once */
  SILENCE_SECONDS = 30        /* how long to wait for the server */
};

/* The window holds the bytes whose echo is still to come. Its counts only grow:
 *   echoed <= sent <= loaded <= echoed + WINDOW_BYTES
 * and byte number n of the input is at window[n % WINDOW_BYTES]. */
typedef struct transfer {
  const char *address;
  const char *input_name;
  const char *copy_name;
  skt socket;
  FILE *input;
  FILE *copy;                /* NULL if none is wanted */
  unsigned long long loaded; /* from the input into the window */
  unsigned long long sent;
  unsigned long long echoed; /* and found unchanged */
  bool input_ended;
  bool echo_ended;
  int silent_seconds; /* that have passed without an event */
  double started;
  double next_report;
  char window[WINDOW_BYTES];
} transfer;

/*
 * Words. The functions that complain return false, so that their callers can
 * return at once.
 */

static bool complain(const char *what, const char *name, const char *why) {
  fprintf(stderr, "cannot %s %s: %s\n", what, name, why);
  return false;
}

static bool complain_of_loss(const transfer *t, ptrdiff_t code) {
  fprintf(stderr, "lost the connection to %s after %llu bytes of echo: %s\n",
          t->address, t->echoed, skt_strerror((int)code));
  return false;
}

static void report(const transfer *t, FILE *out, const char *how) {
  double seconds = seconds_now() - t->started;
  double mib = (double)t->echoed / (1024 * 1024);
  fprintf(out, "%llu bytes echoed %s %.3f s, %.1f MiB/s\n", t->echoed, how,
          seconds, seconds > 0 ? mib / seconds : 0);
}

static void report_each_second(transfer *t) {
  double now = seconds_now();
  if (now >= t->next_report) {
    report(t, stderr, "so far in");
    t->next_report = now + 1;
  }
}

/*
 * The window
 */

static char *byte_at(transfer *t, unsigned long long number) {
  return t->window + number % WINDOW_BYTES;
}

/* How many of the bytes from one number up to another can be moved at once:
 * those that lie in a row, and no more than a chunk. */
static size_t in_a_row(unsigned long long from, unsigned long long to) {
  unsigned long long n = to - from;
  unsigned long long row = WINDOW_BYTES - from % WINDOW_BYTES;
  n = n < row ? n : row;
  return n < CHUNK_BYTES ? (size_t)n : CHUNK_BYTES;
}

/* Load from the input what there is room for. */
static bool load(transfer *t) {
  size_t room = in_a_row(t->loaded, t->echoed + WINDOW_BYTES);
  if (t->input_ended || room == 0) {
    return true;
  }
  size_t n = fread(byte_at(t, t->loaded), 1, room, t->input);
  t->loaded += n;
  t->input_ended = n < room;
  return !ferror(t->input) || complain("read", t->input_name, strerror(errno));
}

/*
 * The connection
 */

static bool open_connection(transfer *t) {
  skt_addr peer;
  int rc = skt_addr_parse(&peer, t->address);
  if (rc < 0) {
    return complain("read the address", t->address,
                    rc == SKT_EINVAL
                        ? "it should look like 127.0.0.1:7000 or [::1]:7000"
                        : skt_strerror(rc));
  }
  rc = skt_socket(&t->socket, skt_addr_domain(&peer), SKT_STREAM, 0);
  if (rc == 0) {
    rc = skt_set_limit(&t->socket, SKT_WRITE, SILENCE_SECONDS * 1000);
  }
  if (rc == 0) {
    rc = skt_connect(&t->socket, &peer);
  }
  if (rc == 0) {
    rc = skt_set_blocking(&t->socket, false);
  }
  return rc == 0 || complain("connect to", t->address, skt_strerror(rc));
}

static bool send_some(transfer *t) {
  ptrdiff_t n =
      skt_write(&t->socket, byte_at(t, t->sent), in_a_row(t->sent, t->loaded));
  if (n < 0) {
    return n == SKT_EAGAIN || complain_of_loss(t, n);
  }
  t->sent += (unsigned long long)n;
  return true;
}

/* Compare the next n bytes of echo, of which `expected` are in the window. */
static bool check_echo(transfer *t, const char *echo, size_t n,
                       size_t expected) {
  if (n > expected || memcmp(echo, byte_at(t, t->echoed), n) != 0) {
    fprintf(stderr, "the echo from %s differs in the %llu bytes from %llu on\n",
            t->address, (unsigned long long)n, t->echoed);
    return false;
  }
  t->echoed += n;
  return true;
}

/* When all echo is here, one more byte is asked for: it must be the end. */
static bool receive_some(transfer *t) {
  char echo[CHUNK_BYTES];
  size_t expected = in_a_row(t->echoed, t->sent);
  ptrdiff_t n = skt_read(&t->socket, echo, expected > 0 ? expected : 1);
  if (n < 0) {
    return n == SKT_EAGAIN || complain_of_loss(t, n);
  }
  t->echo_ended = n == 0;
  if (!check_echo(t, echo, (size_t)n, expected)) {
    return false;
  }
  return t->copy == NULL || fwrite(echo, 1, (size_t)n, t->copy) == (size_t)n ||
         complain("write", t->copy_name, strerror(errno));
}

/* Wait until something can be done, and do it. */
static bool move_some(transfer *t) {
  int events = t->sent < t->loaded ? SKT_BOTH : SKT_READ;
  int ready = skt_wait(&t->socket, events, 1000, NULL);
  t->silent_seconds = ready == 0 ? t->silent_seconds + 1 : 0;
  if (t->silent_seconds == SILENCE_SECONDS) {
    return complain_of_loss(t, SKT_ETIMEDOUT);
  }
  if (ready < 0) {
    return complain_of_loss(t, ready);
  }
  if ((ready & SKT_WRITE) != 0 && !send_some(t)) {
    return false;
  }
  return (ready & SKT_READ) == 0 || receive_some(t);
}

static bool exchange(transfer *t) {
  t->started = seconds_now();
  t->next_report = t->started + 1;
  while (!t->echo_ended) {
    if (!load(t)) {
      return false;
    }
    /* The server learns here that no more will come. Saying it twice does no
     * harm. */
    if (t->input_ended && t->sent == t->loaded) {
      skt_shutdown(&t->socket, SKT_WRITE);
    }
    if (!move_some(t)) {
      return false;
    }
    report_each_second(t);
  }
  return (t->input_ended && t->echoed == t->loaded) ||
         complain_of_loss(t, SKT_ENODATA);
}

/*
 * The files
 */

static bool open_files(transfer *t) {
  bool is_stdin = strcmp(t->input_name, "-") == 0;
  t->input = is_stdin ? stdin : fopen(t->input_name, "rb");
  if (t->input == NULL) {
    return complain("open", t->input_name, strerror(errno));
  }
  if (t->copy_name != NULL) {
    t->copy = fopen(t->copy_name, "wb");
  }
  return t->copy_name == NULL || t->copy != NULL ||
         complain("write", t->copy_name, strerror(errno));
}

/* The last bytes are written here, so this can fail too. */
static bool close_all(transfer *t) {
  skt_close(&t->socket);
  if (t->input != NULL) {
    fclose(t->input);
  }
  return t->copy == NULL || fclose(t->copy) == 0 ||
         complain("write", t->copy_name, strerror(errno));
}

int main(int argc, char **argv) {
  static transfer t; /* static: too large for the stack of some systems */
  if (argc < 2 || argc > 4 || (argc == 4 && strcmp(argv[2], argv[3]) == 0)) {
    fprintf(stderr, "usage: echo_client ADDRESS [FILE [COPY]]\n");
    return 2;
  }
  t.address = argv[1];
  t.input_name = argc > 2 ? argv[2] : "-";
  t.copy_name = argc > 3 ? argv[3] : NULL;
  bool unchanged = open_files(&t) && open_connection(&t) && exchange(&t);
  if (!close_all(&t) || !unchanged) {
    return EXIT_FAILURE;
  }
  report(&t, stdout, "unchanged in");
  return EXIT_SUCCESS;
}
