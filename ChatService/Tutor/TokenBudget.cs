using System.Text;

namespace Lyceum.ChatService.Tutor;

/// <summary>
/// Counts tokens before a model does: a quarter of the UTF-8 bytes, which is near enough for English, code and, where a character
/// has more bytes, other scripts. What the model itself counted is the answer's <c>input_tokens</c>.
/// </summary>
internal static class TokenBudget
{
    private const int BytesPerToken = 4;

    public static int Count(string text) => (Encoding.UTF8.GetByteCount(text) + BytesPerToken - 1) / BytesPerToken;

    /// <summary>The text, or its beginning and end if it is over the budget, and whether it was cut.</summary>
    public static (string Text, bool Cut) Cut(string text, int tokens)
    {
        var count = Count(text);
        return count <= tokens ? (text, false) : (NotebookText.Cut(text, (int)((long)text.Length * tokens / count)), true);
    }
}
