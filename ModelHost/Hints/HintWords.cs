using System.Text.RegularExpressions;

namespace Lyceum.ModelHost.Hints;

/// <summary>An answer in the pieces that a stream sends, each a word with the space before it.</summary>
internal sealed partial class HintWords
{
    private HintWords(IReadOnlyList<string> pieces, bool cut)
    {
        Pieces = pieces;
        FinishReason = cut ? "length" : "stop";
    }

    public IReadOnlyList<string> Pieces { get; }

    public string FinishReason { get; }

    public string Text => string.Concat(Pieces);

    public static HintWords Of(string text, int? limit)
    {
        string[] all = [.. Piece.Matches(text).Select(match => match.Value)];
        return limit is { } most && most < all.Length ? new HintWords(all[..most], cut: true) : new HintWords(all, cut: false);
    }

    public static int Count(string text) => Piece.Count(text);

    [GeneratedRegex(@"\s*\S+|\s+$", RegexOptions.NonBacktracking)]
    private static partial Regex Piece { get; }
}
