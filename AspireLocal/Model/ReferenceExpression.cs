using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A text with values in it that are known only when the application runs or is deployed.</summary>
public sealed class ReferenceExpression : IManifestExpressionProvider, IValueProvider, IValueWithReferences
{
    private ReferenceExpression(string format, IReadOnlyList<IValueProvider> providers, IReadOnlyList<string?> formats)
    {
        Format = format;
        ValueProviders = providers;
        StringFormats = formats;
    }

    /// <summary>The text, with numbered places.</summary>
    public string Format { get; }

    /// <summary>What goes into the places.</summary>
    public IReadOnlyList<IValueProvider> ValueProviders { get; }

    /// <summary>How each value is encoded: <c>uri</c>, or as it is.</summary>
    public IReadOnlyList<string?> StringFormats { get; }

    /// <inheritdoc />
    public string ValueExpression =>
        Fill(ValueProviders.Select(provider => ((IManifestExpressionProvider)provider).ValueExpression));

    IEnumerable<object> IValueWithReferences.References => ValueProviders;

    /// <summary>Makes an expression of an interpolated string.</summary>
    /// <param name="handler">The interpolated string.</param>
    /// <returns>The expression.</returns>
    public static ReferenceExpression Create(in ExpressionInterpolatedStringHandler handler) => handler.GetExpression();

    /// <inheritdoc />
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) =>
        ResolveAsync(provider => provider.GetValueAsync(cancellationToken));

    internal async ValueTask<string?> ResolveAsync(Func<IValueProvider, ValueTask<string?>> resolve)
    {
        var values = new string?[ValueProviders.Count];
        for (var i = 0; i < values.Length; i++)
        {
            var value = await resolve(ValueProviders[i]);
            values[i] = StringFormats[i] == "uri" ? Uri.EscapeDataString(value ?? "") : value;
        }

        return Fill(values);
    }

    internal string Fill(IEnumerable<string?> values) =>
        string.Format(CultureInfo.InvariantCulture, Format, [.. values]);

    /// <summary>Collects the parts of an interpolated string.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct ExpressionInterpolatedStringHandler
    {
        private readonly StringBuilder _format;
        private readonly List<IValueProvider> _providers;
        private readonly List<string?> _formats;

        /// <summary>Called by the compiler.</summary>
        /// <param name="literalLength">The length of the fixed text.</param>
        /// <param name="formattedCount">The number of places.</param>
        public ExpressionInterpolatedStringHandler(int literalLength, int formattedCount)
        {
            _format = new StringBuilder(literalLength * 2);
            _providers = new List<IValueProvider>(formattedCount);
            _formats = new List<string?>(formattedCount);
        }

        /// <summary>Adds fixed text.</summary>
        /// <param name="value">The text.</param>
        public void AppendLiteral(string value) => _format.Append(Escape(value));

        /// <summary>Adds a text that is known already.</summary>
        /// <param name="value">The text.</param>
        public void AppendFormatted(string? value) => _format.Append(Escape(value ?? ""));

        /// <summary>Adds a value that is known later.</summary>
        /// <typeparam name="T">The kind of value.</typeparam>
        /// <param name="valueProvider">The value.</param>
        /// <param name="format">How it is encoded: <c>uri</c>, or as it is.</param>
        public void AppendFormatted<T>(T valueProvider, string? format = null)
            where T : IValueProvider, IManifestExpressionProvider
        {
            _format.Append(CultureInfo.InvariantCulture, $"{{{_providers.Count}}}");
            _providers.Add(valueProvider);
            _formats.Add(format);
        }

        /// <summary>Adds the value of a resource.</summary>
        /// <typeparam name="T">The kind of resource.</typeparam>
        /// <param name="valueProvider">The resource.</param>
        /// <param name="format">How it is encoded: <c>uri</c>, or as it is.</param>
        public void AppendFormatted<T>(IResourceBuilder<T> valueProvider, string? format = null)
            where T : IResource, IValueProvider, IManifestExpressionProvider =>
            AppendFormatted(valueProvider.Resource, format);

        internal ReferenceExpression GetExpression() => new(_format.ToString(), _providers, _formats);

        private static string Escape(string text) =>
            text.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal);
    }
}
