using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.CodeAnalysis.CSharp;

namespace Lyceum.CSharpKernel.Formatting;

/// <summary>Writes values the way one would write them in C#, bounded in depth, length and number of elements.</summary>
internal sealed class PlainText
{
    private const int MaxDepth = 5;
    private const int MaxElements = 100;
    private const int MaxLength = 20_000;
    private const int LineLength = 100;

    private readonly HashSet<object> _open = new(ReferenceEqualityComparer.Instance);
    private int _written;

    private PlainText()
    {
    }

    public static string Of(object? value) => new PlainText().Format(value, depth: 0, indent: 0);

    private string Format(object? value, int depth, int indent)
    {
        var text = Simple(value);
        if (text is null)
        {
            text = !_open.Add(value!) ? "(itself)"
                : depth > MaxDepth || _written > MaxLength ? "..."
                : Compound(value!, depth, indent);
            _open.Remove(value!);
        }

        if (text.Length > MaxLength)
        {
            text = $"{text.AsSpan(0, MaxLength)}... ({text.Length} characters)";
        }

        _written += text.Length;
        return text;
    }

    /// <summary>Values without parts; null for all others.</summary>
    private static string? Simple(object? value) => value switch
    {
        null => "null",
        string text => SymbolDisplay.FormatLiteral(text, quote: true),
        char character => SymbolDisplay.FormatLiteral(character, quote: true),
        bool boolean => boolean ? "true" : "false",
        DateTime time => time.ToString("yyyy-MM-dd HH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture),
        DateTimeOffset time => time.ToString("yyyy-MM-dd HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture),
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        Enum constant => Enum.IsDefined(constant.GetType(), constant) ? $"{TypeNames.Of(constant.GetType())}.{constant}" : constant.ToString(),
        Type type => $"typeof({TypeNames.Of(type)})",
        Exception exception => $"{TypeNames.Of(exception.GetType())}: {exception.Message}",
        Delegate function => $"{TypeNames.Of(function.GetType())} (a function)",
        Task task => $"{TypeNames.Of(task.GetType())} ({task.Status})",
        IFormattable formattable => Guard(() => formattable.ToString(null, CultureInfo.InvariantCulture)),
        _ => null,
    };

    private string Compound(object value, int depth, int indent)
    {
        var type = value.GetType();
        return value switch
        {
            ITuple tuple => Surround("(", Enumerable.Range(0, tuple.Length).Select(i => Format(tuple[i], depth + 1, indent + 2)), ")", indent),
            IDictionary map => Surround($"{TypeNames.Of(type)}({map.Count}) {{ ", Entries(map, depth, indent), " }", indent),
            IEnumerable sequence => Sequence(sequence, depth, indent),
            _ when Describes(type) => Guard(value.ToString),
            _ => Surround($"{TypeNames.Of(type)} {{ ".TrimStart(), Members(value, depth, indent), " }", indent),
        };
    }

    private string Sequence(IEnumerable sequence, int depth, int indent)
    {
        var count = sequence is ICollection collection ? $"({collection.Count})" : "";
        var name = TypeNames.Of(sequence.GetType()) is { Length: > 0 } known && !known.Contains("Iterator", StringComparison.Ordinal)
            ? known
            : ElementType(sequence.GetType()) is { } element ? $"IEnumerable<{TypeNames.Of(element)}>" : "IEnumerable";
        return Surround($"{name}{count} {{ ", Elements(sequence, depth, indent), " }", indent);
    }

    private IEnumerable<string> Elements(IEnumerable sequence, int depth, int indent)
    {
        var shown = 0;
        foreach (var element in sequence)
        {
            if (shown++ == MaxElements || _written > MaxLength)
            {
                yield return "...";
                yield break;
            }

            yield return Format(element, depth + 1, indent + 2);
        }
    }

    private IEnumerable<string> Entries(IDictionary map, int depth, int indent)
    {
        var shown = 0;
        foreach (DictionaryEntry entry in map)
        {
            if (shown++ == MaxElements || _written > MaxLength)
            {
                yield return "...";
                yield break;
            }

            yield return $"[{Format(entry.Key, depth + 1, indent + 2)}] = {Format(entry.Value, depth + 1, indent + 2)}";
        }
    }

    private IEnumerable<string> Members(object value, int depth, int indent) => ObjectMembers.Of(value.GetType())
        .Select(member => $"{member.Name} = {Guard(() => Format(ObjectMembers.Read(member, value), depth + 1, indent + 2))}");

    /// <summary>On one line if it fits, else one part a line.</summary>
    private static string Surround(string start, IEnumerable<string> parts, string end, int indent)
    {
        var all = parts.ToList();
        if (all.Count == 0)
        {
            return start.TrimEnd() + end.Trim();
        }

        if (indent + start.Length + end.Length + all.Sum(part => part.Length + 2) <= LineLength && !all.Exists(part => part.Contains('\n', StringComparison.Ordinal)))
        {
            return $"{start}{string.Join(", ", all)}{end}";
        }

        var text = new StringBuilder(start.TrimEnd());
        foreach (var part in all)
        {
            text.Append(text[^1] is '{' or '(' && text.Length == start.TrimEnd().Length ? "\n" : ",\n").Append(' ', indent + 2).Append(part);
        }

        return text.Append('\n').Append(' ', indent).Append(end.TrimStart()).ToString();
    }

    /// <summary>Whether somebody wrote a ToString for the type, rather than the compiler or nobody.</summary>
    private static bool Describes(Type type)
    {
        var method = type.GetMethod(nameof(ToString), BindingFlags.Public | BindingFlags.Instance, []);
        return method is not null
            && method.DeclaringType != typeof(object)
            && method.DeclaringType != typeof(ValueType)
            && !TypeNames.IsMadeByCompiler(type)
            && method.GetCustomAttribute<CompilerGeneratedAttribute>() is null;
    }

    private static Type? ElementType(Type type) => type.GetInterfaces().Append(type)
        .FirstOrDefault(candidate => candidate.IsGenericType && candidate.GetGenericTypeDefinition() == typeof(IEnumerable<>))
        ?.GetGenericArguments()[0];

    private static string Guard(Func<string?> format)
    {
        try
        {
            return format() ?? "null";
        }
#pragma warning disable CA1031 // A value that fails to describe itself is shown as just that.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return $"({TypeNames.Of(exception.GetType())}: {exception.Message})";
        }
    }
}
