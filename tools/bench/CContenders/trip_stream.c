// The same messages over a stream of bytes: a Unix socket, or two FIFOs. A message is a line.

#define _GNU_SOURCE
#include "CContenders.h"
#include "message.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { READING_BLOCK = 64 << 10 };

struct contender_stream {
  /// Waits for somebody to connect, until somebody did; -1 otherwise.
  int listener;
  int in, out;
  struct message_key key;
  uint64_t last;
  size_t held, next;
  char buffer[READING_BLOCK];
};

static struct contender_stream *new_stream(void) {
  struct contender_stream *stream = calloc(1, sizeof *stream);
  stream->key = message_key_of_contenders();
  stream->listener = stream->in = stream->out = -1;
  return stream;
}

static struct sockaddr_un address(const char *folder) {
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  snprintf(address.sun_path, sizeof address.sun_path, "%s/socket", folder);
  return address;
}

struct contender_stream *contender_socket_listen(const char *folder) {
  struct contender_stream *stream = new_stream();
  struct sockaddr_un name = address(folder);
  stream->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(stream->listener, (struct sockaddr *)&name, sizeof name)) fail("bind");
  if (listen(stream->listener, 1)) fail("listen");
  return stream;
}

struct contender_stream *contender_socket_connect(const char *folder) {
  struct contender_stream *stream = new_stream();
  struct sockaddr_un name = address(folder);
  stream->in = stream->out = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(stream->in, (struct sockaddr *)&name, sizeof name)) fail("connect");
  return stream;
}

struct contender_stream *contender_fifo_open(const char *folder, int answers) {
  struct contender_stream *stream = new_stream();
  int ends[2];
  for (int i = 0; i < 2; i++) {
    char path[4096];
    snprintf(path, sizeof path, "%s/fifo-%d", folder, i);
    if (mkfifo(path, 0600) && errno != EEXIST) fail("mkfifo");
    // For both directions, so that opening does not wait for the other end.
    ends[i] = open(path, O_RDWR | O_CLOEXEC);
    if (ends[i] < 0) fail("open of a FIFO");
  }
  stream->in = ends[!answers];
  stream->out = ends[answers];
  return stream;
}

/// The next line, good until the next call; it ends before `length`.
static const char *receive(struct contender_stream *stream, size_t *length) {
  if (stream->in < 0) {
    stream->in = stream->out = accept4(stream->listener, NULL, NULL, SOCK_CLOEXEC);
    if (stream->in < 0) fail("accept4");
  }
  size_t searched = stream->next;
  for (;;) {
    char *end = memchr(stream->buffer + searched, '\n', stream->held - searched);
    if (end) {
      const char *line = stream->buffer + stream->next;
      *length = (size_t)(end - line);
      stream->next += *length + 1;
      return line;
    }
    stream->held -= stream->next;
    memmove(stream->buffer, stream->buffer + stream->next, stream->held);
    stream->next = 0;
    searched = stream->held;
    ssize_t more = read(stream->in, stream->buffer + stream->held, READING_BLOCK - stream->held);
    // Whoever took turns with the other end is done when that one is.
    if (more == 0) exit(0);
    if (more < 0) fail("read");
    stream->held += (size_t)more;
  }
}

static void send_line(struct contender_stream *stream, enum message_kind kind, const char *reply_to, char *id) {
  char line[MESSAGE_ROOM];
  message_id(id, &stream->key, 0, ++stream->last);
  size_t length = message_write(line, id, kind, reply_to);
  line[length++] = '\n';
  if (write(stream->out, line, length) != (ssize_t)length) fail("write");
}

void contender_stream_ask(struct contender_stream *stream) {
  char id[ID_LENGTH];
  size_t length;
  send_line(stream, REQUEST, NULL, id);
  while (!message_answers(receive(stream, &length), length, id)) {}
}

void contender_stream_answer(struct contender_stream *stream) {
  char id[ID_LENGTH];
  size_t length;
  send_line(stream, RESPONSE, receive(stream, &length) + ID_OFFSET, id);
}

void contender_stream_send(struct contender_stream *stream) {
  char id[ID_LENGTH];
  send_line(stream, EVENT, NULL, id);
}

void contender_stream_receive(struct contender_stream *stream) {
  size_t length;
  receive(stream, &length);
}
