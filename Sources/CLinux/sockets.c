#define _GNU_SOURCE
#include "CLinuxSockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <mqueue.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/vfs.h>
#include <unistd.h>

// The kernel takes less where its own limit is lower.
static const int backlog = 4096;

/// Closes a descriptor without touching errno.
static int give_up(int descriptor) {
  int code = errno;
  close(descriptor);
  errno = code;
  return -1;
}

/// Makes an address of a path, and answers its size; 0 when the path is none or too long.
static socklen_t address_of(const char *path, struct sockaddr_un *address) {
  size_t length = strlen(path);
  memset(address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  if (length == 0 || length >= sizeof address->sun_path) {
    errno = length == 0 ? ENOENT : ENAMETOOLONG;
    return 0;
  }
  memcpy(address->sun_path, path, length);
  return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + 1);
}

int clinux_listen_at_path(const char *path, unsigned permissions) {
  struct sockaddr_un address;
  socklen_t size = address_of(path, &address);
  if (size == 0) return -1;
  int number = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (number < 0) return -1;
  // The kernel gives the name the permissions of the socket, less the umask: so it never has more, not for a moment.
  if (fchmod(number, permissions) != 0 || bind(number, (struct sockaddr *)&address, size) != 0) return give_up(number);
  // And these are the ones that the umask took.
  if (chmod(path, permissions) != 0 || listen(number, backlog) != 0) {
    int code = errno;
    unlink(path);
    errno = code;
    return give_up(number);
  }
  return number;
}

int clinux_listen_at_address(const void *address, size_t size) {
  const struct sockaddr *plain = address;
  int number = socket(plain->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (number < 0) return -1;
  int one = 1;
  // Connections of an earlier process linger for a minute, and must not keep the port.
  if (plain->sa_family != AF_UNIX && setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0)
    return give_up(number);
  // Or [::] would take the port of 0.0.0.0 as well, depending on how the machine is set up.
  if (plain->sa_family == AF_INET6 && setsockopt(number, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one) != 0)
    return give_up(number);
  if (bind(number, plain, (socklen_t)size) != 0 || listen(number, backlog) != 0) return give_up(number);
  return number;
}

int clinux_begin_to_connect(const void *address, size_t size, int *is_under_way) {
  const struct sockaddr *plain = address;
  *is_under_way = 0;
  int number = socket(plain->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (number < 0) return -1;
  if (connect(number, plain, (socklen_t)size) == 0) return number;
  if (errno != EINPROGRESS) return give_up(number);
  *is_under_way = 1;
  return number;
}

void clinux_tend_connection(int descriptor) {
  int one = 1, idle = 60, interval = 15, probes = 4;
  // Whoever writes has put together what belongs together.
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  // One whose machine has gone says nothing. No TCP_USER_TIMEOUT: that ends who reads slowly, too.
  setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
  setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
  setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof interval);
  setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
}

/// Whether an address is one of the Internet.
static int is_of_internet(const struct sockaddr_storage *address) {
  return address->ss_family == AF_INET || address->ss_family == AF_INET6;
}

int clinux_is_joined_to_itself(int descriptor) {
  struct sockaddr_storage own, other;
  socklen_t size = sizeof own, other_size = sizeof other;
  if (getsockname(descriptor, (struct sockaddr *)&own, &size) != 0 || !is_of_internet(&own)) return 0;
  if (getpeername(descriptor, (struct sockaddr *)&other, &other_size) != 0) return 0;
  return size == other_size && memcmp(&own, &other, size) == 0;
}

int clinux_own_address(int descriptor, void *room, size_t size) {
  socklen_t taken = (socklen_t)size;
  return getsockname(descriptor, room, &taken) == 0 ? (int)taken : -1;
}

int clinux_has_peer(int descriptor) {
  struct sockaddr_storage other;
  socklen_t size = sizeof other;
  return getpeername(descriptor, (struct sockaddr *)&other, &size);
}

int clinux_literal_address(const char *host, uint16_t port, void *room, size_t size) {
  struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(port)};
  struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
  if (size < sizeof six) return -1;
  if (inet_pton(AF_INET, host, &four.sin_addr) == 1) {
    memcpy(room, &four, sizeof four);
    return sizeof four;
  }
  char digits[INET6_ADDRSTRLEN];
  size_t length = strcspn(host, "%");
  if (length >= sizeof digits) return -1;
  memcpy(digits, host, length);
  digits[length] = 0;
  if (inet_pton(AF_INET6, digits, &six.sin6_addr) != 1) return -1;
  // An address that is one of a single link says of which.
  if (host[length] == '%' && (six.sin6_scope_id = if_nametoindex(host + length + 1)) == 0) return -1;
  memcpy(room, &six, sizeof six);
  return sizeof six;
}

int clinux_host_of_address(const void *address, size_t size, char *room, size_t capacity) {
  return getnameinfo(address, (socklen_t)size, room, (socklen_t)capacity, NULL, 0, NI_NUMERICHOST) == 0 ? 0 : -1;
}

int clinux_look_up(const char *host, void (*found)(const void *address, size_t size, void *context), void *context) {
  struct addrinfo wanted = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
  struct addrinfo *first = NULL;
  int code = getaddrinfo(host, NULL, &wanted, &first);
  if (code == EAI_SYSTEM) return errno;
  if (code != 0) return code;
  for (struct addrinfo *each = first; each; each = each->ai_next) found(each->ai_addr, each->ai_addrlen, context);
  freeaddrinfo(first);
  return 0;
}

int clinux_open_fifo(const char *path, int to_write) {
  char place[32];
  struct stat facts;
  // Looked at before it is opened: opening may do something to what is there, as it does to a device.
  int named = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  if (named < 0) return -1;
  if (fstat(named, &facts) != 0) return give_up(named);
  if (!S_ISFIFO(facts.st_mode)) {
    errno = EEXIST;
    return give_up(named);
  }
  snprintf(place, sizeof place, "/proc/self/fd/%d", named);
  int number = open(place, (to_write ? O_WRONLY : O_RDONLY) | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  give_up(named);
  return number;
}

int clinux_take_over(int descriptor, int to_write) {
  char place[32];
  struct stat facts;
  struct statfs system;
  if (fstat(descriptor, &facts) != 0 || fstatfs(descriptor, &system) != 0) return -1;
  int number = -1;
  // Opened anew, where that can be: what is done to it is not done to what others have of it. One end of a FIFO with a
  // name would not notice that the other has gone before.
  if (S_ISCHR(facts.st_mode) || (S_ISFIFO(facts.st_mode) && system.f_type == PIPEFS_MAGIC)) {
    snprintf(place, sizeof place, "/proc/self/fd/%d", descriptor);
    number = open(place, (to_write ? O_WRONLY : O_RDONLY) | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  }
  if (number < 0) number = fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
  if (number < 0) return -1;
  // The wrong way round, so that whoever still uses it is refused.
  int nothing = open("/dev/null", (to_write ? O_RDONLY : O_WRONLY) | O_CLOEXEC);
  if (nothing < 0) return give_up(number);
  if (dup2(nothing, descriptor) < 0) {
    give_up(nothing);
    return give_up(number);
  }
  close(nothing);
  return number;
}

int clinux_connect_to_path(const char *path) {
  struct sockaddr_un address;
  socklen_t size = address_of(path, &address);
  if (size == 0) return -1;
  int number = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (number < 0) return -1;
  if (connect(number, (struct sockaddr *)&address, size) != 0) return give_up(number);
  return number;
}

int clinux_accept(int listener) {
  struct sockaddr_storage peer;
  socklen_t size = sizeof peer;
  int number = accept4(listener, (struct sockaddr *)&peer, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (number >= 0 && is_of_internet(&peer)) clinux_tend_connection(number);
  return number;
}

/// An option that is a number, or -1.
static int option(int descriptor, int name, int *value) {
  socklen_t size = sizeof *value;
  return getsockopt(descriptor, SOL_SOCKET, name, value, &size);
}

int clinux_look_at_socket(int descriptor, struct clinux_socket_facts *facts) {
  int family, type, listening;
  if (option(descriptor, SO_DOMAIN, &family) != 0 || option(descriptor, SO_TYPE, &type) != 0 ||
      option(descriptor, SO_ACCEPTCONN, &listening) != 0)
    return -1;
  struct sockaddr_storage own;
  socklen_t size = sizeof own;
  if (getsockname(descriptor, (struct sockaddr *)&own, &size) != 0) return -1;
  facts->is_unix = family == AF_UNIX;
  facts->is_stream = type == SOCK_STREAM;
  facts->is_listening = listening != 0;
  facts->port = family == AF_INET ? ntohs(((struct sockaddr_in *)&own)->sin_port)
      : family == AF_INET6 ? ntohs(((struct sockaddr_in6 *)&own)->sin6_port) : 0;
  return 0;
}

int clinux_adopt(int descriptor) {
  int flags = fcntl(descriptor, F_GETFL);
  if (flags < 0 || fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) != 0) return -1;
  return fcntl(descriptor, F_SETFD, FD_CLOEXEC);
}

int clinux_peer(int descriptor, int *process, uint32_t *user, uint32_t *group) {
  struct ucred found;
  socklen_t size = sizeof found;
  if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &found, &size) != 0) return -1;
  *process = found.pid;
  *user = found.uid;
  *group = found.gid;
  return 0;
}

int clinux_take_socket_error(int descriptor, int *code) { return option(descriptor, SO_ERROR, code); }

int64_t clinux_send(int descriptor, const void *bytes, size_t count) {
  return send(descriptor, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
}

int clinux_finish_writing(int descriptor) { return shutdown(descriptor, SHUT_WR); }

int clinux_open_queue(const char *name, int to_write, long *most) {
  struct mq_attr attributes;
  int number = mq_open(name, (to_write ? O_WRONLY : O_RDONLY) | O_CREAT | O_NONBLOCK | O_CLOEXEC, 0600, NULL);
  if (number < 0) return -1;
  if (mq_getattr(number, &attributes) != 0) return give_up(number);
  *most = attributes.mq_msgsize;
  return number;
}

int64_t clinux_take_message(int queue, void *room, size_t capacity) {
  return mq_receive(queue, room, capacity, NULL);
}

int clinux_put_message(int queue, const void *bytes, size_t count) { return mq_send(queue, bytes, count, 0); }

int clinux_remove_queue(const char *name) { return mq_unlink(name); }
