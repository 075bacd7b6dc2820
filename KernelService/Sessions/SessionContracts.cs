using System.Text.Json.Serialization;
using Lyceum.KernelService.Kernels;

namespace Lyceum.KernelService.Sessions;

/// <summary>A document and the kernel that works for it (jupyter_server's REST API, model <c>Session</c>).</summary>
/// <param name="Id">Its id.</param>
/// <param name="Path">The document's path.</param>
/// <param name="Name">Its name, as its client calls it.</param>
/// <param name="Type"><c>notebook</c>, <c>console</c> or <c>file</c>.</param>
/// <param name="Kernel">The kernel.</param>
/// <param name="Notebook">Path and name again, for clients that look there.</param>
public sealed record SessionModel(string Id, string Path, string Name, string Type, KernelModel Kernel, SessionNotebook Notebook);

/// <summary>The document, as older clients expect it.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Name">Its name.</param>
public sealed record SessionNotebook(string Path, string Name);

/// <summary>What a client asks for when it makes or changes a session.</summary>
public sealed record SessionRequest
{
    /// <summary>The document's path.</summary>
    public string? Path { get; init; }

    /// <summary>Its name.</summary>
    public string? Name { get; init; }

    /// <summary>Its type; <c>notebook</c> if left out.</summary>
    public string? Type { get; init; }

    /// <summary>The kernel to use or to start.</summary>
    public SessionKernel? Kernel { get; init; }

    /// <summary>The path, as older clients send it.</summary>
    public SessionNotebookRequest? Notebook { get; init; }
}

/// <summary>Which kernel a session shall have: that with the id, or a new one of the kernelspec.</summary>
public sealed record SessionKernel(string? Id, string? Name);

/// <summary>Path and name where older clients send them.</summary>
public sealed record SessionNotebookRequest(string? Path, string? Name);

[JsonSerializable(typeof(SessionModel))]
[JsonSerializable(typeof(IReadOnlyList<SessionModel>))]
[JsonSerializable(typeof(SessionRequest))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class SessionJson : JsonSerializerContext;
