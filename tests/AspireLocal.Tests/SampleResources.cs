using System.Diagnostics;
using System.Net.Http.Json;
using Lyceum.AspireLocal.Sample;

namespace Lyceum.AspireLocal.Tests;

internal static class SampleResources
{
    public static IResourceBuilder<ProjectResource> AddSample(this IDistributedApplicationBuilder builder, string name, int? port = null) =>
        builder.AddProject<SampleProject>(name, launchProfileName: null)
            .WithArgs("service")
            .WithHttpEndpoint(port: port)
            .WithHttpHealthCheck("/health");

    public static async Task<Dictionary<string, string>> EnvironmentOfAsync(IResourceBuilder<ProjectResource> resource)
    {
        using var client = new HttpClient();
        return (await client.GetFromJsonAsync<Dictionary<string, string>>(new Uri($"{resource.GetEndpoint("http").Url}/env")))!;
    }

    /// <summary>Crashes one process of the resource, as the kernel would.</summary>
    public static async Task<string> CrashAsync(IResourceBuilder<ProjectResource> resource)
    {
        var pid = await GetAsync(resource, "/pid");
        using var kill = Process.Start("kill", ["-KILL", pid]);
        await kill.WaitForExitAsync();
        return pid;
    }

    public static async Task<string> GetAsync(IResourceBuilder<ProjectResource> resource, string path)
    {
        // A client of its own for each question: each is a new connection.
        using var client = new HttpClient();
        return await client.GetStringAsync(new Uri($"{resource.GetEndpoint("http").Url}{path}"));
    }
}
