using Microsoft.Extensions.Configuration;

namespace Lyceum.AppHost;

/// <summary>Settings that AppHost does not know and passes on as they are: <c>KernelService__Kernels__Max</c> becomes KernelService's <c>Kernels__Max</c>.</summary>
internal static class ServiceSettings
{
    // AppHost's own, under a service's name.
    private static readonly string[] Own = ["Gateway:Port", "KernelService:Replicas"];

    private static readonly string[] Secret = ["Key", "Token", "Password", "Secret", "Authorization"];

    /// <summary>Gives a service the settings of its section.</summary>
    /// <param name="service">The service.</param>
    /// <param name="section">The section, which is called as its project.</param>
    /// <exception cref="DistributedApplicationException">A secret would be published.</exception>
    public static IResourceBuilder<ProjectResource> WithSettings(this IResourceBuilder<ProjectResource> service, string section)
    {
        var settings = service.ApplicationBuilder.Configuration.GetSection(section).AsEnumerable(makePathsRelative: true)
            .Where(setting => setting.Value is not null && !Own.Contains($"{section}:{setting.Key}", StringComparer.OrdinalIgnoreCase))
            .Select(setting => (Name: setting.Key.Replace(":", "__", StringComparison.Ordinal), setting.Value))
            .OrderBy(setting => setting.Name, StringComparer.Ordinal);
        foreach (var (name, value) in settings)
        {
            if (service.ApplicationBuilder.ExecutionContext.IsPublishMode && IsSecret(name))
            {
                throw new DistributedApplicationException(
                    $"{section}__{name} would stand in the published files for everybody to read; "
                    + (name.EndsWith("ApiKey", StringComparison.OrdinalIgnoreCase)
                        ? $"set {section}__{name}File to where the deployment puts the secret."
                        : $"give the service's container {name} as a secret of the deployment."));
            }

            service.WithEnvironment(name, value);
        }

        return service;
    }

    private static bool IsSecret(string name) =>
        name.StartsWith("ConnectionStrings", StringComparison.OrdinalIgnoreCase)
        || Secret.Any(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
}
