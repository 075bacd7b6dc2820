using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting;

/// <summary>Adds parameters and connection strings.</summary>
public static class ParameterResourceBuilderExtensions
{
    /// <summary>Adds a parameter from <c>Parameters:name</c> of the configuration.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the resource.</param>
    /// <param name="secret">Whether its value must not be shown.</param>
    /// <returns>The parameter.</returns>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, bool secret = false) =>
        builder.AddResource(new ParameterResource(
            name,
            _ => Configured(builder, name) ?? throw new DistributedApplicationException(
                $"The parameter '{name}' has no value; set Parameters:{name} in the AppHost's configuration (Parameters__{name} as an environment variable)."),
            secret));

    /// <summary>Adds a parameter whose value is known.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the resource.</param>
    /// <param name="value">The value.</param>
    /// <param name="publishValueAsDefault">Whether a manifest says the value; not together with <paramref name="secret" />.</param>
    /// <param name="secret">Whether the value must not be shown.</param>
    /// <returns>The parameter.</returns>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, string value, bool publishValueAsDefault = false, bool secret = false)
    {
        if (publishValueAsDefault && secret)
        {
            throw new ArgumentException("A parameter cannot be both secret and published as a default value.", nameof(secret));
        }

        return builder.AddResource(new ParameterResource(name, _ => value, secret)
        {
            Default = publishValueAsDefault ? new ConstantParameterDefault(value) : null,
        });
    }

    /// <summary>Adds a parameter whose value is made where the configuration does not give it.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the resource.</param>
    /// <param name="value">Makes the value.</param>
    /// <param name="secret">Whether the value must not be shown.</param>
    /// <returns>The parameter.</returns>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, ParameterDefault value, bool secret = false) =>
        builder.AddResource(new ParameterResource(name, _ => Configured(builder, name) ?? value.GetDefaultValue(), secret)
        {
            Default = value,
        });

    /// <summary>Adds a connection string from <c>ConnectionStrings:name</c> of the configuration.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the resource.</param>
    /// <param name="environmentVariableName">The variable that carries it, where it is not <c>ConnectionStrings__name</c>.</param>
    /// <returns>The connection string.</returns>
    public static IResourceBuilder<IResourceWithConnectionString> AddConnectionString(
        this IDistributedApplicationBuilder builder, string name, string? environmentVariableName = null) =>
        builder.AddResource(new ConnectionStringParameterResource(
            name,
            _ => builder.Configuration.GetConnectionString(name) ?? throw new DistributedApplicationException(
                $"The connection string '{name}' is missing; set ConnectionStrings:{name} in the AppHost's configuration (ConnectionStrings__{name} as an environment variable)."),
            environmentVariableName));

    /// <summary>Adds a connection string that is put together from other values.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the resource.</param>
    /// <param name="connectionStringExpression">How it is put together.</param>
    /// <returns>The connection string.</returns>
    public static IResourceBuilder<ConnectionStringResource> AddConnectionString(
        this IDistributedApplicationBuilder builder, string name, ReferenceExpression connectionStringExpression) =>
        builder.AddResource(new ConnectionStringResource(name, connectionStringExpression));

    internal static ParameterResource Generated(IDistributedApplicationBuilder builder, string name, bool special = true)
    {
        var made = new GenerateParameterDefault { Special = special };
        return new ParameterResource(name, _ => Configured(builder, name) ?? made.GetDefaultValue(), secret: true) { Default = made };
    }

    private static string? Configured(IDistributedApplicationBuilder builder, string name) =>
        builder.Configuration[$"Parameters:{name}"] ?? builder.Configuration[$"Parameters:{name.Replace('-', '_')}"];
}

internal sealed class ConstantParameterDefault(string value) : ParameterDefault
{
    public override string GetDefaultValue() => value;

    public override void WriteToManifest(Publishing.ManifestPublishingContext context) =>
        context.Writer.WriteString("value", value);
}
