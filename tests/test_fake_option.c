/* SPDX-License-Identifier: MIT */
/* Options over the fake backend: what the system's numbers become, and codes
 * that no system here gives on demand. */
#include <limits.h>

#include "fake_sys.h"
#include "skt_test.h"

#define PLAY(...) fake_script((const fake_step[]){__VA_ARGS__, {0}})
#define CHECK_PLAYED() CHECK_STR(outcome(), "as expected")

static const char *outcome(void) {
  return fake_trouble() == NULL ? "as expected" : fake_trouble();
}

static skt socket_of(int domain, int state) {
  skt s;
  skt__fill(&s, (skt__os_handle)42, domain | SKT_STREAM | state);
  return s;
}

/* What is read where the system has this number; or the code. */
static int read_as(skt *s, int option, int native) {
  int value = 0;
  fake_option = native;
  PLAY({"get_option", 0});
  int rc = skt_get_option(s, option, &value);
  return rc < 0 ? rc : fake_trouble() != NULL ? INT_MIN : value;
}

/* The number that the system gets; or the code. */
static int set_as(skt *s, int option, int value) {
  PLAY({"set_option", 0});
  int rc = skt_set_option(s, option, value);
  return rc < 0 ? rc : fake_trouble() != NULL ? INT_MIN : fake_option;
}

TEST(option_form, doubled_buffer_is_halved) {
  skt s = fake_connected();
  CHECK_EQ(set_as(&s, SKT_OPT_SEND_BUFFER, 65536), 65536);
  CHECK_EQ(read_as(&s, SKT_OPT_SEND_BUFFER, 131072),
           skt__system.doubles_buffers ? 65536 : 131072);
  CHECK_EQ(set_as(&s, SKT_OPT_RECEIVE_BUFFER, 65536), 65536);
  CHECK_EQ(read_as(&s, SKT_OPT_RECEIVE_BUFFER, 65536), 65536);
}

TEST(option_form, seconds_are_rounded_up) {
  static const int pairs[][2] = {{0, 0},
                                 {1, 1},
                                 {1000, 1},
                                 {1001, 2},
                                 {1999, 2},
                                 {7000, 7},
                                 {2147483000, 2147483},
                                 {INT_MAX, 2147484}};
  skt s = fake_connected();
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; ++i) {
    CHECK_EQ(set_as(&s, SKT_OPT_USER_TIMEOUT, pairs[i][0]), pairs[i][1]);
  }
  CHECK_EQ(read_as(&s, SKT_OPT_USER_TIMEOUT, 0), 0);
  CHECK_EQ(read_as(&s, SKT_OPT_USER_TIMEOUT, 7), 7000);
  CHECK_EQ(read_as(&s, SKT_OPT_USER_TIMEOUT, -1), 0);
  CHECK_EQ(read_as(&s, SKT_OPT_USER_TIMEOUT, 2147483), 2147483000);
  CHECK_EQ(read_as(&s, SKT_OPT_USER_TIMEOUT, 2147484), INT_MAX);
}

/* 22 in network order is 0x16000000 to a little-endian system. */
TEST(option_form, interface_is_set_in_network_order_and_read_in_any) {
  static const int indexes[] = {0, 1, 22, 255, 256, 300, 65535};
  skt v4 = fake_connected(), v6 = socket_of(SKT_IPV6, SKT__FRESH);
  for (size_t i = 0; i < sizeof indexes / sizeof *indexes; ++i) {
    int index = indexes[i];
    int network = (int)htonl((uint32_t)index);
    CHECK_EQ(set_as(&v4, SKT_OPT_DEVICE, index), network);
    CHECK_EQ(read_as(&v4, SKT_OPT_DEVICE, network), index);
    CHECK_EQ(read_as(&v4, SKT_OPT_DEVICE, index), index);
    CHECK_EQ(set_as(&v6, SKT_OPT_DEVICE, index), index);
    CHECK_EQ(read_as(&v6, SKT_OPT_DEVICE, index), index);
  }
}

/* macOS and the BSDs tell the bit that the option is in their flags. */
TEST(option_form, any_nonzero_boolean_is_1) {
  skt s = fake_connected();
  CHECK_EQ(read_as(&s, SKT_OPT_KEEPALIVE, 8), 1);
  CHECK_EQ(read_as(&s, SKT_OPT_NODELAY, 4), 1);
  CHECK_EQ(read_as(&s, SKT_OPT_NODELAY, 0), 0);
  CHECK_EQ(read_as(&s, SKT_OPT_HOPS, 8), 8);
}

TEST(option_form, ecn_bits_of_a_stream_are_left_alone) {
  skt s = fake_connected();
  CHECK_EQ(set_as(&s, SKT_OPT_TRAFFIC_CLASS, 255), 252);
  CHECK_EQ(read_as(&s, SKT_OPT_TRAFFIC_CLASS, 0xb8 | 2), 0xb8);
}

TEST(option_form, buffer_over_the_systems_limit_becomes_smaller) {
  skt s = fake_connected();
  PLAY({"set_option", SKT_ENOBUFS}, {"set_option", SKT_ENOBUFS},
       {"set_option", 0});
  CHECK_EQ(skt_set_option(&s, SKT_OPT_RECEIVE_BUFFER, 4000), 0);
  CHECK_EQ(fake_option, 1000);
  CHECK_PLAYED();
  PLAY({"set_option", SKT_ENOBUFS}, {"set_option", SKT_ENOBUFS});
  CHECK_EQ(skt_set_option(&s, SKT_OPT_SEND_BUFFER, 2), SKT_ENOBUFS);
  CHECK_PLAYED();
  PLAY({"set_option", SKT_ENOBUFS});
  CHECK_EQ(skt_set_option(&s, SKT_OPT_HOPS, 200), SKT_ENOBUFS);
  CHECK_PLAYED();
}

TEST(option_form, one_code_for_not_known_here) {
  static const int codes[][2] = {{SKT_ENOPROTOOPT, SKT_EOPNOTSUPP},
                                 {SKT_EOPNOTSUPP, SKT_EOPNOTSUPP},
                                 {SKT_EACCES, SKT_EACCES},
                                 {SKT_ENODEV, SKT_ENODEV},
                                 {SKT_ENOMEM, SKT_ENOMEM}};
  skt s = socket_of(SKT_IPV4, SKT__FRESH);
  int value;
  for (size_t i = 0; i < sizeof codes / sizeof *codes; ++i) {
    PLAY({"set_option", codes[i][0]}, {"get_option", codes[i][0]});
    CHECK_EQ(skt_set_option(&s, SKT_OPT_NODELAY, 1), codes[i][1]);
    CHECK_EQ(skt_get_option(&s, SKT_OPT_NODELAY, &value), codes[i][1]);
    CHECK_PLAYED();
  }
}

TEST(option_form, dead_connection_is_set_silently_and_told_when_read) {
  static const int gone[] = {SKT_ENOTCONN, SKT_ECONNRESET, SKT_ECONNABORTED};
  static const int states[] = {SKT_CONNECTED, SKT_FAILED};
  int value = 9;
  for (size_t i = 0; i < 2; ++i) {
    skt s = socket_of(SKT_IPV4, states[i]);
    for (size_t k = 0; k < sizeof gone / sizeof *gone; ++k) {
      PLAY({"set_option", gone[k]}, {"get_option", gone[k]});
      CHECK_EQ(skt_set_option(&s, SKT_OPT_NODELAY, 1), 0);
      CHECK_EQ(skt_get_option(&s, SKT_OPT_NODELAY, &value), SKT_ENOTCONN);
      CHECK_EQ(value, 0);
      CHECK_PLAYED();
    }
  }
}

/* macOS has EINVAL for it. Of a living connection, or none, it is EINVAL. */
TEST(option_form, einval_means_dead_only_without_a_peer) {
  skt s = fake_connected(), fresh = socket_of(SKT_IPV4, SKT__FRESH);
  PLAY({"set_option", SKT_EINVAL}, {"peer", SKT_ENOTCONN},
       {"set_option", SKT_EINVAL}, {"peer", 0}, {"set_option", SKT_EINVAL});
  CHECK_EQ(skt_set_option(&s, SKT_OPT_NODELAY, 1), 0);
  CHECK_EQ(skt_set_option(&s, SKT_OPT_NODELAY, 1), SKT_EINVAL);
  CHECK_EQ(skt_set_option(&fresh, SKT_OPT_NODELAY, 1), SKT_EINVAL);
  CHECK_PLAYED();
}

TEST(option_form, what_is_refused_never_reaches_the_system) {
  skt none = {0}, v4 = fake_connected();
  skt connecting = socket_of(SKT_IPV4, SKT_CONNECTING);
  int value;
  PLAY({"wait", 0}, {"wait", 0}, {"close", 0});
  CHECK_EQ(skt_set_option(&none, SKT_OPT_NODELAY, 1), SKT_EBADF);
  CHECK_EQ(skt_set_option(&v4, SKT_OPT_NODELAY, 2), SKT_EINVAL);
  CHECK_EQ(skt_set_option(&v4, SKT_OPT_V6ONLY, 1), SKT_EINVAL);
  CHECK_EQ(skt_set_option(&v4, SKT_OPT_BROADCAST, 1), SKT_EINVAL);
  CHECK_EQ(skt_get_option(&v4, SKT_OPT_V6ONLY, &value), SKT_EINVAL);
  CHECK_EQ(skt_set_option(&v4, SKT_OPT_MARK, 1), SKT_EOPNOTSUPP);
  CHECK_EQ(skt_get_option(&v4, SKT_OPT_MARK, &value), SKT_EOPNOTSUPP);
  CHECK_EQ(skt_set_option(&connecting, SKT_OPT_NODELAY, 1), SKT_EALREADY);
  CHECK_EQ(skt_get_option(&connecting, SKT_OPT_NODELAY, &value), SKT_EALREADY);
  /* Being of another kind wins over being unknown here. */
  CHECK_EQ(skt_set_option(&v4, SKT_OPT_MARK, -1), SKT_EINVAL);
  CHECK_STR(fake_trouble(), "close");
}

/* Systems refuse some of it too; here only skt can. */
TEST(option_form, ranges_are_kept_without_the_system) {
  static const int ranges[][3] = {{SKT_OPT_KEEPALIVE, 0, 1},
                                  {SKT_OPT_NODELAY, 0, 1},
                                  {SKT_OPT_SEND_BUFFER, 1, INT_MAX / 2},
                                  {SKT_OPT_RECEIVE_BUFFER, 1, INT_MAX / 2},
                                  {SKT_OPT_HOPS, 1, 255},
                                  {SKT_OPT_TRAFFIC_CLASS, 0, 255},
                                  {SKT_OPT_DEVICE, 0, 0xffffff}};
  skt s = fake_connected();
  for (size_t i = 0; i < sizeof ranges / sizeof *ranges; ++i) {
    int option = ranges[i][0], low = ranges[i][1], high = ranges[i][2];
    PLAY({"set_option", 0}, {"set_option", 0});
    CHECK_EQ(skt_set_option(&s, option, low - 1), SKT_EINVAL);
    CHECK_EQ(skt_set_option(&s, option, high + 1), SKT_EINVAL);
    CHECK_EQ(skt_set_option(&s, option, low), 0);
    CHECK_EQ(skt_set_option(&s, option, high), 0);
    CHECK_PLAYED();
  }
}

TEST(option_form, v6only_needs_no_call) {
  skt s = socket_of(SKT_IPV6, SKT__FRESH);
  int value;
  PLAY({"close", 0});
  CHECK_EQ(skt_set_option(&s, SKT_OPT_V6ONLY, 0), 0);
  CHECK_EQ(skt_get_option(&s, SKT_OPT_V6ONLY, &value), 0);
  CHECK_EQ(value, 0);
  CHECK_EQ(skt_set_option(&s, SKT_OPT_V6ONLY, 1), 0);
  CHECK_EQ(skt_get_option(&s, SKT_OPT_V6ONLY, &value), 0);
  CHECK_EQ(value, 1);
  CHECK_STR(fake_trouble(), "close");
}

TEST(option_form, setting_and_reading_are_one_call_each) {
  skt s = fake_connected();
  int value;
  PLAY({"set_option", 0}, {"get_option", 0});
  CHECK_EQ(skt_set_option(&s, SKT_OPT_NODELAY, 1), 0);
  CHECK_EQ(skt_get_option(&s, SKT_OPT_NODELAY, &value), 0);
  CHECK_PLAYED();
}

TEST(option_form, number_of_a_switch_is_on_or_off) {
  skt s = socket_of(SKT_IPV4, SKT_LISTENING);
  CHECK_EQ(set_as(&s, SKT_OPT_FAST_OPEN, 0), 0);
  CHECK_EQ(set_as(&s, SKT_OPT_FAST_OPEN, 1), 1);
  CHECK_EQ(set_as(&s, SKT_OPT_FAST_OPEN, 32767), 1);
  CHECK_EQ(read_as(&s, SKT_OPT_FAST_OPEN, 0), 0);
  CHECK_EQ(read_as(&s, SKT_OPT_FAST_OPEN, 0x40), 1);
}

/* What one system ignores in a state and another refuses. */
TEST(option_form, states_that_an_option_suits_are_kept_without_the_system) {
  static const struct {
    int option;
    bool fresh, bound, listening, connected;
  } suits[] = {
      {SKT_OPT_FAST_OPEN, false, false, true, false},
      {SKT_OPT_FAST_OPEN_CONNECT, true, true, false, false},
      {SKT_OPT_BIND_NO_PORT, true, false, false, false},
  };
  for (size_t i = 0; i < sizeof suits / sizeof *suits; ++i) {
    skt fresh = socket_of(SKT_IPV4, SKT__FRESH);
    skt bound = socket_of(SKT_IPV4, SKT_BOUND);
    skt listening = socket_of(SKT_IPV4, SKT_LISTENING);
    skt connected = socket_of(SKT_IPV4, SKT_CONNECTED);
    int option = suits[i].option;
    CHECK_EQ(set_as(&fresh, option, 1), suits[i].fresh ? 1 : SKT_EINVAL);
    CHECK_EQ(set_as(&bound, option, 1), suits[i].bound ? 1 : SKT_EINVAL);
    CHECK_EQ(set_as(&listening, option, 1),
             suits[i].listening ? 1 : SKT_EINVAL);
    CHECK_EQ(set_as(&connected, option, 1),
             suits[i].connected ? 1 : SKT_EINVAL);
    CHECK_EQ(read_as(&connected, option, 1), 1);
  }
}

TEST(option_form, sharing_needs_no_call_and_goes_to_bind) {
  static const int shares[] = {0, SKT_EXCLUSIVE, SKT_SHARE_LOAD};
  skt_addr at;
  int value;
  CHECK_EQ(skt_addr_parse(&at, "127.0.0.1:80"), 0);
  for (int i = 0; i < 9; ++i) {
    int share = shares[i / 3], flag = shares[i % 3];
    int in_force = flag != 0 ? flag : share;
    skt s = socket_of(SKT_IPV4, SKT__FRESH);
    PLAY({"bind", SKT_EADDRINUSE}, {"bind", 0});
    CHECK_EQ(skt_set_option(&s, SKT_OPT_SHARE, SKT_EXCLUSIVE), 0);
    CHECK_EQ(skt_set_option(&s, SKT_OPT_SHARE, share), 0);
    CHECK_EQ(skt_bind(&s, &at, flag), SKT_EADDRINUSE);
    CHECK_EQ(skt_get_option(&s, SKT_OPT_SHARE, &value), 0);
    CHECK_EQ(value, share); /* a bind that fails leaves it alone */
    CHECK_EQ(skt_bind(&s, &at, flag), 0);
    CHECK_EQ(fake_flags & SKT__SHARING, in_force);
    CHECK_EQ(skt_get_option(&s, SKT_OPT_SHARE, &value), 0);
    CHECK_EQ(value, in_force);
    CHECK_EQ(skt_set_option(&s, SKT_OPT_SHARE, 0), SKT_EINVAL);
    CHECK_PLAYED();
  }
}

TEST(option_form, text_is_one_call) {
  skt s = fake_connected();
  char text[SKT_OPTION_TEXT_MAX] = "x";
  PLAY({"set_option_text", 0}, {"get_option_text", 0});
  CHECK_EQ(skt_set_option_text(&s, SKT_OPT_CONGESTION, "bbr"), 0);
  CHECK_STR(fake_option_text, "bbr");
  CHECK_EQ(skt_get_option_text(&s, SKT_OPT_CONGESTION, text, sizeof text), 3);
  CHECK_STR(text, "bbr");
  CHECK_PLAYED();
}

TEST(option_form, codes_of_a_text) {
  static const int codes[][3] = {
      {SKT_ENOPROTOOPT, SKT_EOPNOTSUPP, SKT_EOPNOTSUPP},
      {SKT_ENOENT, SKT_ENOENT, SKT_ENOENT},
      {SKT_EACCES, SKT_EACCES, SKT_EACCES},
      {SKT_ECONNRESET, 0, SKT_ENOTCONN}};
  skt s = fake_connected();
  char text[SKT_OPTION_TEXT_MAX];
  for (size_t i = 0; i < sizeof codes / sizeof *codes; ++i) {
    PLAY({"set_option_text", codes[i][0]}, {"get_option_text", codes[i][0]});
    CHECK_EQ(skt_set_option_text(&s, SKT_OPT_CONGESTION, "bbr"), codes[i][1]);
    CHECK_EQ(skt_get_option_text(&s, SKT_OPT_CONGESTION, text, sizeof text),
             codes[i][2]);
    CHECK_STR(text, "");
    CHECK_PLAYED();
  }
  PLAY({"close", 0}); /* no name is as long as this */
  CHECK_EQ(skt_set_option_text(&s, SKT_OPT_CONGESTION, "0123456789abcdef"),
           SKT_ENOENT);
  CHECK_STR(fake_trouble(), "close");
}

TEST(option_form, device_by_name_is_its_index) {
  skt s = socket_of(SKT_IPV6, SKT__FRESH);
  char text[SKT_OPTION_TEXT_MAX];
  PLAY({"set_option", 0}, {"get_option", 0}, {"set_option", 0},
       {"get_option", 0});
  CHECK_EQ(skt_set_option_text(&s, SKT_OPT_DEVICE, "eth7"), 0);
  CHECK_EQ(fake_option, 7);
  CHECK_EQ(skt_get_option_text(&s, SKT_OPT_DEVICE, text, sizeof text), 4);
  CHECK_STR(text, "eth7");
  CHECK_EQ(skt_set_option_text(&s, SKT_OPT_DEVICE, ""), 0);
  CHECK_EQ(fake_option, 0);
  CHECK_EQ(skt_get_option_text(&s, SKT_OPT_DEVICE, text, sizeof text), 0);
  CHECK_STR(text, "");
  CHECK_PLAYED();
}

/* The name is looked up last. "none-24" fails with the code -24. */
TEST(option_form, device_that_is_not_looked_up_or_not_found) {
  skt s = socket_of(SKT_IPV6, SKT__FRESH), none = {0};
  skt connecting = socket_of(SKT_IPV6, SKT_CONNECTING), local;
  char text[SKT_OPTION_TEXT_MAX];
  skt__fill(&local, (skt__os_handle)42, SKT_UNIX | SKT_STREAM);
  PLAY({"wait", 0}, {"get_option", 0});
  CHECK_EQ(skt_set_option_text(&none, SKT_OPT_DEVICE, "none-24"), SKT_EBADF);
  CHECK_EQ(skt_set_option_text(&local, SKT_OPT_DEVICE, "none-24"), SKT_EINVAL);
  CHECK_EQ(skt_set_option_text(&connecting, SKT_OPT_DEVICE, "none-24"),
           SKT_EALREADY);
  CHECK_EQ(skt_set_option_text(&s, SKT_OPT_DEVICE, "none-24"), SKT_EMFILE);
  CHECK_EQ(skt_set_option_text(&s, SKT_OPT_DEVICE, "none-23"), SKT_ENFILE);
  CHECK_EQ(skt_set_option_text(&s, SKT_OPT_DEVICE, "none-97"),
           SKT_EAFNOSUPPORT);
  CHECK_EQ(skt_set_option_text(&s, SKT_OPT_DEVICE, "eth7:1"), SKT_ENODEV);
  CHECK_EQ(skt_set_option_text(&s, SKT_OPT_DEVICE, "eth8"), SKT_ENODEV);
  fake_option = 8; /* the interface has disappeared */
  CHECK_EQ(skt_get_option_text(&s, SKT_OPT_DEVICE, text, sizeof text),
           SKT_ENODEV);
  CHECK_STR(text, "");
  CHECK_PLAYED();
}

static skt messages_of(int domain, int state) {
  skt s;
  skt__fill(&s, (skt__os_handle)42, domain | SKT_DATAGRAM | state);
  return s;
}

/* The second call may fail: then the socket sends nothing over IPv4. */
TEST(option_form, message_options_of_ipv6_are_set_for_ipv4_too) {
  static const int both[] = {SKT_OPT_MULTICAST_HOPS, SKT_OPT_DONT_FRAGMENT,
                             SKT_OPT_HOPS, SKT_OPT_DEVICE};
  skt six = messages_of(SKT_IPV6, SKT__FRESH);
  skt four = messages_of(SKT_IPV4, SKT__FRESH);
  skt stream = socket_of(SKT_IPV6, SKT__FRESH);
  for (size_t i = 0; i < sizeof both / sizeof *both; ++i) {
    PLAY({"set_option", 0}, {"set_option", SKT_EINVAL}, {"set_option", 0},
         {"set_option", SKT_ENOMEM});
    CHECK_EQ(skt_set_option(&six, both[i], 1), 0);
    CHECK_EQ(skt_set_option(&four, both[i], 1), 0);
    CHECK_EQ(skt_set_option(&six, both[i], 1), SKT_ENOMEM);
    CHECK_PLAYED();
  }
  PLAY({"set_option", 0}, {"set_option", 0});
  CHECK_EQ(skt_set_option(&stream, SKT_OPT_HOPS, 9), 0);
  CHECK_EQ(skt_set_option(&six, SKT_OPT_SEND_BUFFER, 9000), 0);
  CHECK_PLAYED();
}

/* Linux' numbers: IP_PMTUDISC_DONT, WANT, DO, PROBE, INTERFACE, OMIT. */
TEST(option_form, path_is_discovered_or_not) {
  static const int reads[] = {0, 0, 1, 1, 0, 0};
  skt s = messages_of(SKT_IPV4, SKT_BOUND);
  CHECK_EQ(set_as(&s, SKT_OPT_DONT_FRAGMENT, 1), 3);
  CHECK_EQ(set_as(&s, SKT_OPT_DONT_FRAGMENT, 0), 1);
  for (int native = 0; native < 6; ++native) {
    CHECK_EQ(read_as(&s, SKT_OPT_DONT_FRAGMENT, native), reads[native]);
  }
}

TEST(option_form, path_mtu_needs_a_peer) {
  skt s = messages_of(SKT_IPV4, SKT_BOUND);
  skt connected = messages_of(SKT_IPV4, SKT_CONNECTED);
  CHECK_EQ(read_as(&connected, SKT_OPT_PATH_MTU, 1400), 1400);
  PLAY({"close", 0});
  int value = 7;
  CHECK_EQ(skt_get_option(&s, SKT_OPT_PATH_MTU, &value), SKT_ENOTCONN);
  CHECK_EQ(value, 0);
  CHECK_EQ(skt_set_option(&connected, SKT_OPT_PATH_MTU, 1400), SKT_EINVAL);
  CHECK_STR(fake_trouble(), "close");
}
