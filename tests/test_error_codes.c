/* SPDX-License-Identifier: MIT */
/* The table of this system's numbers, row by row in both directions; linked
 * with the table itself, for the library shows only its results. */
#include "skt_test.h"
#include "sys.h"
#include "sys_names.h"

#include <stdio.h>
#include <string.h>

enum {
  OTHER = 0,
  START = SKT__IN_START,
  SOCKET_ = SKT__IN_SOCKET,
  BIND = SKT__IN_BIND,
  LISTEN = SKT__IN_LISTEN,
  ACCEPT = SKT__IN_ACCEPT,
  CONNECT = SKT__IN_CONNECT,
  READ = SKT__IN_READ,
  WRITE = SKT__IN_WRITE,
  SHUTDOWN = SKT__IN_SHUTDOWN,
  CLOSE = SKT__IN_CLOSE,
  WAIT = SKT__IN_WAIT,
  LOCAL = SKT__IN_LOCAL,
  PEER = SKT__IN_PEER,
  OPTION = SKT__IN_OPTION,
  WATCH = SKT__IN_WATCH,
  SET_BLOCKING = 0x10000, /* two functions that are SKT__IN_MODE */
  ADOPT = 0x20000,
  RESOLVE = 0x40000, /* the resolver has a table of its own */
  REVERSE = 0x80000,
  NAMES = RESOLVE | REVERSE,
  TEXT = 0x100000, /* these two meet no event of their own */
  INTERFACES = 0x200000,
  SEND = 0x400000, /* writing and reading without a connection */
  RECEIVE = 0x800000,
  ANY = 0x3ffff & ~SKT__IN_MODE,
  RESOURCES = SOCKET_ | BIND | LISTEN | ACCEPT | CONNECT | READ | WRITE |
              SHUTDOWN | WAIT | LOCAL | PEER | ADOPT
};
#define SOCKET SOCKET_ /* the name of a type on Windows */

static const struct event {
  bool seen;
  int calls;
  const char *name;
  int on_linux, on_winsock, code;
} events[] = {
#define SEEN(calls, name, on_linux, on_winsock, code)                          \
  {true, calls, name, on_linux, on_winsock, code},
#define HIDDEN(calls, name, on_linux, on_winsock, code)                        \
  {false, calls, name, on_linux, on_winsock, code},
#include "native_codes.h"
#undef HIDDEN
#undef SEEN
};
enum { EVENTS = sizeof events / sizeof *events };

typedef enum numbering { LINUX, WINSOCK, UNKNOWN } numbering;

/* Whose numbers the table has: "connection refused" tells. */
static numbering numbering_here(void) {
  return skt__code(0, 111) == SKT_ECONNREFUSED     ? LINUX
         : skt__code(0, 10061) == SKT_ECONNREFUSED ? WINSOCK
                                                   : UNKNOWN;
}

static int number_of(const struct event *e) {
  return numbering_here() == LINUX ? e->on_linux : e->on_winsock;
}

#define SKIP_UNKNOWN()                                                         \
  if (numbering_here() == UNKNOWN) {                                           \
    SKIP("this system has other numbers than Linux and Winsock");              \
  }

static int code_from(int call, int native) {
  if (call >= RESOLVE) {
    return skt__name_code(native);
  }
  return skt__code(call > 0xffff ? SKT__IN_MODE : call, native);
}

/* CHECK_EQ would not say which event. */
static bool gives(const struct event *e, int call) {
  int got = code_from(call, number_of(e));
  return got == e->code ||
         test_check_str(__FILE__, __LINE__, e->name, skt_errname(got),
                        skt_errname(e->code));
}

TEST(codes, same_event_gives_the_same_code) {
  SKIP_UNKNOWN();
  for (int i = 0; i < EVENTS; ++i) {
    if (number_of(&events[i]) == 0) {
      continue;
    }
    CHECK(events[i].calls != OTHER || gives(&events[i], 0));
    for (int call = 1; call <= REVERSE; call <<= 1) {
      CHECK((events[i].calls & call) == 0 || gives(&events[i], call));
    }
  }
}

/* The calls for which some event stands for this row. */
static int calls_with(const skt__code_row *row) {
  int calls = 0;
  for (int i = 0; i < EVENTS; ++i) {
    if (number_of(&events[i]) == row->native && events[i].code == row->code) {
      calls |= row->calls == 0 ? ANY : events[i].calls;
    }
  }
  return calls;
}

TEST(codes, every_row_of_the_table_is_an_event) {
  SKIP_UNKNOWN();
  for (const skt__code_row *row = skt__sys_codes; row->code != 0; ++row) {
    if (calls_with(row) == 0 || (row->calls & ~calls_with(row)) != 0) {
      CHECK_EQ(row->native, -1); /* says which, and that it is not listed */
    }
  }
}

static bool is_event_of_resolve(const skt__code_row *row) {
  int i = 0;
  while (i < EVENTS && !((events[i].calls & RESOLVE) != 0 &&
                         number_of(&events[i]) == row->native &&
                         events[i].code == row->code)) {
    ++i;
  }
  return i < EVENTS;
}

TEST(codes, every_row_of_the_resolver_is_an_event) {
  SKIP_UNKNOWN();
  for (const skt__code_row *row = skt__sys_name_codes; row->code != 0; ++row) {
    if (!is_event_of_resolve(row)) {
      CHECK_EQ(row->native, 0); /* says which */
    }
  }
}

TEST(codes, number_of_the_resolver_that_nobody_has_mapped_is_enamefail) {
  static const int odd[] = {-1, -7, -8, -12, 9999, 10109, 12345};
  for (size_t i = 0; i < sizeof odd / sizeof *odd; ++i) {
    CHECK_EQ(skt__name_code(odd[i]), SKT_ENAMEFAIL);
  }
}

/* A later row that an earlier one covers would never be reached. */
TEST(codes, every_row_of_the_table_is_reached) {
  const skt__code_row *first = skt__sys_codes;
  for (const skt__code_row *row = first; row->code != 0; ++row) {
    for (const skt__code_row *above = first; above < row; ++above) {
      bool covers = above->calls == 0 ||
                    (row->calls != 0 && (row->calls & ~above->calls) == 0);
      if (above->native == row->native && covers && above->code != row->code) {
        CHECK_EQ(row->native, -1);
      }
    }
  }
}

TEST(codes, number_that_nobody_has_mapped_is_eunknown) {
  static const int odd[] = {-1, 3, 29, 9999, 11001, 12345};
  for (size_t i = 0; i < sizeof odd / sizeof *odd; ++i) {
    for (int call = 1; call <= ADOPT; call <<= 1) {
      CHECK_EQ(code_from(call, odd[i]), SKT_EUNKNOWN);
    }
  }
}

TEST(codes, no_number_gives_anything_but_a_code_of_skt) {
  for (int native = 1; native < 20000; ++native) {
    for (int call = 1; call <= REVERSE; call <<= 1) {
      int code = code_from(call, native);
      CHECK(code == SKT__EINTR || skt_errname(code)[5] != '?');
    }
  }
}

/*
 * The fields Errors of skt.h
 */

/* Codes that no SEEN event gives, but the shared sources do. */
static const struct found_by_skt {
  int calls, code;
} found_by_skt[] = {
    {SOCKET | READ | WRITE | WAIT | ADOPT, SKT_EINVAL}, /* arguments */
    {ADOPT, SKT_EAFNOSUPPORT},       /* the domain and the type of a socket */
    {ADOPT, SKT_EPROTONOSUPPORT},    /* that skt has no name for */
    {BIND, SKT_EOPNOTSUPP},          /* flags that this system lacks */
    {SHUTDOWN | WAIT, SKT_ENOTCONN}, /* the state */
    {WRITE, SKT_EPIPE},
    {ACCEPT | CONNECT | READ | WRITE | NAMES, SKT_ETIMEDOUT}, /* the limit */
    {READ | WRITE, SKT_EADDRNOTAVAIL}, /* of a connect that failed */
    {READ | WRITE, SKT_EADDRINUSE},
    {READ, SKT_EACCES},
    {READ, SKT_ENOENT},
    {READ, SKT_EPROTONOSUPPORT},
    {NAMES, SKT_EINVAL},
    {NAMES, SKT_EUSERS},
    {NAMES, SKT_EMFILE}, /* of the thread, the waker, an errno */
    {NAMES, SKT_ENFILE},
    {NAMES, SKT_ENOBUFS},
    {RESOLVE, SKT_ENAMETOOLONG}, /* and what skt_addr_parse returns */
    {RESOLVE, SKT_EOPNOTSUPP},
    {RESOLVE, SKT_ENODEV},
    {RESOLVE, SKT_EACCES},
    {RESOLVE, SKT_EAFNOSUPPORT},
    {REVERSE | TEXT, SKT_ENOSPC},
    {TEXT, SKT_EINVAL},
    {TEXT, SKT_ENAMETOOLONG},
    {TEXT, SKT_EOPNOTSUPP},
    {INTERFACES, SKT_EAGAIN},
    {SEND | RECEIVE, SKT_EINVAL}, /* arguments, messages, the kind, the state */
    {SEND | RECEIVE, SKT_EOPNOTSUPP},
    {SEND | RECEIVE, SKT_ETIMEDOUT},
    {SEND, SKT_EISCONN},
    {SEND, SKT_EADDRNOTAVAIL}, /* what the message chooses */
    {SEND, SKT_ENODEV},
    {RECEIVE, SKT_EADDRINUSE}, /* of a socket that is bound first */
};

/* Codes of reading and writing that no message gets: an internet socket without
 * a connection has no peer that no longer answers, and receives without one. */
static bool is_of_connections(int call, int code) {
  return (call & (SEND | RECEIVE)) != 0 &&
         (code == SKT_EHOSTDOWN || (call == RECEIVE && code == SKT_ENOTCONN));
}

static int events_of(int call) {
  return call == SEND ? WRITE : call == RECEIVE ? READ : call;
}

static const struct function {
  int call;
  const char *declared;
} functions[] = {
    {SOCKET, "int skt_socket("},
    {BIND, "int skt_bind("},
    {LISTEN, "int skt_listen("},
    {ACCEPT, "int skt_accept("},
    {CONNECT, "int skt_connect("},
    {READ, "ptrdiff_t skt_read("},
    {WRITE, "ptrdiff_t skt_write("},
    {SHUTDOWN, "int skt_shutdown("},
    {CLOSE, "int skt_close("},
    {WAIT, "int skt_wait("},
    {LOCAL, "int skt_local("},
    {PEER, "int skt_peer("},
    {SET_BLOCKING, "int skt_set_blocking("},
    {ADOPT, "int skt_adopt("},
    {RESOLVE, "int skt_resolve("},
    {REVERSE, "int skt_reverse("},
    {TEXT, "int skt_text_split("},
    {TEXT, "int skt_text_join("},
    {SEND, "int skt_send("},
    {RECEIVE, "int skt_receive("},
};

/* Calls that make others: they return what these return, but for `never`. */
static const struct composed {
  struct function is;
  int never[5];
} composed[] = {
    {{CONNECT, "int skt_connect_within("}, {SKT_EINPROGRESS}}, /* it waits */
    {{CONNECT, "int skt_connect_finish("}, {SKT_EISCONN, SKT_EALREADY}},
    {{RESOLVE | SOCKET | CONNECT, "int skt_dial("}, /* its socket is new */
     {SKT_EADDRINUSE, SKT_EISCONN, SKT_EALREADY, SKT_EINPROGRESS}},
    {{RESOLVE | SOCKET | BIND | LISTEN, "int skt_listen_at("},
     {SKT_EUSERS, SKT_ETIMEDOUT}}, /* its look-up has no limit, and no thread */
    {{SOCKET | INTERFACES, "int skt_interfaces("}, {SKT_EINVAL}},
};

/* The text of skt.h; false where this program runs without its sources. */
static bool read_header(char *text, size_t size) {
  FILE *f = fopen(SKT_TEST_HEADER, "r");
  if (f == NULL) {
    return false;
  }
  text[fread(text, 1, size - 1, f)] = '\0';
  return fclose(f) == 0;
}

static const char *last_before(const char *text, const char *end,
                               const char *what) {
  const char *last = NULL;
  for (const char *p = text; p != NULL && p < end; p = strstr(p + 1, what)) {
    last = p;
  }
  return last;
}

/* The field Errors above a function, which ends where the next one begins. */
static const char *errors_field(const char *header, const char *declared,
                                size_t *length) {
  char line[60];
  snprintf(line, sizeof line, "\nSKT_API %s", declared);
  const char *end = strstr(header, line);
  if (end == NULL) {
    return NULL;
  }
  const char *comment = last_before(header, end, "\n/**");
  const char *field = strstr(comment, "\n * Errors ");
  if (field == NULL || field > end) {
    return NULL;
  }
  field += strlen("\n * Errors ");
  const char *p = field;
  while (p < end && (strncmp(p, "\n * ", 4) != 0 || p[4] < 'A' || p[4] > 'Z')) {
    ++p;
  }
  *length = (size_t)(p - field);
  return field;
}

/* Whether a text has this name, and not as a part of a longer one. */
static bool has_name(const char *text, size_t length, const char *name) {
  size_t n = strlen(name);
  for (const char *p = strstr(text, name);
       p != NULL && (size_t)(p - text) < length; p = strstr(p + n, name)) {
    if (p[n] < 'A' || p[n] > 'Z') {
      return true;
    }
  }
  return false;
}

/* The six that skt.h promises for every function, once. */
static bool is_for_all(int code) {
  return code == SKT_EFAULT || code == SKT_EBADF || code == SKT_ENOTSOCK ||
         code == SKT_ECANCELED || code == SKT_ENETDOWN || code == SKT_EUNKNOWN;
}

static bool comes_about(int call, int code) {
  for (size_t i = 0; i < sizeof found_by_skt / sizeof *found_by_skt; ++i) {
    if (found_by_skt[i].code == code && (found_by_skt[i].calls & call) != 0) {
      return true;
    }
  }
  for (int i = 0; i < EVENTS; ++i) {
    if (events[i].seen && events[i].code == code &&
        (events[i].calls & events_of(call)) != 0) {
      return !is_of_connections(call, code);
    }
  }
  return false;
}

static bool is_never(const int *never, int code) {
  while (*never != 0 && *never != code) {
    ++never;
  }
  return *never != 0;
}

static bool field_is_closed(const struct function *f, const int *never,
                            const char *field, size_t length) {
  static const int codes[] = {
#define CODE(name, value, text) name,
      SKT_ERRORS(CODE)
#undef CODE
  };
  bool closed = true;
  for (size_t i = 0; i < sizeof codes / sizeof *codes; ++i) {
    const char *name = skt_errname(codes[i]);
    bool promised = has_name(field, length, name);
    bool comes = comes_about(f->call, codes[i]) && !is_never(never, codes[i]);
    if (!is_for_all(codes[i]) && promised != comes) {
      char what[100];
      snprintf(what, sizeof what, "Errors of %s...) %s %s", f->declared,
               promised ? "name, but nothing gives," : "lack", name);
      closed = test_check(__FILE__, __LINE__, what, false);
    }
  }
  return closed;
}

static bool promise_is_kept(const char *header, const struct function *f,
                            const int *never) {
  size_t length = 0;
  const char *field = errors_field(header, f->declared, &length);
  return test_check(__FILE__, __LINE__, f->declared, field != NULL) &&
         field_is_closed(f, never, field, length);
}

TEST(codes, errors_fields_promise_what_comes_about_and_nothing_else) {
  static char header[1 << 18];
  static const int none[] = {0};
  if (!read_header(header, sizeof header)) {
    SKIP("skt.h is not where it was when this program was compiled");
  }
  bool closed = true;
  for (size_t i = 0; i < sizeof functions / sizeof *functions; ++i) {
    closed = promise_is_kept(header, &functions[i], none) && closed;
  }
  for (size_t i = 0; i < sizeof composed / sizeof *composed; ++i) {
    closed =
        promise_is_kept(header, &composed[i].is, composed[i].never) && closed;
  }
  CHECK(closed);
}
