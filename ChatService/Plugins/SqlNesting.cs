using System.Text.RegularExpressions;

namespace Lyceum.ChatService.Plugins;

/// <summary>
/// Whether a query stays within parentheses that are put around it. What PostgreSQL takes for quotes and comments is its lexical
/// structure (PostgreSQL's manual, 4.1): '' and E'', "", $tag$, -- and nested /* */.
/// </summary>
internal static partial class SqlNesting
{
    public static bool IsClosed(string query)
    {
        var depth = 0;
        for (var at = 0; at < query.Length;)
        {
            var end = EndOfQuoted(query, at);
            if (end > at)
            {
                at = end;
                continue;
            }

            depth += query[at] switch { '(' => 1, ')' => -1, _ => 0 };
            if (depth < 0)
            {
                return false;
            }

            at++;
        }

        return depth == 0;
    }

    /// <summary>Behind the quotes or the comment that begins there; the place itself where none does.</summary>
    private static int EndOfQuoted(string query, int at)
    {
        switch (query[at])
        {
            case '\'':
                return EndOfText(query, at, escapes: at > 0 && query[at - 1] is 'e' or 'E' && (at == 1 || !IsOfName(query[at - 2])));
            case '"':
                return EndOfText(query, at, escapes: false);
            case '-' when query.AsSpan(at).StartsWith("--", StringComparison.Ordinal):
                return query.AsSpan(at).IndexOfAny('\n', '\r') is >= 0 and var line ? at + line : query.Length;
            case '/' when query.AsSpan(at).StartsWith("/*", StringComparison.Ordinal):
                return EndOfComment(query, at);
            case '$' when (at == 0 || !IsOfName(query[at - 1])) && Tag().Match(query, at) is { Success: true } tag:
                var close = query.IndexOf(tag.Value, at + tag.Length, StringComparison.Ordinal);
                return close < 0 ? query.Length : close + tag.Length;
            default:
                return at;
        }
    }

    private static int EndOfText(string query, int at, bool escapes)
    {
        var quote = query[at++];
        for (; at < query.Length; at++)
        {
            if (escapes && query[at] == '\\')
            {
                at++;
            }
            else if (query[at] == quote)
            {
                return at + 1;
            }
        }

        return query.Length;
    }

    private static int EndOfComment(string query, int at)
    {
        var depth = 0;
        for (; at < query.Length; at++)
        {
            if (query.AsSpan(at).StartsWith("/*", StringComparison.Ordinal))
            {
                (depth, at) = (depth + 1, at + 1);
            }
            else if (query.AsSpan(at).StartsWith("*/", StringComparison.Ordinal))
            {
                at++;
                if (--depth == 0)
                {
                    return at + 1;
                }
            }
        }

        return query.Length;
    }

    private static bool IsOfName(char c) => char.IsLetterOrDigit(c) || c is '_' or '$' || c >= '\x80';

    [GeneratedRegex(@"\G\$(?:[\p{L}_][\p{L}\p{Nd}_]*)?\$", RegexOptions.CultureInvariant)]
    private static partial Regex Tag();
}
