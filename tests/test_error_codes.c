/* SPDX-License-Identifier: MIT */
/* The table of this system's numbers, row by row in both directions; linked
 * with the table itself, for the library shows only its results. */
#include "skt_test.h"
#include "sys.h"

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
  SET_BLOCKING = 0x4000, /* these two have no row of their own */
  ADOPT = 0x8000,
  ANY = 0xffff,
  RESOURCES = SOCKET_ | BIND | LISTEN | ACCEPT | CONNECT | READ | WRITE |
              SHUTDOWN | WAIT | LOCAL | PEER | ADOPT
};
#define SOCKET SOCKET_ /* the name of a type on Windows */

static const struct event {
  int calls;
  const char *name;
  int on_linux, on_winsock, code;
} events[] = {
#define SEEN(calls, name, on_linux, on_winsock, code)                          \
  {calls, name, on_linux, on_winsock, code},
#define HIDDEN SEEN
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

/* CHECK_EQ would not say which event. */
static bool gives(const struct event *e, int call) {
  int got = skt__code(call, number_of(e));
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
    for (int call = 1; call <= ADOPT; call <<= 1) {
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
  static const int odd[] = {-1, 3, 77, 133, 9999, 11001, 12345};
  for (size_t i = 0; i < sizeof odd / sizeof *odd; ++i) {
    for (int call = 1; call <= ADOPT; call <<= 1) {
      CHECK_EQ(skt__code(call, odd[i]), SKT_EUNKNOWN);
    }
  }
}

TEST(codes, no_number_gives_anything_but_a_code_of_skt) {
  for (int native = 1; native < 20000; ++native) {
    for (int call = 1; call <= ADOPT; call <<= 1) {
      int code = skt__code(call, native);
      CHECK(code == SKT__EINTR || skt_errname(code)[5] != '?');
    }
  }
}
