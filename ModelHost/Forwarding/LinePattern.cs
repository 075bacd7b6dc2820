using System.Text.Unicode;

namespace Lyceum.ModelHost.Forwarding;

/// <summary>
/// The lines of a stream differ in their text and in the digits of their time, and in nothing else: one that is like the last that was
/// parsed needs no parser.
/// </summary>
internal sealed class LinePattern
{
    // Longer ones are rare, and need not be remembered.
    private const int MaxLength = 1024;
    private byte[] _around = [];
    private int _before;
    private int _length;

    /// <summary>Remembers what stands around the text of a line, which has no other text.</summary>
    /// <param name="line">The line.</param>
    /// <param name="start">Where its text begins, after the quotation mark.</param>
    /// <param name="length">Its text's length as it stands there.</param>
    public void Learn(ReadOnlySpan<byte> line, int start, int length)
    {
        (_before, _length) = (start, line.Length - length);
        if (_length > MaxLength)
        {
            _length = 0;
            return;
        }

        _around = _around.Length >= _length ? _around : new byte[_length];
        line[..start].CopyTo(_around);
        line[(start + length)..].CopyTo(_around.AsSpan(start));
    }

    /// <summary>Finds the text of a line that is like the one before; false where it must be parsed.</summary>
    public bool TryFind(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> text)
    {
        var after = _length - _before;
        text = _length > 0 && line.Length >= _length ? line[_before..^after] : default;
        return !text.IsEmpty
            && IsAlike(line[.._before], _around.AsSpan(0, _before))
            && IsAlike(line[^after..], _around.AsSpan(_before, after))
            && text.IndexOfAny((byte)'"', (byte)'\\') < 0
            && Utf8.IsValid(text);
    }

    /// <summary>Whether two spans of one length differ only in digits.</summary>
    private static bool IsAlike(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        for (var same = one.CommonPrefixLength(other); same < one.Length; same += one[same..].CommonPrefixLength(other[same..]))
        {
            if (!char.IsAsciiDigit((char)one[same]) || !char.IsAsciiDigit((char)other[same]))
            {
                return false;
            }

            same++;
        }

        return true;
    }
}
