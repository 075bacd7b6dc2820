using Aspire.Hosting;

namespace Lyceum.AspireLocal.Sample;

/// <summary>An AppHost with one service, on the given port.</summary>
internal static class SampleHost
{
    public static int Run(string port)
    {
        var builder = DistributedApplication.CreateBuilder(["--Dashboard:Port", "0", "--AspireLocal:StopGrace", "2000"]);
        builder.AddProject<SampleProject>("api", launchProfileName: null)
            .WithArgs("service")
            .WithHttpEndpoint(port: int.Parse(port, System.Globalization.CultureInfo.InvariantCulture))
            .WithHttpHealthCheck("/health");
        builder.Build().Run();
        return Environment.ExitCode;
    }
}
