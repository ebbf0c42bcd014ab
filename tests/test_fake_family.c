/* SPDX-License-Identifier: MIT */
/* What the kinds of sockets make of faults, and what a backend is told. */
#include "fake_sys.h"
#include "internal.h"
#include "skt_test.h"

#define PLAY(...) fake_script((const fake_step[]){__VA_ARGS__, {0}})
#define CHECK_PLAYED() CHECK_STR(outcome(), "as expected")

static const char *outcome(void) {
  return fake_trouble() == NULL ? "as expected" : fake_trouble();
}

static char bytes[16];

static skt socket_of(int kind) {
  skt s;
  skt__fill(&s, (skt__os_handle)42, kind);
  return s;
}

static skt_addr somewhere(void) {
  skt_addr a;
  skt_addr_parse(&a, "127.0.0.1:7");
  return a;
}

enum { PEER = SKT_IPV4 | SKT_CONNECTED };

static const int free_types[] = {SKT_DATAGRAM, SKT_RAW, SKT_RDM};

TEST(kinds, error_of_one_message_is_not_kept) {
  static const int passing[] = {SKT_ENETDOWN, SKT_EHOSTUNREACH,
                                SKT_ENETUNREACH};
  for (int i = 0; i < 9; ++i) {
    skt s = socket_of(PEER | free_types[i % 3]);
    PLAY({"read", passing[i / 3]}, {"read", 5}, {"write", passing[i / 3]},
         {"write", 5});
    CHECK_EQ(skt_read(&s, bytes, sizeof bytes), passing[i / 3]);
    CHECK_EQ(skt_read(&s, bytes, sizeof bytes), 5);
    CHECK_EQ(skt_write(&s, bytes, 5), passing[i / 3]);
    CHECK_EQ(skt_write(&s, bytes, 5), 5);
    CHECK_PLAYED();
  }
}

/* Without a peer an ICMP error is of no use; but a send that gets two of them
 * has one of its own. */
TEST(kinds, icmp_error_without_a_peer_is_discarded) {
  static const int errors[] = {SKT_ECONNRESET, SKT_ECONNREFUSED};
  for (int i = 0; i < 2; ++i) {
    skt s = socket_of(SKT_IPV4 | SKT_BOUND | SKT_DATAGRAM);
    skt_addr to = somewhere(), from;
    skt_buffer part = {bytes, 5};
    PLAY({"read", errors[i]}, {"read", errors[i]}, {"read", 5},
         {"receive", errors[i]}, {"receive", SKT__EINTR}, {"receive", 2},
         {"readv", errors[i]}, {"readv", 5}, {"send_to", errors[i]},
         {"send_to", SKT__EINTR}, {"send_to", 5}, {"send_to", errors[i]},
         {"send_to", errors[i]});
    CHECK_EQ(skt_read(&s, bytes, sizeof bytes), 5);
    CHECK_EQ(skt_receive_from(&s, bytes, 5, &from, NULL), 2);
    CHECK_EQ(skt_readv(&s, &part, 1), 5);
    CHECK_EQ(skt_send_to(&s, bytes, 5, &to), 5);
    CHECK_EQ(skt_send_to(&s, bytes, 5, &to), SKT_ECONNREFUSED);
    CHECK_PLAYED();
  }
}

/* With a peer it is the peer's, and means the same on every system. */
TEST(kinds, icmp_error_of_the_peer_is_reported_once) {
  static const int errors[][2] = {{SKT_ECONNRESET, SKT_ECONNREFUSED},
                                  {SKT_ECONNREFUSED, SKT_ECONNREFUSED},
                                  {SKT_EHOSTUNREACH, SKT_EHOSTUNREACH},
                                  {SKT_ENETUNREACH, SKT_ENETUNREACH}};
  for (int i = 0; i < 4; ++i) {
    int native = errors[i][0], code = errors[i][1];
    skt s = socket_of(PEER | SKT_DATAGRAM);
    skt_buffer part = {bytes, 5};
    PLAY({"read", native}, {"read", 5}, {"peek", native}, {"write", native},
         {"write", 5}, {"receive", native}, {"receive", 2}, {"readv", native},
         {"writev", native}, {"writev", 5});
    CHECK_EQ(skt_read(&s, bytes, 5), code);
    CHECK_EQ(skt_read(&s, bytes, 5), 5);
    CHECK_EQ(skt_peek(&s, bytes, 5), code);
    CHECK_EQ(skt_write(&s, bytes, 5), code);
    CHECK_EQ(skt_write(&s, bytes, 5), 5);
    CHECK_EQ(skt_receive_from(&s, bytes, 5, NULL, NULL), code);
    CHECK_EQ(skt_receive_from(&s, bytes, 5, NULL, NULL), 2);
    CHECK_EQ(skt_readv(&s, &part, 1), code);
    CHECK_EQ(skt_writev(&s, &part, 1), code);
    CHECK_EQ(skt_writev(&s, &part, 1), 5);
    CHECK_PLAYED();
  }
}

/* Windows reports them if asked to (SIO_UDP_CONNRESET). */
TEST(kinds, icmp_errors_are_asked_for_while_there_is_a_peer) {
  skt s = socket_of(SKT_IPV4 | SKT_BOUND | SKT_DATAGRAM);
  skt_addr to = somewhere();
  fake_icmp = false;
  PLAY({"connect", 0});
  CHECK_EQ(skt_connect(&s, &to), 0);
  CHECK(fake_icmp);
  PLAY({"local", 0}, {"disconnect", 0}, {"pending_error", SKT_ECONNREFUSED},
       {"local", 0});
  CHECK_EQ(skt_disconnect(&s), 0);
  CHECK(!fake_icmp);
  PLAY({"start", 0}, {"adopt", 0});
  CHECK_EQ(skt_adopt(&s, 42, SKT_IPV4 | SKT_DATAGRAM | SKT_CONNECTED), 0);
  CHECK(fake_icmp);
}

TEST(kinds, empty_message_is_one_call) {
  for (int i = 0; i < 3; ++i) {
    skt s = socket_of(PEER | free_types[i]);
    PLAY({"write", SKT__EINTR}, {"write", 0}, {"read", SKT__EINTR}, {"read", 0},
         {"read", 0});
    CHECK_EQ(skt_write(&s, NULL, 0), 0);
    CHECK_EQ(fake_n, 0);
    CHECK(fake_buffer != NULL);
    CHECK_EQ(skt_read(&s, NULL, 0), 0);
    CHECK(fake_buffer != NULL);
    CHECK_EQ(skt_read(&s, bytes, 1), 0);
    CHECK_PLAYED();
  }
}

TEST(kinds, empty_message_has_a_place) {
  skt s = socket_of(SKT_IPV4 | SKT_BOUND | SKT_DATAGRAM);
  skt_addr to = somewhere();
  PLAY({"send_to", 0}, {"receive", 0}, {"peek", 0});
  CHECK_EQ(skt_send_to(&s, NULL, 0, &to), 0);
  CHECK(fake_buffer != NULL);
  CHECK_EQ(skt_receive_from(&s, NULL, 0, NULL, NULL), 0);
  CHECK(fake_buffer != NULL);
  CHECK_EQ(skt_peek(&s, NULL, 0), 0);
  CHECK(fake_buffer != NULL);
  CHECK_PLAYED();
  PLAY({"send_to", 1}, {"receive", 1}, {"peek", 1}); /* and one byte its own */
  CHECK_EQ(skt_send_to(&s, bytes + 1, 1, &to), 1);
  CHECK(fake_buffer == bytes + 1);
  CHECK_EQ(skt_receive_from(&s, bytes + 2, 1, NULL, NULL), 1);
  CHECK(fake_buffer == bytes + 2);
  CHECK_EQ(skt_peek(&s, bytes + 3, 1), 1);
  CHECK(fake_buffer == bytes + 3);
  CHECK_PLAYED();
}

/* The wildcard would do on Linux. */
TEST(kinds, ipv4_goes_out_of_a_dual_stack_socket_as_itself) {
  char text[SKT_ADDR_TEXT_MAX];
  skt s = socket_of(SKT_IPV6 | SKT_DATAGRAM | SKT_BOUND | SKT_DUAL_STACK);
  skt_addr to;
  skt_addr_parse(&to, "1.2.3.4:56789");
  PLAY({"send_to", 1});
  CHECK_EQ(skt_send_to(&s, bytes, 1, &to), 1);
  CHECK(skt_addr_format(&fake_to, text, sizeof text) > 0);
  CHECK_STR(text, "[::ffff:1.2.3.4]:56789");
  CHECK_PLAYED();
}

/* Linux refuses it and Windows does not. */
TEST(kinds, link_local_address_without_a_scope_is_not_bound) {
  static const char *const refused[] = {"[fe80::1]:80", "[fe80::]:0",
                                        "[febf:ffff::1]:80"};
  static const char *const taken[] = {"[fe80::1%1]:80", "[fec0::1]:80",
                                      "[fe7f::1]:80", "[fe00::1]:80"};
  skt_addr at;
  for (size_t i = 0; i < sizeof refused / sizeof *refused; ++i) {
    skt s = socket_of(SKT_IPV6 | SKT_DATAGRAM);
    CHECK_EQ(skt_addr_parse(&at, refused[i]), 0);
    PLAY({NULL, 0});
    CHECK_EQ(skt_bind(&s, &at, 0), SKT_EINVAL);
    CHECK_PLAYED();
  }
  for (size_t i = 0; i < sizeof taken / sizeof *taken; ++i) {
    skt s = socket_of(SKT_IPV6 | SKT_DATAGRAM);
    CHECK_EQ(skt_addr_parse(&at, taken[i]), 0);
    PLAY({"bind", 0});
    CHECK_EQ(skt_bind(&s, &at, 0), 0);
    CHECK_PLAYED();
  }
}

/* Several buffers are one message, or none is sent. */
TEST(kinds, buffers_are_one_message) {
  skt_buffer many[2] = {{bytes, 1}, {bytes, 1}};
  skt s = socket_of(PEER | SKT_DATAGRAM);
  PLAY({"writev", 2}, {"readv", 2}, {"writev", 0}, {"readv", 0});
  CHECK_EQ(skt_writev(&s, many, 2), 2);
  CHECK(fake_count == 2 && fake_n == 2);
  CHECK_EQ(skt_readv(&s, many, 2), 2);
  CHECK(fake_count == 2 && fake_n == 2);
  CHECK_EQ(skt_writev(&s, NULL, 0), 0);
  CHECK(fake_count == 1 && fake_n == 0 && fake_buffer != NULL);
  CHECK_EQ(skt_readv(&s, NULL, 0), 0);
  CHECK(fake_count == 1 && fake_n == 0 && fake_buffer != NULL);
  CHECK_PLAYED();
}

enum { MOST = 1024 };

TEST(kinds, message_of_1024_buffers_is_one_call) {
  static skt_buffer many[2 * (MOST + 1)]; /* every second one is empty */
  skt s = socket_of(PEER | SKT_DATAGRAM);
  for (int i = 0; i <= MOST; ++i) {
    many[2 * i + 1] = (skt_buffer){bytes, 1};
  }
  for (size_t n = 63; n <= MOST; n += n < 66 ? 1 : MOST - 66) {
    PLAY({"writev", (long long)n}, {"readv", (long long)n});
    CHECK_EQ(skt_writev(&s, many, 2 * n), n);
    CHECK(fake_count == n && fake_n == n);
    CHECK_EQ(skt_readv(&s, many, 2 * n), n);
    CHECK(fake_count == n && fake_n == n);
    CHECK_PLAYED();
  }
  PLAY({NULL, 0});
  CHECK_EQ(skt_writev(&s, many, 2 * (MOST + 1)), SKT_EMSGSIZE);
  CHECK_EQ(skt_readv(&s, many, 2 * (MOST + 1)), SKT_EMSGSIZE);
  CHECK_PLAYED();
}

TEST(kinds, message_of_many_buffers_is_called_again_after_a_signal) {
  skt_buffer many[65];
  skt s = socket_of(PEER | SKT_DATAGRAM);
  for (int i = 0; i < 65; ++i) {
    many[i] = (skt_buffer){bytes, 1};
  }
  PLAY({"writev", SKT__EINTR}, {"writev", 65}, {"readv", SKT__EINTR},
       {"readv", 65}, {"writev", SKT_ENOBUFS});
  CHECK_EQ(skt_writev(&s, many, 65), 65);
  CHECK_EQ(skt_readv(&s, many, 65), 65);
  CHECK_EQ(skt_writev(&s, many, 65), SKT_ENOBUFS);
  CHECK_PLAYED();
}

TEST(kinds, stream_of_many_buffers_goes_64_a_call) {
  skt_buffer many[65];
  skt s = socket_of(PEER | SKT_STREAM);
  for (int i = 0; i < 65; ++i) {
    many[i] = (skt_buffer){bytes, 1};
  }
  PLAY({"writev", 64}, {"writev", 1}, {"readv", 64});
  CHECK_EQ(skt_writev(&s, many, 65), 65);
  CHECK(fake_count == 1 && fake_n == 1);
  CHECK_EQ(skt_readv(&s, many, 65), 64);
  CHECK(fake_count == 64 && fake_n == 64);
  CHECK_PLAYED();
}

TEST(kinds, cancelled_socket_stays_so_in_every_state) {
  skt s = socket_of(SKT_IPV4 | SKT_DATAGRAM);
  skt_addr at = somewhere();
  PLAY({"cancel", 0}, {"bind", 0});
  CHECK_EQ(skt_cancel(&s), 0);
  CHECK_EQ(skt_bind(&s, &at, 0), 0);
  CHECK_EQ(skt_read(&s, bytes, 1), SKT_ECANCELED);
  CHECK_EQ(skt_connect(&s, &at), SKT_ECANCELED);
  CHECK_EQ(skt_read(&s, bytes, 1), SKT_ECANCELED);
  CHECK_EQ(skt_write(&s, bytes, 1), SKT_ECANCELED);
  CHECK_EQ(skt_disconnect(&s), SKT_ECANCELED);
  CHECK_PLAYED();
}

TEST(kinds, empty_seqpacket_asks_nothing) {
  skt s = socket_of(PEER | SKT_SEQPACKET);
  PLAY({"close", 0});
  CHECK_EQ(skt_write(&s, bytes, 0), 0);
  CHECK_EQ(skt_read(&s, bytes, 0), 0);
  CHECK_STR(fake_trouble(), "close");
}

/* Cutting one in two, as is done with long writes, would make two of it. */
TEST(kinds, message_goes_in_one_call_or_not_at_all) {
  size_t longer =
      skt__system.write_max + 1 < SKT__IO_MAX ? skt__system.write_max + 1 : 16;
  skt s = socket_of(PEER | SKT_DATAGRAM | SKT_NONBLOCK);
  PLAY({"write", (long long)longer}, {"write", SKT_EMSGSIZE});
  CHECK_EQ(skt_write(&s, bytes, longer), longer);
  CHECK_EQ(fake_n, longer);
  CHECK_EQ(skt_write(&s, bytes, 70000), SKT_EMSGSIZE);
  CHECK_EQ(skt_write(&s, bytes, SKT__IO_MAX + 1), SKT_EMSGSIZE);
  CHECK_PLAYED();
  s = socket_of(PEER | SKT_SEQPACKET);
  PLAY({"close", 0});
  CHECK_EQ(skt_write(&s, bytes, SKT__IO_MAX + 1), SKT_EMSGSIZE);
  CHECK_STR(fake_trouble(), "close");
}

TEST(kinds, socket_without_connection_reads_in_every_state) {
  static const int states[] = {SKT__FRESH, SKT_BOUND, SKT_CONNECTED};
  for (int i = 0; i < 3; ++i) {
    skt s = socket_of(SKT_IPV4 | SKT_DATAGRAM | states[i]);
    PLAY({"read", 3}, {"wait", SKT_READ});
    CHECK_EQ(skt_read(&s, bytes, sizeof bytes), 3);
    CHECK_EQ(skt_wait(&s, SKT_READ, 0, NULL), SKT_READ);
    CHECK_PLAYED();
  }
}

TEST(kinds, connect_that_fails_without_connection_leaves_it_as_it_was) {
  skt s = socket_of(SKT_IPV4 | SKT_DATAGRAM);
  skt_addr to = somewhere();
  PLAY({"connect", SKT_ENETUNREACH}, {"read", 3}, {"connect", 0}, {"write", 3});
  CHECK_EQ(skt_connect(&s, &to), SKT_ENETUNREACH);
  CHECK_EQ(skt_connect_finish(&s), SKT_EINVAL);
  CHECK_EQ(skt_read(&s, bytes, sizeof bytes), 3);
  CHECK_EQ(skt_connect(&s, &to), 0);
  CHECK_EQ(skt_write(&s, bytes, 3), 3);
  CHECK_PLAYED();
}

TEST(kinds, disconnect_that_fails_leaves_the_peer) {
  skt s = socket_of(PEER | SKT_RDM);
  PLAY({"disconnect", SKT_ENOBUFS}, {"write", 3}, {"disconnect", 0},
       {"pending_error", 0});
  CHECK_EQ(skt_disconnect(&s), SKT_ENOBUFS);
  CHECK_EQ(skt_write(&s, bytes, 3), 3);
  CHECK_EQ(skt_disconnect(&s), 0);
  CHECK_EQ(skt_write(&s, bytes, 3), SKT_ENOTCONN);
  CHECK_PLAYED();
}

TEST(kinds, type_that_no_system_has_is_not_asked_for) {
  skt s;
  PLAY({"close", 0});
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_PACKET, 0), SKT_EPROTONOSUPPORT);
  CHECK_EQ(skt_socket(&s, SKT_UNIX, SKT_RAW, 1), SKT_EPROTONOSUPPORT);
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_RAW, 0), SKT_EPROTONOSUPPORT);
  CHECK_STR(fake_trouble(), "close");
}

/* SCTP calls them SOCK_STREAM. */
TEST(kinds, sctp_seqpacket_is_made_as_a_stream_that_keeps_messages) {
  static const struct {
    int domain, protocol, type, told;
  } of[] = {
      {SKT_IPV4, 0, SKT_STREAM, 132},  {SKT_IPV4, 132, SKT_STREAM, 132},
      {SKT_IPV6, 0, SKT_STREAM, 132},  {SKT_IPV4, 6, SKT_SEQPACKET, 6},
      {SKT_UNIX, 0, SKT_SEQPACKET, 0},
  };
  for (size_t i = 0; i < sizeof of / sizeof *of; ++i) {
    skt s = {0};
    PLAY({"start", 0}, {"socket", 0});
    CHECK_EQ(skt_socket(&s, of[i].domain, SKT_SEQPACKET, of[i].protocol), 0);
    CHECK_EQ(fake_type, of[i].type);
    CHECK_EQ(fake_protocol, of[i].told);
    CHECK_EQ(skt__type(&s), SKT_SEQPACKET);
    CHECK_PLAYED();
  }
}

TEST(kinds, native_seqpacket_without_connections_has_no_name) {
  int native = skt__native_type(SKT_SEQPACKET);
  CHECK_EQ(skt__kind_of(skt__native_family(SKT_UNIX), native),
           SKT_UNIX | SKT_SEQPACKET);
  CHECK_EQ(skt__kind_of(skt__native_family(SKT_IPV4), native),
           SKT_EPROTONOSUPPORT);
  CHECK_EQ(skt__kind_of(skt__native_family(SKT_IPV6), native),
           SKT_EPROTONOSUPPORT);
  CHECK_EQ(skt__kind_of(4711, native), SKT_EAFNOSUPPORT);
}

TEST(kinds, supports_tells_no_from_not_allowed_and_from_unknown) {
  static const struct {
    int code, answer;
  } of[] = {{SKT_EAFNOSUPPORT, 0},        {SKT_EPROTONOSUPPORT, 0},
            {SKT_EACCES, SKT_EACCES},     {SKT_EMFILE, SKT_EMFILE},
            {SKT_ENOBUFS, SKT_ENOBUFS},   {SKT_ENFILE, SKT_ENFILE},
            {SKT_ENETDOWN, SKT_ENETDOWN}, {SKT_EUNKNOWN, SKT_EUNKNOWN}};
  for (size_t i = 0; i < sizeof of / sizeof *of; ++i) {
    PLAY({"start", 0}, {"socket", of[i].code});
    CHECK_EQ(skt_supports(SKT_IPV4, SKT_RAW, 1), of[i].answer);
    CHECK_PLAYED();
  }
  PLAY({"start", 0}, {"socket", 0}, {"close", 0});
  CHECK_EQ(skt_supports(SKT_IPV4, SKT_RAW, 1), 1);
  CHECK_PLAYED();
}

TEST(kinds, ipv6_that_is_switched_off_is_not_supported) {
  PLAY({"start", 0}, {"socket", 0}, {"bind", SKT_EADDRNOTAVAIL}, {"close", 0});
  CHECK_EQ(skt_supports(SKT_IPV6, SKT_STREAM, 0), 0);
  CHECK_PLAYED();
  PLAY({"start", 0}, {"socket", 0}, {"bind", 0}, {"close", 0});
  CHECK_EQ(skt_supports(SKT_IPV6, SKT_DATAGRAM, 0), 1);
  CHECK_PLAYED();
  PLAY({"start", 0}, {"socket", 0}, {"close", 0});
  CHECK_EQ(skt_supports(SKT_IPV6, SKT_RAW, 58), 1);
  CHECK_PLAYED();
}

/* What bind and listen are told for each kind and each flag. */
TEST(kinds, bind_flags_are_spelled_out) {
  static const struct {
    int kind;
    int flags, told;
    bool restart;
  } of[] = {
      {SKT_IPV4 | SKT_STREAM, 0, SKT__RESTART, true},
      {SKT_IPV4 | SKT_STREAM, SKT_EXCLUSIVE, SKT_EXCLUSIVE, false},
      {SKT_IPV4 | SKT_STREAM, SKT_SHARE_LOAD, SKT_SHARE_LOAD | SKT__RESTART,
       true},
      {SKT_IPV4 | SKT_DATAGRAM, SKT_SHARE_LOAD, SKT_SHARE_LOAD, false},
      {SKT_IPV4 | SKT_SEQPACKET, 0, SKT__RESTART, true},
      {SKT_IPV4 | SKT_RDM, 0, 0, false},
      {SKT_IPV4 | SKT_DATAGRAM, 0, SKT_EXCLUSIVE, false},
      {SKT_IPV4 | SKT_DATAGRAM, SKT_SHARE_MULTICAST, SKT_SHARE_MULTICAST,
       false},
      {SKT_IPV4 | SKT_RAW, 0, 0, false},
      {SKT_IPV6 | SKT_STREAM, 0, SKT__RESTART | SKT__ONE_STACK, true},
      {SKT_IPV6 | SKT_STREAM, SKT_DUAL_STACK, SKT__RESTART | SKT_DUAL_STACK,
       true},
      {SKT_IPV6 | SKT_SEQPACKET, 0, SKT__RESTART | SKT__ONE_STACK, true},
      {SKT_IPV6 | SKT_RAW, 0, 0, false},
  };
  for (size_t i = 0; i < sizeof of / sizeof *of; ++i) {
    skt s = socket_of(of[i].kind);
    bool listens = skt__type(&s) != SKT_DATAGRAM && skt__type(&s) != SKT_RAW;
    int limit_ms;
    skt_addr a;
    skt_addr_parse(&a, skt__domain(&s) == SKT_IPV4 ? "1.2.3.4:5" : "[::1]:5");
    PLAY({"bind", 0}, {"listen", 0});
    CHECK_EQ(skt_bind(&s, &a, of[i].flags), 0);
    CHECK_EQ(skt_limit(&s, SKT_READ, &limit_ms), 0); /* no call: it has none */
    CHECK_EQ(fake_flags, of[i].told);
    CHECK_EQ(skt_listen(&s, 0), listens ? 0 : SKT_EOPNOTSUPP);
    CHECK(!listens || fake_restart == of[i].restart);
  }
}

TEST(kinds, load_that_cannot_be_shared_leaves_the_socket_unbound) {
  skt s = socket_of(SKT_IPV4 | SKT_STREAM);
  skt_addr a = somewhere();
  PLAY({"bind", SKT_EOPNOTSUPP}, {"bind", 0});
  CHECK_EQ(skt_bind(&s, &a, SKT_SHARE_LOAD), SKT_EOPNOTSUPP);
  CHECK_EQ(skt_bind(&s, &a, 0), 0);
  CHECK_PLAYED();
}

/* Linux: see call_connect. */
TEST(kinds, interrupted_unix_connect_is_called_again) {
  skt s = socket_of(SKT_UNIX | SKT_STREAM);
  skt_addr to;
  skt_addr_parse(&to, "unix:/x");
  PLAY({"connect", SKT__EINTR}, {"connect", 0});
  CHECK_EQ(skt_connect(&s, &to), 0);
  CHECK_PLAYED();
}

TEST(kinds, eagain_never_comes_from_connect) {
  skt s = socket_of(SKT_UNIX | SKT_STREAM);
  skt_addr path, ip = somewhere();
  skt_addr_parse(&path, "unix:/x");
  PLAY({"connect", SKT_EAGAIN}, {"connect", SKT_EAGAIN});
  s = socket_of(SKT_UNIX | SKT_STREAM | SKT_NONBLOCK);
  CHECK_EQ(skt_connect(&s, &path), SKT_ECONNREFUSED);
  CHECK_EQ(skt_connect_finish(&s), SKT_ECONNREFUSED);
  s = socket_of(SKT_IPV4 | SKT_STREAM);
  CHECK_EQ(skt_connect(&s, &ip), SKT_ENOBUFS);
  CHECK_PLAYED();
}
