// What Transom is compared with: the same work in plain C, with the kernel calls that it cannot do without and no more.
//
// A contender that fails says so and ends its process: it runs in one of its own.

#ifndef CCONTENDERS_H
#define CCONTENDERS_H

#include <stddef.h>
#include <stdint.h>

/// The payload that everything here carries; a message with it has about 300 bytes.
extern const char *const contender_payload;

/// From now on this process is killed when the one that started it ends.
void contender_end_with_parent(void);

// MARK: A journal (journal.c)

struct contender_journal;

/// Opens one direction's journal below the folder (0: backend to frontend, 1: the other) for appending; makes it when
/// it is missing.
struct contender_journal *contender_journal_open(const char *folder, int direction);

/// Appends an event.
void contender_append(struct contender_journal *journal);

// MARK: The window of protocol 1.0 (window.c)

struct contender_window;

/// A window of 100 messages in the folder.
struct contender_window *contender_window_open(const char *folder);

/// Publishes one message more, as an end must that knows what the window holds.
void contender_publish(struct contender_window *window);

// MARK: A 1.0 program in C (peer.c)

/// Below the folder is `channel`, in it the window from backend to frontend.
struct contender_peer_writer;
struct contender_peer_writer *contender_peer_writer_open(const char *folder);

/// Adds an event to the window as 1.0 does, and says just before it puts it in place at what moment it does.
void contender_peer_write(struct contender_peer_writer *writer);

struct contender_peer_reader;
struct contender_peer_reader *contender_peer_reader_open(const char *folder);

/// Waits for another window and finds its newest message.
void contender_peer_read(struct contender_peer_reader *reader);

/// The moment that the writer told last, in nanoseconds since boot.
const volatile uint64_t *contender_stamp_open(const char *folder);
uint64_t contender_stamp_read(const volatile uint64_t *stamp);

// MARK: Both: a send as the channel's protocol has it (shown.c)

struct contender_sender;

/// A direction of a channel below the folder: a journal, and a window that shows its newest 100 messages.
///
/// What comes back from the exchange is written anew as the next window, or else removed.
struct contender_sender *contender_sender_open(const char *folder, int rewrites);

/// Appends an event and shows it.
void contender_send_shown(struct contender_sender *sender);

// MARK: Round trips: one end asks and waits for its answer, the other answers for ever

/// How an end learns that the other's journal grew.
enum contender_notice {
  CONTENDER_RAW_INOTIFY, ///< a blocking read of an inotify descriptor
  CONTENDER_LIBRARY      ///< libinotifytools: poll its descriptor, then drain it
};

/// Over two journals (trip_journal.c). Side 0 is the backend, which answers.
struct contender_journal_end;
struct contender_journal_end *contender_journal_end_open(const char *folder, int side, enum contender_notice notice);
void contender_journal_ask(struct contender_journal_end *end);
void contender_journal_answer(struct contender_journal_end *end);
/// One way: appends an event, or waits for the other end's next message.
void contender_journal_send(struct contender_journal_end *end);
void contender_journal_take(struct contender_journal_end *end);

/// Over a stream of bytes, a message a line (trip_stream.c).
struct contender_stream;
struct contender_stream *contender_socket_listen(const char *folder);
struct contender_stream *contender_socket_connect(const char *folder);
struct contender_stream *contender_fifo_open(const char *folder, int answers);
void contender_stream_ask(struct contender_stream *stream);
void contender_stream_answer(struct contender_stream *stream);
/// One way: sends a message with one write, or takes one.
void contender_stream_send(struct contender_stream *stream);
void contender_stream_receive(struct contender_stream *stream);

/// Over NATS on the loopback (trip_nats.c). An open function answers NULL, and says why, where NATS is not installed.
struct contender_nats;
struct contender_nats *contender_nats_open(const char *folder, int answers, const char **reason);
void contender_nats_ask(struct contender_nats *nats);
void contender_nats_answer(struct contender_nats *nats);

/// Over ZeroMQ's ipc transport (trip_zeromq.c); NULL and a reason where it is not installed.
struct contender_zeromq;
struct contender_zeromq *contender_zeromq_open(const char *folder, int answers, const char **reason);
void contender_zeromq_ask(struct contender_zeromq *zeromq);
void contender_zeromq_answer(struct contender_zeromq *zeromq);

#endif
