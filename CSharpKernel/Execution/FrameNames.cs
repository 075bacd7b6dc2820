using System.Diagnostics;
using System.Text.RegularExpressions;
using Lyceum.CSharpKernel.Formatting;

namespace Lyceum.CSharpKernel.Execution;

/// <summary>Gives methods in a stack trace the names that they have in the source, not those that the compiler made.</summary>
internal static partial class FrameNames
{
    /// <summary>Whether a library's frame says something to its caller: its public methods do, the machinery of await does not.</summary>
    public static bool IsPublic(StackFrame frame) => frame.GetMethod() is { IsPublic: true, DeclaringType: { IsVisible: true } type }
        && type.Namespace is not ("System.Runtime.CompilerServices" or "System.Runtime.ExceptionServices");

    /// <summary>The method with its parameters; empty for the statements of a cell itself.</summary>
    public static string Of(StackFrame frame)
    {
        var method = frame.GetMethod()!;
        var owner = method.DeclaringType;
        var name = method.Name;
        // async methods and iterators run in a class named after them: <Name>d__1.MoveNext
        if (owner is not null && name == "MoveNext" && StateMachine().Match(owner.Name) is { Success: true } machine)
        {
            name = machine.Groups[1].Value;
            owner = owner.DeclaringType;
        }

        if (Local().Match(name) is { Success: true } local)
        {
            name = local.Groups[1].Value;
        }
        else if (name.Contains(">b__", StringComparison.Ordinal))
        {
            name = "lambda";
        }

        if (name is "<Initialize>" or "<Factory>")
        {
            return "";
        }

        var prefix = owner is null ? "" : TypeNames.Of(owner);
        var parameters = method.Name == "MoveNext"
            ? "..."
            : string.Join(", ", method.GetParameters().Select(parameter => $"{TypeNames.Of(parameter.ParameterType)} {parameter.Name}"));
        return $"{(prefix.Length == 0 ? "" : prefix + ".")}{(name == ".ctor" ? "new" : name)}({parameters})";
    }

    [GeneratedRegex(@"^<(<?\w+>?)>d__")]
    private static partial Regex StateMachine();

    [GeneratedRegex(@">g__(\w+)\|")]
    private static partial Regex Local();
}
