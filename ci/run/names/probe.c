/* SPDX-License-Identifier: MIT */
/* What ci/run/names.sh runs against its name servers. The first line of the
 * output is the outcome, the second has milliseconds. */
#include <skt.h>

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifndef _WIN32
#include <dlfcn.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#endif

enum { ROOM = 100 };
static skt_addr found[ROOM];

static double now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void pause_ms(int ms) { skt_poll(NULL, 0, ms, NULL); }

/* Entries of a folder of /proc; -1 where there is none. */
static int count(const char *folder) {
  DIR *d = opendir(folder);
  int n = -1;
  if (d != NULL) {
    for (n = 0; readdir(d) != NULL; ++n) {
    }
    closedir(d);
    n -= 2; /* . and .. */
  }
  return n;
}
static void *do_nothing(void *unused) { return unused; }

/* Besides those of a sanitizer. */
static int base_threads = 1;
static int threads(void) { return count("/proc/self/task") - base_threads + 1; }
static int descriptors(void) { return count("/proc/self/fd") - 1; }

static void print_found(int n) {
  char text[SKT_ADDR_TEXT_MAX];
  if (n < 0) {
    printf("%s", skt_errname(n));
  }
  for (int i = 0; i < n; ++i) {
    skt_addr_format(&found[i], text, sizeof text);
    printf("%s%s", i > 0 ? " " : "", text);
  }
  printf("\n");
}

/* resolve TEXT DOMAIN TIMEOUT CAPACITY */
static void resolve(char **a) {
  double start = now_ms();
  int n = skt_resolve(a[0], atoi(a[1]), found, (size_t)atoi(a[3]), atoi(a[2]),
                      NULL);
  double took = now_ms() - start;
  print_found(n);
  printf("%.0f\n", took);
}

/* reverse ADDRESS TIMEOUT */
static void reverse(char **a) {
  skt_addr address;
  char name[SKT_NAME_MAX];
  double start = now_ms();
  skt_addr_parse(&address, a[0]);
  int n = skt_reverse(&address, name, sizeof name, atoi(a[1]), NULL);
  printf("%s\n%.0f\n", n < 0 ? skt_errname(n) : name, now_ms() - start);
}

static skt_waker waker;
static int wake_after;
static void *wake_later(void *unused) {
  pause_ms(wake_after);
  skt_wake(&waker);
  return unused;
}

/* wake TEXT MS: another thread ends the call then */
static void wake(char **a) {
  pthread_t thread;
  wake_after = atoi(a[1]);
  skt_waker_create(&waker);
  pthread_create(&thread, NULL, wake_later, NULL);
  double start = now_ms();
  int n = skt_resolve(a[0], 0, found, ROOM, -1, &waker);
  double took = now_ms() - start;
  print_found(n);
  printf("%.0f\n", took);
  pthread_join(thread, NULL);
  skt_waker_destroy(&waker);
}

/* give_up TEXT N: N calls of 1 ms; then wait until their threads have ended,
 * and count what is left. */
static void give_up(char **a) {
  int timed_out = 0, refused = 0, others = 0;
  double longest = 0;
  skt_resolve(a[0], 0, found, ROOM, 1, NULL); /* opens what stays open */
  for (double end = now_ms() + 20000; threads() > 1 && now_ms() < end;) {
    pause_ms(20);
  }
  int before = descriptors();
  for (int i = 0; i < atoi(a[1]); ++i) {
    double start = now_ms();
    int n = skt_resolve(a[0], 0, found, ROOM, 1, NULL);
    double took = now_ms() - start;
    longest = took > longest ? took : longest;
    timed_out += n == SKT_ETIMEDOUT;
    refused += n == SKT_EUSERS;
    others += n != SKT_ETIMEDOUT && n != SKT_EUSERS;
  }
  int most = threads() - 1;
  double start = now_ms();
  while (threads() > 1 && now_ms() - start < 30000) {
    pause_ms(20);
  }
  printf(
      "%d timed out, %d refused, %d others; then %d threads; after all %d "
      "threads and %d descriptors more\n",
      timed_out, refused, others, most, threads() - 1, descriptors() - before);
  printf("%.0f\n", longest);
  fprintf(stderr, "their threads had ended after %.0f ms\n", now_ms() - start);
}

/* leave TEXT: give one up, and return from main */
static void leave(char **a) {
  double start = now_ms();
  int n = skt_resolve(a[0], 0, found, ROOM, 1, NULL);
  print_found(n);
  printf("%.0f\n", now_ms() - start);
  fflush(stdout);
}

#ifndef _WIN32
/* plugin LIBRARY TEXT: unload the library while its thread is in it */
static void plugin(char **a) {
  void *library = dlopen(a[0], RTLD_NOW | RTLD_LOCAL);
  int (*call)(const char *, int, skt_addr *, size_t, int, skt_waker *);
  if (library == NULL) {
    printf("%s\n0\n", dlerror());
    return;
  }
  void *symbol = dlsym(library, "skt_resolve");
  memcpy(&call, &symbol, sizeof call);
  double start = now_ms();
  int n = call(a[1], 0, found, ROOM, 1, NULL);
  double took = now_ms() - start;
  int were = threads() - 1;
  dlclose(library);
  while (threads() > 1 && now_ms() - start < 30000) {
    pause_ms(20);
  }
  printf("%s, %d thread, then %d\n%.0f\n", skt_errname(n), were, threads() - 1,
         took);
}

/* fork TEXT: so many given up that one more is refused; but not in a child */
static void in_child(char **a) {
  int n = 0, status = 0;
  for (int i = 0; i < 500 && n != SKT_EUSERS; ++i) {
    n = skt_resolve(a[0], 0, found, ROOM, 1, NULL);
  }
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    double start = now_ms();
    int rc = skt_resolve(a[0], 0, found, ROOM, 100, NULL);
    printf("parent %s, child %s\n%.0f\n", skt_errname(n), skt_errname(rc),
           now_ms() - start);
    fflush(stdout);
    _exit(0);
  }
  waitpid(child, &status, 0);
}

static pthread_t first;
static volatile sig_atomic_t elsewhere, handled;
static void on_alarm(int number) {
  (void)number;
  ++handled;
  elsewhere += !pthread_equal(pthread_self(), first);
}

/* signals TEXT: which thread runs the program's handler, while the first one
 * has it blocked for a while? */
static void signals(char **a) {
  sigset_t alarm_only;
  first = pthread_self();
  signal(SIGUSR1, on_alarm);
  double start = now_ms();
  int n = skt_resolve(a[0], 0, found, ROOM, 1, NULL);
  sigemptyset(&alarm_only);
  sigaddset(&alarm_only, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &alarm_only, NULL);
  for (int i = 0; i < 20; ++i) {
    kill(getpid(), SIGUSR1);
    pause_ms(5);
  }
  int meanwhile = handled;
  pthread_sigmask(SIG_UNBLOCK, &alarm_only, NULL);
  printf("%s, %d handled meanwhile, %d then, %d elsewhere\n", skt_errname(n),
         meanwhile, (int)handled, (int)elsewhere);
  printf("%.0f\n", now_ms() - start);
}

static unsigned random_state = 1;
static unsigned next_byte(void) {
  random_state = random_state * 1664525u + 1013904223u;
  return random_state >> 24;
}

/* numbers N: addresses that the C library reads from the same text */
static void numbers(char **a) {
  int differ = 0, n = atoi(a[0]);
  double start = now_ms();
  for (int i = 0; i < n; ++i) {
    char host[64], text[80];
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
                             .ai_socktype = SOCK_STREAM};
    struct addrinfo *list = NULL;
    skt_addr theirs;
    unsigned port = next_byte() * 256 + next_byte();
    char digits[6];
    if (i % 2 == 0) {
      snprintf(host, sizeof host, "%u.%u.%u.%u", next_byte(), next_byte(),
               next_byte(), next_byte());
    } else {
      char *p = host;
      for (int group = 0; group < 8; ++group) {
        unsigned value =
            next_byte() % 4 == 0 ? 0 : next_byte() * 256 + next_byte();
        p += sprintf(p, group > 0 ? ":%x" : "%x", value);
      }
    }
    snprintf(digits, sizeof digits, "%u", port);
    skt_text_join(text, sizeof text, host, (int)port);
    bool same =
        getaddrinfo(host, digits, &hints, &list) == 0 &&
        skt_addr_from_native(&theirs, list->ai_addr, list->ai_addrlen) == 0 &&
        skt_resolve(text, 0, found, 1, 0, NULL) == 1 &&
        memcmp(&theirs, &found[0], sizeof theirs) == 0;
    if (list != NULL) {
      freeaddrinfo(list);
    }
    differ += !same;
  }
  printf("%d of %d differ\n%.0f\n", differ, n, now_ms() - start);
}
#endif

int main(int argc, char **argv) {
  static const struct {
    const char *name;
    int arguments;
    void (*run)(char **);
  } commands[] = {
      {"resolve", 4, resolve}, {"reverse", 2, reverse}, {"wake", 2, wake},
      {"give_up", 2, give_up}, {"leave", 1, leave},
#ifndef _WIN32
      {"plugin", 2, plugin},   {"fork", 1, in_child},   {"signals", 1, signals},
      {"numbers", 1, numbers},
#endif
  };
  pthread_t thread; /* with the first one a sanitizer starts one of its own */
  pthread_create(&thread, NULL, do_nothing, NULL);
  pthread_join(thread, NULL);
  base_threads = threads();
  for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof *commands; ++i) {
    if (strcmp(argv[1], commands[i].name) == 0 &&
        argc == commands[i].arguments + 2) {
      commands[i].run(argv + 2);
      return 0;
    }
  }
  return 2;
}
