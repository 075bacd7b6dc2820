extern alias kernelservice;

using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;

namespace Lyceum.ChatService.Tests.CodeGeneration;

/// <summary>A real KernelService that gives each user one kernel, and ChatService beside it; for a class.</summary>
public sealed class KernelSuite : IAsyncLifetime
{
    private readonly string _workspaces = Directory.CreateTempSubdirectory("lyceum-codegen-").FullName;
    private readonly PostgresServer _postgres = new();
    private ServiceUnderTest<kernelservice::Program>? _kernels;
    private ChatSuite? _chat;

    public ChatSuite Chat => _chat!;

    public async Task InitializeAsync()
    {
        await _postgres.InitializeAsync();
        _kernels = await new ServiceUnderTest<kernelservice::Program>([new("Workspaces:Root", _workspaces), new("Kernels:MaxPerUser", "1")]).StartedAsync();
        _chat = await StartChatAsync(("CodeGeneration:RunTimeout", "00:01:00"));
    }

    /// <summary>Starts a ChatService with settings of its own.</summary>
    public async Task<ChatSuite> StartChatAsync(params (string Key, string Value)[] options)
    {
        using var client = _kernels!.CreateClient();
        return await ChatSuite.StartAsync(
            _postgres, [("services:kernelservice:http:0", client.BaseAddress!.ToString()), ("CodeGeneration:MaxOutputCharacters", "2000"), .. options]);
    }

    public HttpClient ClientFor(CallerIdentity caller) => _kernels!.ClientFor(caller);

    public async Task DisposeAsync()
    {
        await Chat.DisposeAsync();
        await _kernels!.DisposeAsync();
        await _postgres.DisposeAsync();
        Directory.Delete(_workspaces, recursive: true);
    }
}
