/* SPDX-License-Identifier: MIT */
/* One socket that does what its arguments say, in their order; what fails is
 * printed with its code. See ci/run/groups.sh.
 *
 *   4 PORT | 6 PORT | dual PORT   bind to the wildcard
 *   from ADDRESS                  bind to one address
 *   join|leave GROUP DEVICE SOURCE   SOURCE may be -; DEVICE is a name, or -
 *   block|unblock GROUP DEVICE SOURCE
 *   hops|loop|fragment N          SKT_OPT_MULTICAST_..., SKT_OPT_DONT_FRAGMENT
 *   device NAME                   SKT_OPT_MULTICAST_DEVICE
 *   send ADDRESS TEXT             or of so many bytes: send ADDRESS =1200
 *   connect ADDRESS, write =1200, mtu
 *   ready                         print it
 *   hear MS                       print what comes, until "end"; or the time
 *   next MS                       one message, or its code */
#include <skt.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static skt s = SKT_NONE;
static char bytes[70000];

static void report(const char *what, ptrdiff_t rc) {
  if (rc < 0) {
    printf("%s: %s\n", what, skt_errname((int)rc));
  }
}

static skt_addr parse(const char *text) {
  skt_addr a;
  int rc = skt_addr_parse(&a, text);
  report(text, rc);
  return a;
}

static uint32_t index_of(const char *name) {
  static skt_interface all[100];
  int n = skt_interfaces(all, 100);
  for (int i = 0; i < n && i < 100; ++i) {
    if (strcmp(all[i].name, name) == 0) {
      return all[i].index;
    }
  }
  return 0;
}

static void open_at(int domain, const skt_addr *at, int flags) {
  report("socket", skt_socket(&s, domain, SKT_DATAGRAM, 0));
  report("bind", skt_bind(&s, at, flags));
}

static void open_any(const char *word, const char *port) {
  skt_addr at;
  int domain = strcmp(word, "4") == 0 ? SKT_IPV4 : SKT_IPV6;
  skt_addr_any(&at, domain, atoi(port));
  open_at(domain, &at, strcmp(word, "dual") == 0 ? SKT_DUAL_STACK : 0);
}

static void change_group(const char *word, char **of) {
  skt_addr group = parse(of[0]), source;
  uint32_t device = index_of(of[1]);
  const skt_addr *from = NULL;
  if (strcmp(of[2], "-") != 0) {
    source = parse(of[2]);
    from = &source;
  }
  int rc = strcmp(word, "join") == 0 ? skt_join(&s, &group, device, from)
           : strcmp(word, "leave") == 0
               ? skt_leave(&s, &group, device, from)
               : skt_block(&s, &group, device, from, *word == 'b');
  report(word, rc);
}

static int option_of(const char *word) {
  return strcmp(word, "hops") == 0   ? SKT_OPT_MULTICAST_HOPS
         : strcmp(word, "loop") == 0 ? SKT_OPT_MULTICAST_LOOP
                                     : SKT_OPT_DONT_FRAGMENT;
}

/* The bytes that a word stands for; how many. */
static size_t content(const char *word) {
  if (*word == '=') {
    memset(bytes, '#', sizeof bytes);
    return strtoul(word + 1, NULL, 10);
  }
  memcpy(bytes, word, strlen(word));
  return strlen(word);
}

static void send_to(const char *address, const char *word) {
  skt_addr to = parse(address);
  size_t n = content(word);
  report("send", skt_send_to(&s, bytes, n, &to));
}

/* One message; false at the end, or after an error. */
static bool receive(const char *ms) {
  skt_set_limit(&s, SKT_READ, atoi(ms));
  ptrdiff_t n = skt_receive_from(&s, bytes, sizeof bytes - 1, NULL, NULL);
  report("receive", n);
  if (n < 0) {
    return false;
  }
  bytes[n] = '\0';
  if (strcmp(bytes, "end") == 0) {
    return false;
  }
  if (*bytes == '#') {
    printf("%td bytes\n", n);
  } else {
    printf("%s\n", bytes);
  }
  return true;
}

static void print_mtu(void) {
  int mtu;
  int rc = skt_get_option(&s, SKT_OPT_PATH_MTU, &mtu);
  report("mtu", rc);
  if (rc == 0) {
    printf("mtu %d\n", mtu);
  }
}

/* Do one word, with what follows; how many words that is. */
static int act(char **word) {
  if (strcmp(*word, "ready") == 0) {
    puts("ready");
    return 1;
  }
  if (strcmp(*word, "mtu") == 0) {
    print_mtu();
    return 1;
  }
  if (strcmp(*word, "from") == 0) {
    skt_addr at = parse(word[1]);
    open_at(skt_addr_domain(&at), &at, 0);
  } else if (strcmp(*word, "connect") == 0) {
    skt_addr peer = parse(word[1]);
    report("connect", skt_connect(&s, &peer));
  } else if (strcmp(*word, "write") == 0) {
    size_t n = content(word[1]);
    report("write", skt_write(&s, bytes, n));
  } else if (strcmp(*word, "hear") == 0) {
    while (receive(word[1])) {
    }
  } else if (strcmp(*word, "next") == 0) {
    receive(word[1]);
  } else if (strcmp(*word, "device") == 0) {
    report("device", skt_set_option(&s, SKT_OPT_MULTICAST_DEVICE,
                                    (int)index_of(word[1])));
  } else if (strcmp(*word, "hops") == 0 || strcmp(*word, "loop") == 0 ||
             strcmp(*word, "fragment") == 0) {
    report(*word, skt_set_option(&s, option_of(*word), atoi(word[1])));
  } else if (strcmp(*word, "send") == 0) {
    send_to(word[1], word[2]);
    return 3;
  } else if (strcmp(*word, "4") == 0 || strcmp(*word, "6") == 0 ||
             strcmp(*word, "dual") == 0) {
    open_any(*word, word[1]);
  } else {
    change_group(*word, word + 1);
    return 4;
  }
  return 2;
}

int main(int argc, char **argv) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  for (int i = 1; i < argc;) {
    i += act(argv + i);
  }
  report("close", skt_close(&s));
  return 0;
}
