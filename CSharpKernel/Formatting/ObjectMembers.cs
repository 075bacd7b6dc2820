using System.Reflection;

namespace Lyceum.CSharpKernel.Formatting;

/// <summary>What of an object is worth showing: public properties that can be read, and public fields.</summary>
internal static class ObjectMembers
{
    private const BindingFlags Visible = BindingFlags.Public | BindingFlags.Instance;
    private const int Max = 50;

    public static IReadOnlyList<MemberInfo> Of(Type type) =>
    [
        .. type.GetProperties(Visible)
            .Where(property => property.GetMethod is { IsPublic: true } && property.GetIndexParameters().Length == 0
                && !property.PropertyType.IsByRef && !property.PropertyType.IsByRefLike)
            .Cast<MemberInfo>()
            .Concat(type.GetFields(Visible))
            .Take(Max),
    ];

    /// <exception cref="Exception">Whatever the property throws.</exception>
    public static object? Read(MemberInfo member, object value)
    {
        try
        {
            return member is PropertyInfo property ? property.GetValue(value) : ((FieldInfo)member).GetValue(value);
        }
        catch (TargetInvocationException exception) when (exception.InnerException is { } thrown)
        {
            throw thrown;
        }
    }
}
