using System.Security.Cryptography;
using Aspire.Hosting.Publishing;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Where a parameter's value comes from when nobody gives it.</summary>
public abstract class ParameterDefault
{
    /// <summary>Writes how the value comes about, never a secret value itself.</summary>
    /// <param name="context">The manifest that is being written.</param>
    public abstract void WriteToManifest(ManifestPublishingContext context);

    /// <summary>The value.</summary>
    /// <returns>The value.</returns>
    public abstract string GetDefaultValue();
}

/// <summary>A random value, made where it is needed.</summary>
public sealed class GenerateParameterDefault : ParameterDefault
{
    private const string LowerCase = "abcdefghijkmnpqrstuvwxyz";
    private const string UpperCase = "ABCDEFGHJKLMNPQRSTUVWXYZ";
    private const string Digits = "0123456789";
    private const string Specials = "-_.{}~()*+!";

    /// <summary>How many characters at least.</summary>
    public int MinLength { get; set; } = 22;

    /// <summary>Whether lower-case letters may occur.</summary>
    public bool Lower { get; set; } = true;

    /// <summary>Whether upper-case letters may occur.</summary>
    public bool Upper { get; set; } = true;

    /// <summary>Whether digits may occur.</summary>
    public bool Numeric { get; set; } = true;

    /// <summary>Whether special characters may occur.</summary>
    public bool Special { get; set; } = true;

    /// <inheritdoc />
    public override void WriteToManifest(ManifestPublishingContext context)
    {
        context.Writer.WriteStartObject("generate");
        context.Writer.WriteNumber("minLength", MinLength);
        WriteUnlessTrue("lower", Lower);
        WriteUnlessTrue("upper", Upper);
        WriteUnlessTrue("numeric", Numeric);
        WriteUnlessTrue("special", Special);
        context.Writer.WriteEndObject();

        void WriteUnlessTrue(string name, bool value)
        {
            if (!value)
            {
                context.Writer.WriteBoolean(name, false);
            }
        }
    }

    /// <inheritdoc />
    public override string GetDefaultValue()
    {
        var alphabet = (Lower ? LowerCase : "") + (Upper ? UpperCase : "") + (Numeric ? Digits : "") + (Special ? Specials : "");
        return alphabet.Length == 0
            ? throw new DistributedApplicationException("A generated parameter needs at least one kind of character.")
            : RandomNumberGenerator.GetString(alphabet, MinLength);
    }
}
