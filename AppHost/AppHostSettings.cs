using System.Globalization;
using System.Net;
using System.Security.Cryptography;

namespace Lyceum.AppHost;

/// <summary>What AppHost reads from its configuration, checked.</summary>
/// <param name="GatewayPort">The port of the one address; null where whoever deploys chooses it.</param>
/// <param name="OwnerToken">The token in the printed address; null where whoever deploys makes it.</param>
/// <param name="Data">The folder of what must survive a restart; null where nothing is kept here.</param>
/// <param name="KernelReplicas">How many replicas of KernelService there are.</param>
internal sealed record AppHostSettings(int? GatewayPort, string? OwnerToken, string? Data, int KernelReplicas)
{
    public const int DefaultGatewayPort = 8080;
    private const int MinTokenLength = 16;
    private const int MaxReplicas = 32;

    public static AppHostSettings Read(IDistributedApplicationBuilder builder)
    {
        var replicas = ReplicasFrom(builder.Configuration["KernelService:Replicas"]);
        if (builder.ExecutionContext.IsPublishMode)
        {
            return new AppHostSettings(null, null, null, replicas);
        }

        var port = PortFrom(builder.Configuration["Gateway:Port"]);
        LoopbackPort.Require(port, $"choose another port for the page, such as Gateway__Port={port + 1}");
        return new AppHostSettings(port, TokenFrom(builder.Configuration["LYCEUM_TOKEN"]), DataFolder.Open(builder.Configuration["LYCEUM_DATA"]), replicas);
    }

    private static int PortFrom(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return DefaultGatewayPort;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= IPEndPoint.MaxPort
            ? port
            : throw new DistributedApplicationException($"Gateway:Port is '{text}'; write a port from 1 to 65535, such as {DefaultGatewayPort}.");
    }

    private static int ReplicasFrom(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return 1;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var replicas) && replicas is > 0 and <= MaxReplicas
            ? replicas
            : throw new DistributedApplicationException($"KernelService:Replicas is '{text}'; write a number from 1 to {MaxReplicas}, or leave it out for one.");
    }

    private static string TokenFrom(string? given)
    {
        // Kernels inherit the environment, and a student's code must not find the owner's token there.
        Environment.SetEnvironmentVariable("LYCEUM_TOKEN", null);
        if (string.IsNullOrEmpty(given))
        {
            return RandomNumberGenerator.GetHexString(32, lowercase: true);
        }

        return given.Length >= MinTokenLength
            ? given
            : throw new DistributedApplicationException($"LYCEUM_TOKEN has {given.Length} characters; write at least {MinTokenLength} random ones, or leave it unset to have one made.");
    }
}
