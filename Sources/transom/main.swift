// The program: everything it does is in ChannelCommands.

internal import ChannelCommands
internal import Glibc

exit(Program.run(Array(CommandLine.arguments.dropFirst())))
