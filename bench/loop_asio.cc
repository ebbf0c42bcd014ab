// SPDX-License-Identifier: MIT
// The echo loop over Asio: it reads asynchronously and writes at once.
#include "loop_peers.h"

#include <asio.hpp>
#include <memory>

using asio::ip::tcp;

static asio::io_context context(1);

struct client : std::enable_shared_from_this<client> {
  explicit client(tcp::socket &&s) : socket(std::move(s)) {}
  void read() {
    auto self = shared_from_this();
    socket.async_read_some(
        asio::buffer(bytes), [self](asio::error_code failed, std::size_t n) {
          asio::error_code ignored;
          if (!failed && self->socket.write_some(asio::buffer(self->bytes, n),
                                                 ignored) == n) {
            self->read();
          } else if (--clients == 0) {
            context.stop();
          }
        });
  }
  tcp::socket socket;
  char bytes[4096];
};

static void accept_next(tcp::acceptor &listener) {
  listener.async_accept([&listener](asio::error_code failed, tcp::socket s) {
    if (!failed) {
      s.non_blocking(true);
      std::make_shared<client>(std::move(s))->read();
    }
    accept_next(listener);
  });
}

int main(int argc, char **argv) {
  tcp::acceptor listener(context, tcp::v4(), listen_and_tell(argc, argv));
  accept_next(listener);
  context.run();
  return 0;
}
