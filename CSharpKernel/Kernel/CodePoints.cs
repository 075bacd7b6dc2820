namespace Lyceum.CSharpKernel.Kernel;

/// <summary>Jupyter counts cursor positions in Unicode code points, .NET in UTF-16 units.</summary>
internal static class CodePoints
{
    /// <summary>The UTF-16 position of a code point; the end of the text for positions beyond it.</summary>
    public static int ToUtf16(string text, int codePoints)
    {
        var position = 0;
        for (; codePoints > 0 && position < text.Length; codePoints--)
        {
            position += IsPair(text, position) ? 2 : 1;
        }

        return position;
    }

    public static int FromUtf16(string text, int position)
    {
        var codePoints = 0;
        for (var i = 0; i < position; codePoints++)
        {
            i += IsPair(text, i) ? 2 : 1;
        }

        return codePoints;
    }

    private static bool IsPair(string text, int index) => index + 1 < text.Length && char.IsSurrogatePair(text[index], text[index + 1]);
}
