using System.Text;

namespace Lyceum.Messaging.Tests;

internal static class Limit
{
    public static CancellationTokenSource Start(int seconds = 60) => new(TimeSpan.FromSeconds(seconds));

    public static Message Message(params string[] frames) =>
        new([.. frames.Select(frame => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(frame))]);

    public static string[] Texts(this Message message) =>
        [.. message.Frames.ToArray().Select(frame => Encoding.UTF8.GetString(frame.Span))];

    public static string Hex(string text) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text));
}
