using System.Text.Json.Serialization;

namespace Lyceum.KernelService.Server;

/// <summary>The answer to <c>GET /api</c>.</summary>
/// <param name="Version">The version of jupyter_server's REST API that clients may count on.</param>
public sealed record ServerVersion(string Version);

/// <summary>The answer to <c>GET /api/status</c>.</summary>
/// <param name="Connections">Clients connected to the caller's kernels.</param>
/// <param name="Kernels">The caller's kernels.</param>
/// <param name="LastActivity">When one of them last did something.</param>
/// <param name="Started">When the service started.</param>
public sealed record ServerStatus(int Connections, int Kernels, string LastActivity, string Started);

/// <summary>The answer to <c>GET /api/me</c>.</summary>
/// <param name="Identity">Who the caller is.</param>
/// <param name="Permissions">What the caller may do, of what the query asked about.</param>
public sealed record Me(MyIdentity Identity, IReadOnlyDictionary<string, IReadOnlyList<string>> Permissions);

/// <summary>The caller as JupyterLab shows people.</summary>
public sealed record MyIdentity(string Username, string Name, string DisplayName, string Initials, Uri? AvatarUrl, string? Color);

[JsonSerializable(typeof(ServerVersion))]
[JsonSerializable(typeof(ServerStatus))]
[JsonSerializable(typeof(Me))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class ServerJson : JsonSerializerContext;
