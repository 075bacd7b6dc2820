using Aspire.Hosting;
using Microsoft.Extensions.Configuration;

namespace Lyceum.AspireLocal;

/// <summary>What the command line asked of the AppHost.</summary>
/// <param name="Operation">Run or publish.</param>
/// <param name="Publisher">The publisher that was named, if any.</param>
/// <param name="Step">The pipeline step that was named, if any.</param>
/// <param name="OutputPath">Where the result goes.</param>
internal sealed record AppHostRequest(
    DistributedApplicationOperation Operation, string? Publisher, string? Step, string? OutputPath)
{
    /// <summary>Aspire's switches of an AppHost, and where it keeps their values.</summary>
    private static readonly Dictionary<string, string> Switches = new()
    {
        ["--operation"] = "AppHost:Operation",
        ["--publisher"] = "Publishing:Publisher",
        ["--step"] = "Pipeline:Step",
        ["--output-path"] = "Pipeline:OutputPath",
        ["--log-level"] = "Logging:LogLevel:Default",
    };

    public static AppHostRequest Read(string[] args, ConfigurationManager configuration)
    {
        configuration.AddCommandLine(args, Switches);
        var publisher = configuration["Publishing:Publisher"];
        var operation = configuration["AppHost:Operation"]?.ToUpperInvariant() switch
        {
            null or "" => publisher is null ? DistributedApplicationOperation.Run : DistributedApplicationOperation.Publish,
            "RUN" => DistributedApplicationOperation.Run,
            "PUBLISH" => DistributedApplicationOperation.Publish,
            var other => throw new DistributedApplicationException(
                $"'{other}' is no operation of this AppHost; write --operation run or --operation publish."),
        };
        return new AppHostRequest(operation, publisher, configuration["Pipeline:Step"], configuration["Pipeline:OutputPath"]);
    }
}
