#ifndef CLINUX_H
#define CLINUX_H

#include "CLinuxChildren.h"
#include "CLinuxEvents.h"
#include "CLinuxFiles.h"
#include "CLinuxProcesses.h"
#include "CLinuxSockets.h"
#include "CLinuxThreads.h"

#endif
