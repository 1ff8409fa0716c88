// The program: everything it does is in ChannelBridgeCommand and ChannelCommands.

internal import ChannelBridgeCommand
internal import ChannelCommands
internal import Glibc

exit(Program.run(Array(CommandLine.arguments.dropFirst()), doing: SocketCommands.deeds))
