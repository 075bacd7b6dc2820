using System.Runtime.CompilerServices;

namespace Lyceum.CSharpKernel.Formatting;

/// <summary>Types as one writes them in C#, without namespaces.</summary>
internal static class TypeNames
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(bool)] = "bool", [typeof(byte)] = "byte", [typeof(sbyte)] = "sbyte", [typeof(char)] = "char",
        [typeof(short)] = "short", [typeof(ushort)] = "ushort", [typeof(int)] = "int", [typeof(uint)] = "uint",
        [typeof(long)] = "long", [typeof(ulong)] = "ulong", [typeof(nint)] = "nint", [typeof(nuint)] = "nuint",
        [typeof(float)] = "float", [typeof(double)] = "double", [typeof(decimal)] = "decimal",
        [typeof(string)] = "string", [typeof(object)] = "object", [typeof(void)] = "void",
    };

    /// <summary>The name; empty for what has none, such as an anonymous type or the class that stands for a cell.</summary>
    public static string Of(Type type)
    {
        if (Keywords.TryGetValue(type, out var keyword))
        {
            return keyword;
        }

        if (type.IsArray)
        {
            return $"{Of(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        }

        if (type.HasElementType)
        {
            return Of(type.GetElementType()!) + (type.IsPointer ? "*" : "");
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Of(underlying) + "?";
        }

        if (type.IsGenericParameter)
        {
            return type.Name;
        }

        if (IsMadeByCompiler(type) || IsCell(type))
        {
            return "";
        }

        var arguments = type.GetGenericArguments();
        if (typeof(ITuple).IsAssignableFrom(type) && type.IsValueType)
        {
            return $"({string.Join(", ", arguments.Select(Of))})";
        }

        var (name, own) = WithoutArity(type.Name);
        var outer = type.DeclaringType is { } declaring ? Of(declaring) : "";
        var mine = own == 0 ? "" : $"<{string.Join(", ", arguments[^own..].Select(Of))}>";
        return $"{(outer.Length == 0 ? "" : outer + ".")}{name}{mine}";
    }

    public static bool IsMadeByCompiler(Type type) => type.Name.StartsWith('<');

    private static bool IsCell(Type type) => type.Name.StartsWith("Submission#", StringComparison.Ordinal);

    private static (string Name, int Arity) WithoutArity(string name)
    {
        var tick = name.IndexOf('`', StringComparison.Ordinal);
        return tick < 0 || !int.TryParse(name.AsSpan(tick + 1), out var arity) ? (name, 0) : (name[..tick], arity);
    }
}
