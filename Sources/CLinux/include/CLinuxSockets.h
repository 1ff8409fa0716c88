// Stream sockets: what Glibc's Swift module does not show, and addresses, which are awkward there. Each function leaves
// errno as the call did, and no child inherits what it opens.

#ifndef CLINUX_SOCKETS_H
#define CLINUX_SOCKETS_H

#include <stddef.h>
#include <stdint.h>

/// A Unix socket that listens at a new name, which never has more than these permissions; non-blocking. Or -1, and the
/// name is not there: EADDRINUSE when something has it.
int clinux_listen_at_path(const char *path, unsigned permissions);

/// A socket that listens at an address, one of IPv6 for IPv6 only; non-blocking. Or -1.
int clinux_listen_at_address(const void *address, size_t size);

/// A socket that is on its way to an address, and says whether it has still to arrive: when it can be written to,
/// `clinux_take_socket_error` tells what came of it; non-blocking. Or -1.
int clinux_begin_to_connect(const void *address, size_t size, int *is_under_way);

/// Has what is written to a TCP connection go out at once, and has it fail when nothing was heard of the other end for
/// one and a half minutes.
void clinux_tend_connection(int descriptor);

/// Whether a TCP connection came to be between a port and itself, as one to a free port of this machine may.
int clinux_is_joined_to_itself(int descriptor);

/// The address that a socket has here. Answers its size, or -1.
int clinux_own_address(int descriptor, void *room, size_t size);

/// Whether a socket has another end. Answers 0 or -1.
int clinux_has_peer(int descriptor);

/// The address that is written as numbers, such as 127.0.0.1, ::1 or fe80::1%eth0. Answers its size, or -1 when it is
/// no such thing.
int clinux_literal_address(const char *host, uint16_t port, void *room, size_t size);

/// The numbers of an address of the Internet, without its port. Answers 0 or -1.
int clinux_host_of_address(const void *address, size_t size, char *room, size_t capacity);

/// Asks for the addresses of a name, and gives them in the order in which they should be tried; takes as long as it
/// takes. Answers 0, an error's number, or below zero what getaddrinfo has for one.
int clinux_look_up(const char *host, void (*found)(const void *address, size_t size, void *context), void *context);

/// Opens one end of a FIFO without waiting for the other; non-blocking. Or -1: EEXIST when it is something else, ENXIO
/// when nobody reads what is to be written.
int clinux_open_fifo(const char *path, int to_write);

/// Takes a stream that a program was begun with away from its number, where there is nothing from then on. Answers the
/// new number, which no child inherits, or -1.
int clinux_take_over(int descriptor, int to_write);

/// A Unix socket that is joined to the one that listens at a name; non-blocking. Or -1: ECONNREFUSED when nobody listens
/// there, EAGAIN when too many wait.
int clinux_connect_to_path(const char *path);

/// Takes the next connection; non-blocking, and a TCP one is tended. Or -1.
int clinux_accept(int listener);

/// What a socket is.
struct clinux_socket_facts {
  int is_unix;
  int is_stream;
  int is_listening;
  /// Of a socket of the Internet, else 0.
  uint16_t port;
};

/// Looks at a socket. Answers 0 or -1.
int clinux_look_at_socket(int descriptor, struct clinux_socket_facts *facts);

/// Makes calls on a descriptor that somebody else opened never wait, and children not inherit it. Answers 0 or -1.
int clinux_adopt(int descriptor);

/// Who connected a Unix socket. Answers 0 or -1.
int clinux_peer(int descriptor, int *process, uint32_t *user, uint32_t *group);

/// Takes the error that a socket has met, 0 for none. Answers 0 or -1.
int clinux_take_socket_error(int descriptor, int *code);

/// Writes without waiting, and without SIGPIPE. Answers how much was taken, or -1.
int64_t clinux_send(int descriptor, const void *bytes, size_t count);

/// Tells the other end that nothing more comes. Answers 0 or -1.
int clinux_finish_writing(int descriptor);

/// Opens a queue of messages by its name, which begins with a slash, and makes it for our user only where there is none;
/// non-blocking. Answers its descriptor, and by `most` how many bytes a message has at most, or -1.
int clinux_open_queue(const char *name, int to_write, long *most);

/// Takes the next message of a queue. Answers how long it is, or -1: EAGAIN when there is none.
int64_t clinux_take_message(int queue, void *room, size_t capacity);

/// Puts a message into a queue. Answers 0 or -1: EAGAIN when it is full.
int clinux_put_message(int queue, const void *bytes, size_t count);

/// Takes the name of a queue away; it is gone when nobody has it open. Answers 0 or -1.
int clinux_remove_queue(const char *name);

#endif
