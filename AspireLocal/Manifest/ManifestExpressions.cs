using System.Text.Json;
using Aspire.Hosting.ApplicationModel;

namespace Lyceum.AspireLocal.Manifest;

/// <summary>Values as a manifest names them, and the encoded parameters that they need.</summary>
internal sealed class ManifestExpressions
{
    private readonly SortedDictionary<string, (ParameterResource Parameter, string Format)> _encoded = new(StringComparer.Ordinal);

    public string Of(object value) => value switch
    {
        string text => text,
        ReferenceExpression expression => expression.Fill(expression.ValueProviders.Select(
            (provider, i) => Of(provider, expression.StringFormats[i]))),
        IManifestExpressionProvider provider => provider.ValueExpression,
        _ => value.ToString() ?? "",
    };

    /// <summary>Writes a resource for each parameter that occurs encoded, since a manifest has no functions.</summary>
    public void WriteEncoded(Utf8JsonWriter writer)
    {
        foreach (var (name, (parameter, format)) in _encoded)
        {
            writer.WriteStartObject(name);
            writer.WriteString("type", "annotated.string");
            writer.WriteString("value", parameter.ValueExpression);
            writer.WriteString("filter", format);
            writer.WriteEndObject();
        }
    }

    private string Of(IValueProvider provider, string? format)
    {
        if (format is null || provider is not ParameterResource parameter)
        {
            return Of(provider);
        }

        var name = $"{parameter.Name}-{format}-encoded";
        _encoded[name] = (parameter, format);
        return $"{{{name}.value}}";
    }
}
