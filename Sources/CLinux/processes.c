#define _GNU_SOURCE
#include "CLinuxProcesses.h"

#include <fcntl.h>
#include <unistd.h>

int clinux_pipe(int *ends) { return pipe2(ends, O_CLOEXEC); }
