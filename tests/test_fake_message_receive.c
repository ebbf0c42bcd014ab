/* SPDX-License-Identifier: MIT */
/* skt_receive over faults, and the reader and writer of control data. */
#include "address.h"
#include "control.h"
#include "fake_sys.h"
#include "internal.h"
#include "skt_test.h"

#include <limits.h>
#include <string.h>

#define PLAY(...) fake_script((const fake_step[]){__VA_ARGS__, {0}})
#define CHECK_PLAYED() CHECK_STR(outcome(), "as expected")

static const char *outcome(void) {
  return fake_trouble() == NULL ? "as expected" : fake_trouble();
}

static skt receiver(int kind) {
  skt s;
  skt__fill(&s, (skt__os_handle)42, kind);
  return s;
}

enum {
  FREE = SKT_IPV4 | SKT_DATAGRAM | SKT_BOUND,
  CONNECTED = SKT_IPV4 | SKT_DATAGRAM | SKT_CONNECTED,
  ROOM = 4 * 65536
};

static char buffer[ROOM];
static skt_message got[200];

static void one_byte(skt_message *m, skt__control *control, size_t i) {
  (void)control;
  *(char *)m->data = (char)i;
  m->n = m->size = 1;
}

static bool many_a_call(void) { return skt__system.messages_a_call > 1; }

/* The most of one call. */
static int most_a_call(void) {
  int most = skt__system.messages_a_call;
  return most < SKT__PLACES_MAX ? most : SKT__PLACES_MAX;
}

#define NEED_MANY()                                                            \
  do {                                                                         \
    if (!many_a_call()) {                                                      \
      SKIP("this system takes one message a call");                            \
    }                                                                          \
  } while (0)

TEST(receive_faults, full_calls_are_followed_by_one_that_does_not_wait) {
  NEED_MANY();
  skt s = receiver(FREE);
  int most = most_a_call();
  fake_receive = one_byte;
  PLAY({"receive_messages", most}, {"receive_messages", most},
       {"receive_messages", 5});
  CHECK_EQ(skt_receive(&s, buffer, 200, got, 200), 2 * most + 5);
  CHECK_PLAYED();
  CHECK(fake_now);
  CHECK_EQ(fake_count, 200 - 2 * most < most ? 200 - 2 * most : most);
  for (int i = 0; i < 2 * most + 5; ++i) {
    CHECK_EQ(*(char *)got[i].data, i % most);
    CHECK(got[i].data == buffer + i);
  }
  PLAY({"receive_messages", most - 1});
  CHECK_EQ(skt_receive(&s, buffer, 100, got, 100), most - 1);
  CHECK(!fake_now); /* no more there */
  CHECK_PLAYED();
  PLAY({"receive_messages", most}, {"receive_messages", 8});
  CHECK_EQ(skt_receive(&s, buffer, 100, got, (size_t)most + 8), most + 8);
  CHECK_EQ(fake_count, 8);
  CHECK_PLAYED();
}

/* One message a call, and no call that does not wait: skt asks whether there is
 * another. */
TEST(receive_faults, one_a_call_goes_on_while_more_is_there) {
  skt s = receiver(FREE);
  if (many_a_call()) {
    SKIP("this system takes many messages a call");
  }
  fake_receive = one_byte;
  PLAY({"receive_messages", 1}, {"wait", SKT_READ}, {"receive_messages", 1},
       {"wait", 0});
  CHECK_EQ(skt_receive(&s, buffer, 100, got, 100), 2);
  CHECK_PLAYED();
  s = receiver(FREE | SKT_NONBLOCK);
  PLAY({"receive_messages", 1}, {"receive_messages", 1},
       {"receive_messages", SKT_EAGAIN});
  CHECK_EQ(skt_receive(&s, buffer, 100, got, 100), 2);
  CHECK_PLAYED();
}

TEST(receive_faults, error_behind_messages_loses_none_of_them) {
  static const int codes[] = {SKT_EAGAIN, SKT_ECONNRESET, SKT_EHOSTDOWN,
                              SKT__EINTR, SKT_ENOBUFS};
  for (int i = 0; i < 5; ++i) {
    skt s = receiver(FREE | SKT_NONBLOCK);
    fake_receive = one_byte;
    PLAY({"receive_messages", most_a_call()}, {"receive_messages", codes[i]});
    CHECK_EQ(skt_receive(&s, buffer, 100, got, 100), most_a_call());
    CHECK_PLAYED();
  }
}

/* Windows reports the fate of earlier messages where it was not switched off:
 * WSAECONNRESET, and WSAENETRESET when one had too many hops. */
TEST(receive_faults, stray_errors_are_skipped_without_a_peer) {
  skt s = receiver(FREE);
  fake_receive = one_byte;
  PLAY({"receive_messages", SKT_ECONNRESET},
       {"receive_messages", SKT_EHOSTDOWN}, {"receive_messages", SKT__EINTR},
       {"receive_messages", SKT_ECONNREFUSED}, {"receive_messages", 1});
  s.kind |= SKT_NONBLOCK;
  CHECK_EQ(skt_receive(&s, buffer, 100, got, many_a_call() ? 100 : 1), 1);
  CHECK_PLAYED();
}

/* One message has a shorter way where the system reports its length. */
TEST(receive_faults, one_message_has_the_same_codes) {
  static const int ends[] = {SKT_EAGAIN, SKT_ENOBUFS, SKT_EIO};
  const char *call = skt__system.reports_size ? "receive" : "receive_messages";
  fake_receive = one_byte;
  for (int i = 0; i < 4; ++i) {
    skt s = receiver(FREE | SKT_NONBLOCK);
    PLAY({call, SKT_ECONNRESET}, {call, SKT_EHOSTDOWN}, {call, SKT__EINTR},
         {call, SKT_ECONNREFUSED}, {call, i == 3 ? 1 : ends[i]});
    CHECK_EQ(skt_receive(&s, buffer, 100, got, 1), i == 3 ? 1 : ends[i]);
    CHECK_PLAYED();
  }
  CHECK_EQ(got[0].n, 1);
  CHECK_EQ(got[0].has, SKT_HAS_SIZE);
  CHECK_EQ(got[0].use, 0);
  CHECK_EQ(got[0].hops, -1);
  CHECK(got[0].data == buffer);
}

TEST(receive_faults, error_of_the_peer_is_reported_and_loses_nothing) {
  static const int errors[][2] = {{SKT_ECONNREFUSED, SKT_ECONNREFUSED},
                                  {SKT_ECONNRESET, SKT_ECONNREFUSED},
                                  {SKT_EHOSTDOWN, SKT_EHOSTUNREACH},
                                  {SKT_EMSGSIZE, SKT_EMSGSIZE}};
  for (int i = 0; i < 4; ++i) {
    skt s = receiver(CONNECTED);
    fake_receive = one_byte;
    PLAY({"receive_messages", errors[i][0]}, {"receive_messages", 1});
    CHECK_EQ(skt_receive(&s, buffer, 100, got, 100), errors[i][1]);
    CHECK_EQ(skt_receive(&s, buffer, 100, got, 100), 1); /* and no more */
    CHECK_PLAYED();
    CHECK_EQ(got[0].peer.length, 0);
  }
}

/* A full call of a connected socket is the only one: the next would take an
 * error from the system and lose it. */
TEST(receive_faults, connected_socket_makes_one_call) {
  skt s = receiver(CONNECTED);
  fake_receive = one_byte;
  int most = most_a_call();
  PLAY({"receive_messages", most});
  CHECK_EQ(skt_receive(&s, buffer, 100, got, 100), most);
  CHECK_PLAYED();
  skt u = receiver(SKT_UNIX | SKT_DATAGRAM | SKT_CONNECTED | SKT_NONBLOCK);
  PLAY({"receive_messages", most}, {"receive_messages", SKT_EAGAIN});
  CHECK_EQ(skt_receive(&u, buffer, 100, got, 100), most);
  CHECK_PLAYED();
}

TEST(receive_faults, waiting_ends_by_the_limit_a_cancel_or_at_once) {
  skt s = receiver(FREE | SKT_NONBLOCK);
  PLAY({"receive_messages", SKT_EAGAIN});
  CHECK_EQ(skt_receive(&s, buffer, 100, got, 10), SKT_EAGAIN);
  CHECK_PLAYED();
  s = receiver(FREE);
  fake_cancelled = &s;
  PLAY({"receive_messages", SKT__EINTR}, {"is_cancelled", 0});
  CHECK_EQ(skt_receive(&s, buffer, 100, got, 10), SKT_ECANCELED);
  CHECK_PLAYED();
}

static int letters;

static void some_letters(skt_message *m, skt__control *control, size_t i) {
  one_byte(m, control, i);
  m->n = m->size = (int)i < letters;
}

/* What Linux returns of a cancelled socket: empty messages without end. */
TEST(receive_faults, ends_that_a_cancel_makes_are_no_messages) {
  NEED_MANY();
  for (letters = 0; letters < 3; ++letters) {
    for (int nonblocking = 0; nonblocking < 2; ++nonblocking) {
      skt s = receiver(nonblocking == 0 ? FREE : CONNECTED | SKT_NONBLOCK);
      fake_cancelled = &s;
      fake_receive = some_letters;
      PLAY({"receive_messages", 5}, {"is_cancelled", 0});
      CHECK_EQ(skt_receive(&s, buffer, 100, got, 5),
               letters > 0 ? letters : SKT_ECANCELED);
      CHECK_PLAYED();
    }
  }
}

/* Control data for the next message. */
static skt__control ready;

static void add_item(int level, int type, const void *data, size_t n) {
  skt__control_head head;
  memset(&head, 0, sizeof head);
  head.cmsg_level = level;
  head.cmsg_type = type;
  head.cmsg_len = SKT__CONTROL_LENGTH(n);
  char *at = ready.data.bytes + ready.n;
  memcpy(at, &head, sizeof head);
  memcpy(at + SKT__CONTROL_LENGTH(0), data, n);
  ready.n += SKT__CONTROL_SPACE(n);
}

static void add_int(int level, int type, int value) {
  add_item(level, type, &value, sizeof value);
}

static size_t train_bytes;

static void one_train(skt_message *m, skt__control *control, size_t i) {
  (void)i;
  m->n = m->size = train_bytes;
  *control = ready;
}

static skt train_socket(void) {
  skt s = receiver(FREE);
  SKT__STORE(&s.reading, SKT__TRAINS);
  ready = (skt__control){.n = 0};
  fake_receive = one_train;
  train_bytes = 250;
  return s;
}

TEST(train_receive, with_a_segment_is_taken_apart_and_without_is_one) {
  skt s = train_socket();
  PLAY({"receive_messages", 1});
  CHECK_EQ(skt_receive(&s, buffer, 65536, got, 10), 1);
  CHECK_EQ(got[0].n, 250); /* as Windows delivers it with some drivers */
  CHECK_EQ(got[0].segment, 0);
  CHECK_PLAYED();
  add_int(4, 2, 100);
  PLAY({"receive_messages", 1});
  CHECK_EQ(skt_receive(&s, buffer, 65536, got, 10), 3);
  CHECK_EQ(got[2].n, 50);
  CHECK_PLAYED();
  train_bytes = 200;
  PLAY({"receive_messages", 1});
  CHECK_EQ(skt_receive(&s, buffer, 65536, got, 10), 2);
  CHECK_EQ(got[1].n, 100);
  CHECK_EQ(got[1].segment, 0);
  CHECK_PLAYED();
}

TEST(train_receive, of_a_segment_that_makes_no_sense_is_one_message) {
  static const int segments[] = {0, -1, INT_MIN, 250, 251, INT_MAX};
  for (int i = 0; i < 6; ++i) {
    skt s = train_socket();
    add_int(4, 2, segments[i]);
    PLAY({"receive_messages", 1});
    CHECK_EQ(skt_receive(&s, buffer, 65536, got, 10), 1);
    CHECK_EQ(got[0].n, 250);
    CHECK_EQ(got[0].segment, 0);
    CHECK_PLAYED();
  }
}

/* The length of a datagram may be missing: it is not known where they end. */
TEST(train_receive, whose_control_data_is_cut_says_that_it_is_cut) {
  skt s = train_socket();
  ready.cut = true;
  PLAY({"receive_messages", 1});
  CHECK_EQ(skt_receive(&s, buffer, 65536, got, 10), 1);
  CHECK(got[0].cut);
  CHECK_PLAYED();
}

static void cut_train(skt_message *m, skt__control *control, size_t i) {
  one_train(m, control, i);
  m->cut = true;
}

/* The bytes that are missing were the last datagram's. */
TEST(train_receive, that_is_cut_has_lost_its_end) {
  skt s = train_socket();
  add_int(4, 2, 100);
  fake_receive = cut_train;
  for (int room = 1; room <= 3; ++room) {
    skt_message one;
    PLAY({"receive_messages", 1});
    CHECK_EQ(skt_receive(&s, buffer, 65536, got, (size_t)room), room);
    CHECK_PLAYED();
    for (int i = 0, n = 0; i < room; ++i) {
      for (; skt_next(&got[i], &one); ++n) {
        CHECK_EQ(one.cut, n == 2);
      }
    }
  }
}

TEST(train_receive, goes_on_while_a_whole_one_fits) {
  skt s = train_socket();
  SKT__STORE(&s.calls, 0);
  s.kind |= SKT_NONBLOCK;
  add_int(4, 2, 100);
  PLAY({"receive_messages", 1}, {"receive_messages", 1});
  CHECK_EQ(skt_receive(&s, buffer, 65536 + 250, got, 100), 6);
  CHECK(got[3].data == buffer + 250);
  CHECK_EQ(fake_count, 1);
  CHECK_PLAYED();
  PLAY({"receive_messages", 1});
  CHECK_EQ(skt_receive(&s, buffer, 65536 + 249, got, 100), 3);
  CHECK_PLAYED();
  PLAY({"receive_messages", 1}, {"receive_messages", SKT_EAGAIN});
  CHECK_EQ(skt_receive(&s, buffer, sizeof buffer, got, 100), 3);
  CHECK_PLAYED();
  PLAY({"receive_messages", 1}, {"receive_messages", 1});
  CHECK_EQ(skt_receive(&s, buffer, sizeof buffer, got, 5), 5);
  CHECK_EQ(got[4].segment, 100);
  CHECK_EQ(got[4].n, 150);
  CHECK_PLAYED();
}

/*
 * The reader
 */

static skt_message blank(void) {
  skt_message m;
  memset(&m, 0, sizeof m);
  m.hops = m.traffic_class = -1;
  return m;
}

/* What is read from `ready`. */
static size_t read_ready(skt_message *m) {
  *m = blank();
  return skt__control_read(ready.data.bytes, ready.n, m);
}

static void start_control(void) { memset(&ready, 0, sizeof ready); }

static const int four = 4;

TEST(control_data, items_are_read_in_any_order_and_unknown_ones_skipped) {
  skt_message m;
  const uint8_t one = 0xb9;
  const uint16_t two = 1200;
  const int64_t time[2] = {1700000000, 999999999};
  start_control();
  add_item(9, 9, "unknown", 7);
  add_item(1, 3, &one, sizeof one);
  add_item(3, 1, time, sizeof time);
  add_int(1, 9, 5); /* an unknown type of a known level */
  add_int(2, 2, 64);
  add_item(4, 2, &two, sizeof two);
  CHECK_EQ(read_ready(&m), 1200);
  CHECK_EQ(m.has, SKT_HAS_CLASS | SKT_HAS_TIME | SKT_HAS_HOPS);
  CHECK_EQ(m.traffic_class, 0xb9);
  CHECK_EQ(m.hops, 64);
  CHECK_EQ(m.time_ns, 1700000000999999999);
  CHECK_EQ(m.use, 0);
}

TEST(control_data, times_of_every_form_are_read_or_absent) {
  static const struct {
    int type;
    int64_t seconds, parts, ns;
  } times[] = {{1, 5, 7, 5000000007},
               {2, 5, 7, 5000007000},
               {1, 0, 0, 0},
               {1, 5, 999999999, 5999999999},
               {1, 5, 1000000000, -1},
               {2, 5, 999999, 5999999000},
               {2, 5, 1000000, -1},
               {1, -1, 0, -1},
               {1, 5, -1, -1},
               {1, INT64_MAX / 1000000000 - 1, 999999999,
                (INT64_MAX / 1000000000 - 1) * 1000000000 + 999999999},
               {1, INT64_MAX / 1000000000, 0, -1},
               {2, INT64_MAX, INT64_MAX, -1},
               {1, INT64_MIN, INT64_MIN, -1}};
  for (size_t i = 0; i < sizeof times / sizeof *times; ++i) {
    skt_message m;
    const int64_t wide[2] = {times[i].seconds, times[i].parts};
    const int32_t narrow[2] = {(int32_t)wide[0], (int32_t)wide[1]};
    int64_t ns = times[i].ns;
    start_control();
    add_item(3, times[i].type, wide, sizeof wide);
    read_ready(&m);
    CHECK_EQ(m.has, ns < 0 ? 0 : SKT_HAS_TIME);
    CHECK(m.time_ns == (ns < 0 ? 0 : ns));
    if (wide[0] == narrow[0] && wide[1] == narrow[1]) {
      start_control();
      add_item(3, times[i].type, narrow, sizeof narrow);
      read_ready(&m);
      CHECK_EQ(m.has, ns < 0 ? 0 : SKT_HAS_TIME);
      CHECK(m.time_ns == (ns < 0 ? 0 : ns));
    }
  }
}

TEST(control_data, numbers_out_of_range_or_of_odd_sizes_are_absent) {
  static const struct {
    size_t size;
    int64_t value;
    int want;
  } numbers[] = {{4, 0, 0},        {4, 255, 255}, {4, 256, -1},  {4, -1, -1},
                 {4, INT_MIN, -1}, {1, 255, 255}, {2, 255, 255}, {2, 256, -1},
                 {0, 0, -1},       {3, 5, -1},    {5, 5, -1},    {8, 5, -1}};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; ++i) {
    skt_message m;
    char data[8] = {0};
    int16_t two = (int16_t)numbers[i].value;
    int32_t number = (int32_t)numbers[i].value;
    memcpy(data, &number, sizeof number);
    if (numbers[i].size <= 2) {
      memcpy(data, &two, sizeof two);
    }
    if (numbers[i].size == 1) {
      data[0] = (char)numbers[i].value;
    }
    for (int type = 2; type <= 3; ++type) {
      start_control();
      add_item(1, type, data, numbers[i].size);
      read_ready(&m);
      CHECK_EQ(type == 2 ? m.hops : m.traffic_class, numbers[i].want);
      CHECK_EQ(m.has, numbers[i].want < 0 ? 0
                      : type == 2         ? SKT_HAS_HOPS
                                          : SKT_HAS_CLASS);
    }
  }
}

/* An address item of the fake system's IPv4: the index, the source, the
 * address. */
static void add_ipv4(uint32_t index, const char *source, const char *address) {
  char data[12];
  skt_addr a;
  memcpy(data, &index, 4);
  skt_addr_parse(&a, source);
  skt_addr_bytes(&a, data + 4);
  skt_addr_parse(&a, address);
  skt_addr_bytes(&a, data + 8);
  add_item(1, 1, data, sizeof data);
}

static bool is_local(const skt_message *m, const char *text) {
  skt_addr a;
  return skt_addr_parse(&a, text) == 0 && skt_addr_compare(&m->local, &a) == 0;
}

TEST(control_data, ipv4_address_is_a_source_unless_many_have_it) {
  static const struct {
    const char *source, *address;
    bool usable;
  } cases[] = {{"127.0.0.2:0", "127.0.0.2:0", true},
               {"10.9.0.1:0", "10.9.0.255:0", false},
               {"10.9.0.1:0", "224.0.0.1:0", false},
               {"224.0.0.1:0", "224.0.0.1:0", false},
               {"239.255.255.255:0", "239.255.255.255:0", false},
               {"240.0.0.1:0", "240.0.0.1:0", true},
               {"255.255.255.255:0", "255.255.255.255:0", false}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    skt_message m;
    start_control();
    add_ipv4(7, cases[i].source, cases[i].address);
    read_ready(&m);
    CHECK_EQ(m.has, SKT_HAS_LOCAL | SKT_HAS_DEVICE);
    CHECK_EQ(m.device, 7);
    CHECK(is_local(&m, cases[i].address));
    CHECK_EQ(m.use, cases[i].usable ? SKT_HAS_LOCAL : 0);
  }
}

static void add_ipv6(const char *address, uint32_t index) {
  char data[20];
  skt_addr a;
  skt__ip ip = {.domain = SKT_IPV6};
  if (skt_addr_parse(&a, address) == 0 && skt_addr_domain(&a) == SKT_IPV4) {
    ip.domain = SKT_IPV4;
    skt_addr_bytes(&a, ip.bytes);
    skt__ip_map(&ip);
  } else {
    skt_addr_bytes(&a, ip.bytes);
  }
  memcpy(data, ip.bytes, 16);
  memcpy(data + 16, &index, 4);
  add_item(2, 1, data, sizeof data);
}

TEST(control_data, ipv6_address_has_its_scope_and_ipv4_is_plain) {
  static const struct {
    const char *address;
    int64_t scope;
    bool usable;
  } cases[] = {{"[2001:db8::1]:0", 0, true},    {"[fe80::1]:0", 7, true},
               {"[ff02::1]:0", 7, false},       {"[ff0e::1]:0", 0, false},
               {"127.0.0.2:0", -1, true},       {"224.0.0.1:0", -1, false},
               {"255.255.255.255:0", -1, false}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    skt_message m;
    skt_addr want;
    start_control();
    add_ipv6(cases[i].address, 7);
    read_ready(&m);
    CHECK_EQ(m.has, SKT_HAS_LOCAL | SKT_HAS_DEVICE);
    CHECK_EQ(m.device, 7);
    CHECK_EQ(skt_addr_parse(&want, cases[i].address), 0);
    if (skt_addr_class(&want) == SKT_ADDR_MULTICAST && cases[i].scope == 7) {
      CHECK((m.use & SKT_HAS_LOCAL) == 0);
      continue;
    }
    CHECK(cases[i].scope <= 0 ||
          skt_addr_set_scope(&want, (uint32_t)cases[i].scope) == 0);
    CHECK_EQ(skt_addr_compare(&m.local, &want), 0);
    CHECK_EQ(m.use, cases[i].usable ? SKT_HAS_LOCAL : 0);
  }
}

/* Every length of an address item that is too short, and every cut of the data
 * behind the first item. */
TEST(control_data, cut_anywhere_is_absent_and_never_read_beyond) {
  skt_message m;
  start_control();
  add_int(1, 2, 64);
  add_ipv4(7, "127.0.0.2:0", "127.0.0.2:0");
  const skt__control whole = ready;
  const size_t first = SKT__CONTROL_SPACE(4), all = whole.n;
  const size_t end = first + SKT__CONTROL_LENGTH(12);
  for (size_t n = 0; n <= all; ++n) {
    char exact[sizeof whole.data.bytes];
    memset(exact, 0x41, sizeof exact);
    memcpy(exact, whole.data.bytes, n);
    m = blank();
    CHECK_EQ(skt__control_read(exact, n, &m), 0);
    int has = (n >= SKT__CONTROL_LENGTH(4) ? SKT_HAS_HOPS : 0) |
              (n >= end ? SKT_HAS_LOCAL | SKT_HAS_DEVICE : 0);
    CHECK_EQ(m.has, has);
  }
  for (size_t n = 0; n < 12 + 20; ++n) {
    static const char address[20] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
                                     1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    start_control();
    add_item(n < 12 ? 1 : 2, 1, address, n < 12 ? n : n - 12);
    add_int(1, 2, 9);
    read_ready(&m);
    CHECK_EQ(m.has, SKT_HAS_HOPS);
    CHECK_EQ(m.use, 0);
    CHECK_EQ(m.device, 0);
  }
  start_control();
  add_int(4, 2, -1);
  CHECK_EQ(read_ready(&m), 0);
}

/* A head that lies ends the data. */
TEST(control_data, lying_length_ends_it) {
  static const size_t lengths[] = {0,
                                   1,
                                   sizeof(skt__control_head) - 1,
                                   1000,
                                   (size_t)1 << 31,
                                   (size_t)UINT32_MAX - 3};
  for (size_t i = 0; i < sizeof lengths / sizeof *lengths; ++i) {
    skt_message m;
    skt__control_head head;
    start_control();
    add_int(1, 2, 64);
    size_t second = ready.n;
    add_int(1, 3, four);
    add_int(1, 3, four);
    memcpy(&head, ready.data.bytes + second, sizeof head);
    memset(&head.cmsg_len, 0, sizeof head.cmsg_len);
    memcpy(&head.cmsg_len, &lengths[i],
           sizeof head.cmsg_len < sizeof lengths[i] ? sizeof head.cmsg_len
                                                    : sizeof lengths[i]);
    memcpy(ready.data.bytes + second, &head, sizeof head);
    read_ready(&m);
    CHECK_EQ(m.has, SKT_HAS_HOPS);
    CHECK_EQ(m.hops, 64);
    CHECK_EQ(m.traffic_class, -1);
  }
}

/* What is written is read back, and fits the room whatever is chosen. */
TEST(control_data, choices_are_written_as_they_are_read) {
  union {
    size_t align;
    char bytes[SKT__CHOICE_ROOM];
  } out;
  for (int ipv6 = 0; ipv6 < 2; ++ipv6) {
    for (int use = 0; use < 0x40; ++use) {
      if ((use & (SKT_HAS_TIME | SKT_HAS_SIZE)) != 0) {
        continue;
      }
      skt_message m = blank(), back = blank();
      m.use = use;
      m.hops = 255;
      m.traffic_class = 0xfd;
      m.device = 7;
      const char *local = ipv6 == 1 ? "[2001:db8::1]:0" : "10.0.0.1:0";
      CHECK_EQ(skt_addr_parse(&m.local, local), 0);
      memset(&out, 0x41, sizeof out);
      ptrdiff_t n = skt__control_write(
          out.bytes, &m, ipv6 == 1 ? SKT_IPV6 : SKT_IPV4, false, 1200);
      CHECK(n > 0 && n <= SKT__CHOICE_ROOM);
      CHECK_EQ(skt__control_read(out.bytes, (size_t)n, &back), 1200);
      CHECK_EQ(back.hops, (use & SKT_HAS_HOPS) != 0 ? 255 : -1);
      CHECK_EQ(back.traffic_class, (use & SKT_HAS_CLASS) != 0 ? 0xfd : -1);
      bool source = (use & (SKT_HAS_LOCAL | SKT_HAS_DEVICE)) != 0;
      CHECK_EQ((back.has & SKT_HAS_LOCAL) != 0, source);
      CHECK_EQ(back.device, (use & SKT_HAS_DEVICE) != 0 ? 7 : 0);
      CHECK(!source || ipv6 == 1 || is_local(&back, "0.0.0.0:0"));
    }
  }
}

static ptrdiff_t write_choices(const skt_message *m, int domain, bool mapped) {
  static union {
    size_t align;
    char bytes[SKT__CHOICE_ROOM];
  } out;
  return skt__control_write(out.bytes, m, domain, mapped, 0);
}

TEST(control_data, choices_that_make_no_sense_are_einval) {
  skt_message m = blank();
  m.use = SKT_HAS_HOPS;
  for (int i = 0; i < 4; ++i) {
    m.hops = (int[]){0, -1, 256, INT_MAX}[i];
    CHECK_EQ(write_choices(&m, SKT_IPV4, false), SKT_EINVAL);
    CHECK_EQ(write_choices(&m, SKT_UNIX, false), SKT_EINVAL);
  }
  m.hops = 1;
  CHECK(write_choices(&m, SKT_IPV6, false) > 0);
  CHECK_EQ(write_choices(&m, SKT_UNIX, false), SKT_EOPNOTSUPP);
  m.use = SKT_HAS_CLASS;
  for (int i = 0; i < 4; ++i) {
    m.traffic_class = (int[]){-1, 256, 300, INT_MIN}[i];
    CHECK_EQ(write_choices(&m, SKT_IPV4, false), SKT_EINVAL);
  }
  m.traffic_class = 0;
  CHECK(write_choices(&m, SKT_IPV4, false) > 0);
  m.use = SKT_HAS_DEVICE;
  CHECK_EQ(write_choices(&m, SKT_IPV4, false), SKT_EINVAL);
  m.device = 7;
  CHECK(write_choices(&m, SKT_IPV4, false) > 0);
  CHECK_EQ(write_choices(&m, SKT_UNIX, false), SKT_EOPNOTSUPP);
  m.use = SKT_HAS_LOCAL;
  CHECK_EQ(skt_addr_parse(&m.local, "[::1]:0"), 0);
  CHECK_EQ(write_choices(&m, SKT_IPV4, false), SKT_EINVAL);
  CHECK_EQ(write_choices(&m, SKT_IPV6, true), SKT_EINVAL);
  CHECK(write_choices(&m, SKT_IPV6, false) > 0);
  CHECK_EQ(skt_addr_parse(&m.local, "127.0.0.1:0"), 0);
  CHECK_EQ(write_choices(&m, SKT_IPV6, false), SKT_EINVAL);
  CHECK(write_choices(&m, SKT_IPV6, true) > 0);
  CHECK(write_choices(&m, SKT_IPV4, false) > 0);
}

/* The first that makes no sense decides, whatever comes behind it. */
TEST(control_data, choice_that_makes_sense_excuses_no_other) {
  skt_message m = blank();
  m.hops = 0;
  m.traffic_class = 5;
  m.use = SKT_HAS_HOPS | SKT_HAS_CLASS;
  CHECK_EQ(write_choices(&m, SKT_IPV4, false), SKT_EINVAL);
  m.hops = 5;
  m.use = SKT_HAS_LOCAL | SKT_HAS_HOPS;
  CHECK_EQ(write_choices(&m, SKT_IPV4, false), SKT_EINVAL);
  m.use = SKT_HAS_DEVICE | SKT_HAS_CLASS;
  CHECK_EQ(write_choices(&m, SKT_IPV4, false), SKT_EINVAL);
}

/* A link-local source goes by its own interface unless another is chosen. */
TEST(control_data, link_local_source_has_its_interface) {
  union {
    size_t align;
    char bytes[SKT__CHOICE_ROOM];
  } out;
  for (int chosen = 0; chosen < 2; ++chosen) {
    skt_message m = blank(), back = blank();
    CHECK_EQ(skt_addr_parse(&m.local, "[fe80::1]:0"), 0);
    CHECK_EQ(skt_addr_set_scope(&m.local, 3), 0);
    m.use = SKT_HAS_LOCAL | (chosen == 1 ? SKT_HAS_DEVICE : 0);
    m.device = 7;
    ptrdiff_t n = skt__control_write(out.bytes, &m, SKT_IPV6, false, 0);
    CHECK(n > 0);
    CHECK_EQ(skt__control_read(out.bytes, (size_t)n, &back), 0);
    CHECK_EQ(back.device, chosen == 1 ? 7 : 3);
  }
}
