// The limit: the least that a relay in user space must do. One epoll thread, the backend by the number in the key, the fewest
// calls possible, recv and send for small reads, splice for bulk. An anchor to measure against and no router: nothing is
// checked, nothing times out, a reset is an end.
//   limit PORT BACKEND_PORT
#define _GNU_SOURCE
#include "wire.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 512, ACCEPTS = 64, BUFFER = 65536 };
/** Two reads in a row of at least so much are bulk. */
enum { BULK_READ = 32768, BULK_READS = 2 };
/** An unprivileged user may have about 63 pipes of this size. */
enum { PIPE_SIZE = 1 << 20, PIPES_MAX = 48 };

/** One descriptor: what is read from it goes to `peer`. */
typedef struct {
  enum { FREE, INSPECT, RELAY } state;
  int peer, pipe_out, pipe_in;
  uint32_t in_pipe;
  uint8_t bulk_reads, at_end, is_done, saw_hangup;
  uint8_t *held;
  int held_length, held_sent;
} side;

static side *sides;
static int poller, backend_port, idle_pipes[PIPES_MAX][2], idle_pipe_count, pipe_count;
static uint8_t buffer[BUFFER];

static void await(int fd) {
  struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.fd = fd};
  epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
}

static void give_pipe_back(side *s) {
  if (s->in_pipe == 0) {
    idle_pipes[idle_pipe_count][0] = s->pipe_out;
    idle_pipes[idle_pipe_count++][1] = s->pipe_in;
  } else {
    close(s->pipe_out), close(s->pipe_in);
    pipe_count--;
  }
  s->pipe_out = s->pipe_in = 0;
}

static void drop(int fd) {
  side *s = &sides[fd];
  if (s->pipe_out) give_pipe_back(s);
  free(s->held);
  memset(s, 0, sizeof *s);
  close(fd);
}

static int drop_both(int fd) {
  if (sides[fd].peer) drop(sides[fd].peer);
  drop(fd);
  return 0;
}

static void hold(side *s, const uint8_t *bytes, int length) {
  s->held = malloc(length);
  if (!s->held) fail("malloc");
  memcpy(s->held, bytes, length);
  s->held_length = length;
  s->held_sent = 0;
}

/** @returns whether there is one */
static int take_pipe(side *s) {
  if (s->pipe_out) return 1;
  if (idle_pipe_count) {
    s->pipe_out = idle_pipes[--idle_pipe_count][0];
    s->pipe_in = idle_pipes[idle_pipe_count][1];
    return 1;
  }
  int ends[2];
  if (pipe_count == PIPES_MAX || pipe2(ends, O_NONBLOCK)) return 0;
  pipe_count++;
  fcntl(ends[1], F_SETPIPE_SZ, PIPE_SIZE);
  s->pipe_out = ends[0], s->pipe_in = ends[1];
  return 1;
}

/** Writes what was read before. @returns 1 when nothing is left, 0 when the peer is full, -1 on an error */
static int flush(side *s) {
  while (s->held) {
    ssize_t n = send(s->peer, s->held + s->held_sent, s->held_length - s->held_sent, MSG_NOSIGNAL);
    if (n < 0) return errno == EAGAIN ? 0 : -1;
    if ((s->held_sent += n) < s->held_length) return 0;
    free(s->held);
    s->held = 0;
  }
  if (s->in_pipe) {
    ssize_t n = splice(s->pipe_out, 0, s->peer, 0, s->in_pipe, SPLICE_F_NONBLOCK | SPLICE_F_MOVE);
    if (n < 0) return errno == EAGAIN ? 0 : -1;
    s->in_pipe -= n;
  }
  return s->in_pipe == 0;
}

/** Moves bytes until one of the two sides would block. @returns whether the pair still is there */
static int pump(int fd) {
  side *s = &sides[fd];
  while (!s->is_done) {
    int flushed = flush(s);
    if (flushed < 0) return drop_both(fd);
    if (flushed == 0) return 1;
    if (s->at_end) {
      s->is_done = 1;
      if (sides[s->peer].is_done) return drop_both(fd);
      shutdown(s->peer, SHUT_WR);
      return 1;
    }
    int is_bulk = s->bulk_reads >= BULK_READS && take_pipe(s);
    ssize_t n = is_bulk ? splice(fd, 0, s->pipe_in, 0, PIPE_SIZE, SPLICE_F_NONBLOCK | SPLICE_F_MOVE)
                        : recv(fd, buffer, sizeof buffer, 0);
    if (n < 0 && errno == EAGAIN) return 1;
    if (n < 0) return drop_both(fd);
    if (n == 0) {
      s->at_end = 1;
      continue;
    }
    if (is_bulk) {
      s->in_pipe += n;
      continue;
    }
    s->bulk_reads = n < BULK_READ ? 0 : s->bulk_reads < BULK_READS ? s->bulk_reads + 1 : s->bulk_reads;
    ssize_t sent = send(s->peer, buffer, n, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) return drop_both(fd);
    if (sent < n) {
      hold(s, buffer + (sent < 0 ? 0 : sent), n - (sent < 0 ? 0 : sent));
      return 1;
    }
    if (n < BULK_READ && !s->saw_hangup) return 1; // drained: edge-triggered, the next bytes make an event
  }
  return 1;
}

static void connect_backend(int client, int length) {
  unsigned number = 0;
  for (int i = KEY_AT + 3; i < KEY_AT + KEY_LENGTH; i++) number = number * 10 + buffer[i] - '0';
  struct sockaddr_in to = {.sin_family = AF_INET,
                           .sin_port = htons(backend_port + number % BACKENDS),
                           .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
  if (fd < 0) return drop(client);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (connect(fd, (void *)&to, sizeof to) && errno != EINPROGRESS) {
    close(fd);
    return drop(client);
  }
  int was = sides[client].state;
  sides[client].state = RELAY;
  sides[client].peer = fd;
  sides[fd] = (side){.state = RELAY, .peer = client};
  ssize_t sent = send(fd, buffer, length, MSG_NOSIGNAL);
  if (sent < length) hold(&sides[client], buffer + (sent < 0 ? 0 : sent), length - (sent < 0 ? 0 : sent));
  if (was == FREE) await(client);
  await(fd);
}

static void inspect(int fd) {
  side *s = &sides[fd];
  int before = s->held ? s->held_length : 0;
  ssize_t n = recv(fd, buffer + before, sizeof buffer - before, 0);
  int is_waiting = n < 0 && errno == EAGAIN;
  if (n <= 0 && !is_waiting) return drop(fd);
  if (before) memcpy(buffer, s->held, before);
  int length = before + (is_waiting ? 0 : n);
  uint32_t whole = 0;
  if (length >= 5) memcpy(&whole, buffer + 1, 4), whole = ntohl(whole) + 7;
  if (!is_waiting) free(s->held), s->held = 0;
  if (length >= 5 && length >= (int)whole) return connect_backend(fd, length);
  if (!is_waiting) hold(s, buffer, length);
  if (s->state == FREE) s->state = INSPECT, await(fd);
}

static void on_ready(int fd, uint32_t ready) {
  side *s = &sides[fd];
  if (s->state == FREE) return;
  if (s->state == INSPECT) return inspect(fd);
  if (ready & EPOLLERR) return (void)drop_both(fd);
  if (ready & (EPOLLRDHUP | EPOLLHUP)) s->saw_hangup = 1;
  int peer = s->peer;
  if (ready & (EPOLLIN | EPOLLRDHUP | EPOLLHUP) && !pump(fd)) return;
  side *back = &sides[peer];
  if (ready & EPOLLOUT && (back->held || back->in_pipe || (back->at_end && !back->is_done))) pump(peer);
}

static int listen_on(int port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1, seconds = 5;
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  setsockopt(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &seconds, sizeof seconds);
  if (fd < 0 || bind(fd, (void *)&at, sizeof at) || listen(fd, 4096)) fail("listen");
  return fd;
}

int main(int count, char **arguments) {
  if (count != 3) return fprintf(stderr, "limit PORT BACKEND_PORT\n"), 2;
  int listener = listen_on(number(arguments[1], 1, 65535));
  backend_port = number(arguments[2], 1, 65535 - BACKENDS);
  sides = calloc(raise_descriptors() + 16, sizeof *sides);
  poller = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
  if (!sides || poller < 0 || epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event)) fail("start");
  static struct epoll_event events[EVENTS];
  for (;;) {
    int n = epoll_wait(poller, events, EVENTS, -1);
    for (int i = 0; i < n; i++) {
      if (events[i].data.fd != listener) {
        on_ready(events[i].data.fd, events[i].events);
        continue;
      }
      for (int j = 0, fd; j < ACCEPTS && (fd = accept4(listener, 0, 0, SOCK_NONBLOCK)) >= 0; j++) inspect(fd);
    }
  }
}
