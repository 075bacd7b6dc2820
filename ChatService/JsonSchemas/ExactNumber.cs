using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Lyceum.ChatService.JsonSchemas;

/// <summary>A JSON number as it is written, Digits · 10^Exponent: binary floating point would call 0.0075 no multiple of 0.0001.</summary>
internal readonly record struct ExactNumber(BigInteger Digits, int Exponent) : IComparable<ExactNumber>
{
    // Holds every double; more would let a short text ask for much arithmetic.
    private const int MaxLength = 400;
    private const int MaxExponent = 400;

    public bool IsInteger => Exponent >= 0 || BigInteger.Remainder(Digits, BigInteger.Pow(10, -Exponent)).IsZero;

    public static bool TryRead(JsonElement element, out ExactNumber number)
    {
        number = default;
        var text = element.GetRawText().AsSpan();
        if (text.Length > MaxLength)
        {
            return false;
        }

        var exponent = 0;
        if (text.IndexOfAny('e', 'E') is >= 0 and var e)
        {
            if (!int.TryParse(text[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent) || Math.Abs(exponent) > MaxExponent)
            {
                return false;
            }

            text = text[..e];
        }

        var point = text.IndexOf('.');
        var digits = point < 0 ? text : string.Concat(text[..point], text[(point + 1)..]);
        number = new(BigInteger.Parse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture), exponent - (point < 0 ? 0 : text.Length - point - 1));
        return true;
    }

    public int CompareTo(ExactNumber other)
    {
        var (mine, others) = Align(this, other);
        return mine.CompareTo(others);
    }

    public bool IsMultipleOf(ExactNumber divisor)
    {
        var (mine, parts) = Align(this, divisor);
        return BigInteger.Remainder(mine, parts).IsZero;
    }

    private static (BigInteger One, BigInteger Other) Align(ExactNumber one, ExactNumber other)
    {
        var exponent = Math.Min(one.Exponent, other.Exponent);
        return (one.Digits * BigInteger.Pow(10, one.Exponent - exponent), other.Digits * BigInteger.Pow(10, other.Exponent - exponent));
    }
}
