// Messages are part of what a user of the library meets.

@_exported public import ChannelMessages
