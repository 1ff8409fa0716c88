// The program: everything it does is in ChannelDaemon.

internal import ChannelDaemon
internal import Glibc

exit(DaemonProgram.run(Array(CommandLine.arguments.dropFirst())))
