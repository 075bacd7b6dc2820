using System.Globalization;

namespace Lyceum.ChatService.JsonSchemas;

/// <summary>A JSON pointer (RFC 6901) that grows with the walk; its text is made only when somebody asks.</summary>
internal sealed record Pointer(Pointer? Parent, string Token)
{
    public static readonly Pointer Root = new(null, "");

    public Pointer Then(string token) => new(this, token);

    public Pointer Then(int index) => new(this, index.ToString(CultureInfo.InvariantCulture));

    public static string Escape(string token) =>
        token.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    public override string ToString()
    {
        Stack<string> tokens = [];
        for (var at = this; at.Parent is not null; at = at.Parent)
        {
            tokens.Push(Escape(at.Token));
        }

        return string.Concat(tokens.Select(token => "/" + token));
    }
}
