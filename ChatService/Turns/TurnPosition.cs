using System.Globalization;

namespace Lyceum.ChatService.Turns;

/// <summary>Where in a stream a client is, the <c>id</c> of its events: the answer, and how much of it the client has in UTF-16 units.</summary>
internal readonly record struct TurnPosition(Guid Answer, int Length)
{
    /// <summary>The header with which a client that comes back says what it has (WHATWG HTML, 9.2.4).</summary>
    public const string Header = "Last-Event-ID";

    public static bool TryParse(string text, out TurnPosition position)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        position = default;
        if (slash < 0
            || !Guid.TryParse(text.AsSpan(0, slash), out var answer)
            || !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var length))
        {
            return false;
        }

        position = new TurnPosition(answer, length);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Answer}/{Length}");
}
