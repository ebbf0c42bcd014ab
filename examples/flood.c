/* SPDX-License-Identifier: MIT */
/*
 * Measure datagrams between two hosts, in the manner of iperf: how many arrive,
 * how fast, in which order, how evenly.
 *
 *   flood -s :PORT [-1] [-n COUNT] [-t SECONDS] [--no-trains] [--json]
 *   flood HOST:PORT [-b RATE] [-l BYTES] [-n COUNT] [-t SECONDS] [--no-trains]
 *         [--echo] [--json]
 *
 *   -s           serve: count what clients send, and send echoes back
 *   -1           end after one client
 *   -b RATE      bits a second, 10M if absent; 0 is as fast as it goes
 *   -l BYTES     length of a datagram, 24 to 65507; 1200 if absent
 *   -n COUNT     datagrams a call, up to 1024; 1 is single calls. 32 if absent,
 *                1 with --echo
 *   -t SECONDS   how long; 10 seconds if absent, but a server has no end
 *   --echo       measure round trips: each batch waits for its echo
 *   --no-trains  make no trains, or receive none; --trains is the default
 *   --json       one JSON object for each run on standard output, and all else
 *                on standard error
 *
 * Ctrl-C ends a run as -t does, with the results. It says nothing of processor
 * time, which C measures differently on different systems.
 *
 * Exit code: 0 done, 1 something failed, 2 wrong arguments.
 */
#include "flood.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static volatile sig_atomic_t stopped;

static void stop(int signal_number) {
  (void)signal_number;
  stopped = 1;
}

bool interrupted(void) { return stopped != 0; }

int complain(const char *what, const char *where, ptrdiff_t code) {
  fprintf(stderr, "flood: cannot %s %s: %s\n", what, where,
          skt_strerror((int)code));
  return EXIT_FAILURE;
}

static double megabits(uint64_t bytes, double seconds) {
  return seconds > 0 ? (double)bytes * 8 / seconds / 1e6 : 0;
}

void print_second(const flood *f, double seconds, uint64_t n, uint64_t bytes,
                  double took) {
  fprintf(f->json ? stderr : stdout, "%4.0f s %9llu datagrams %10.1f Mbit/s\n",
          seconds, (unsigned long long)n, megabits(bytes, took));
  fflush(stdout);
}

static void print_json(const result *r, uint64_t lost) {
  printf(
      "\"received\": %llu, \"bytes_received\": %llu, \"lost\": %llu, "
      "\"reordered\": %llu, \"duplicates\": %llu, \"jitter_ms\": %.6f, "
      "\"seconds_received\": %.6f, \"bits_per_second_received\": %.0f, "
      "\"calls_received\": %llu",
      (unsigned long long)r->received, (unsigned long long)r->bytes,
      (unsigned long long)lost, (unsigned long long)r->reordered,
      (unsigned long long)r->duplicates, r->jitter * 1e3, r->seconds,
      megabits(r->bytes, r->seconds) * 1e6, (unsigned long long)r->calls);
}

void print_result(const flood *f, const result *r, uint64_t sent) {
  uint64_t lost = sent > r->received ? sent - r->received : 0;
  if (f->json) {
    print_json(r, lost);
    return;
  }
  printf(
      "received %llu of %llu datagrams, %.1f Mbit/s, in %llu calls\n"
      "lost %llu (%.3f %%), reordered %llu, duplicates %llu, "
      "jitter %.3f ms\n",
      (unsigned long long)r->received, (unsigned long long)sent,
      megabits(r->bytes, r->seconds), (unsigned long long)r->calls,
      (unsigned long long)lost,
      sent > 0 ? (double)lost * 100 / (double)sent : 0,
      (unsigned long long)r->reordered, (unsigned long long)r->duplicates,
      r->jitter * 1e3);
}

int main(int argc, char **argv) {
  flood f;
  (void)argc;
  if (!read_flood(&f, argv)) {
    fprintf(stderr,
            "usage: flood -s :PORT [-1] [-n COUNT] [-t SECONDS] [--no-trains] "
            "[--json]\n       flood HOST:PORT [-b RATE] [-l BYTES] [-n COUNT] "
            "[-t SECONDS] [--no-trains] [--echo] [--json]\n");
    return 2;
  }
  signal(SIGINT, stop);
  signal(SIGTERM, stop);
  int code = f.serves ? run_server(&f) : run_client(&f);
  return fflush(stdout) != 0 ? EXIT_FAILURE : code;
}
