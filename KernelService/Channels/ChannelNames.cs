using Lyceum.Messaging;

namespace Lyceum.KernelService.Channels;

/// <summary>The channels' names on the WebSocket.</summary>
internal static class ChannelNames
{
    public static ReadOnlySpan<byte> Of(KernelChannel channel) => channel switch
    {
        KernelChannel.Shell => "shell"u8,
        KernelChannel.Iopub => "iopub"u8,
        KernelChannel.Stdin => "stdin"u8,
        KernelChannel.Control => "control"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(channel), channel, "Clients do not see this channel."),
    };

    /// <summary>The channel that a client names; one that names none means shell.</summary>
    public static bool TryParse(ReadOnlySpan<byte> name, out KernelChannel channel)
    {
        KernelChannel? known = name switch
        {
            [] => KernelChannel.Shell,
            _ when name.SequenceEqual("shell"u8) => KernelChannel.Shell,
            _ when name.SequenceEqual("control"u8) => KernelChannel.Control,
            _ when name.SequenceEqual("stdin"u8) => KernelChannel.Stdin,
            _ when name.SequenceEqual("iopub"u8) => KernelChannel.Iopub,
            _ => null,
        };
        channel = known ?? KernelChannel.Shell;
        return known is not null;
    }
}
