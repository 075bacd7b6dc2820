using System.Reflection;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;

namespace Lyceum.TutorBench;

/// <summary>ChatService and ModelHost as processes of their own, with one model.</summary>
internal sealed class Stack : IAsyncDisposable
{
    private readonly ServiceProcess _models;
    private readonly ServiceProcess _chat;

    private Stack(ServiceProcess models, ServiceProcess chat) => (_models, _chat) = (models, chat);

    /// <param name="database">Where ChatService keeps its data.</param>
    /// <param name="model">The model that the tutor asks.</param>
    /// <param name="node">The node that has it; null for what ModelHost brings itself.</param>
    public static async Task<Stack> StartAsync(string database, string model, Uri? node)
    {
        KeyValuePair<string, string?>[] nodes = node is null ? [] : [new("Nodes:0:Url", node.ToString()), new("Nodes:0:Parallel", "2")];
        var models = await ServiceProcess.StartAsync(Assembly.Load("ModelHost"), [.. nodes, new("Logging:LogLevel:Default", "Warning")]);
        var chat = await ServiceProcess.StartAsync(
            Assembly.Load("ChatService"),
            new("ConnectionStrings:chatdb", database),
            new("services:modelhost:http:0", models.Address.ToString()),
            new("Tutor:Model", model),
            new("Logging:LogLevel:Default", "Warning"));
        return new Stack(models, chat);
    }

    public HttpClient Instructor() => Client(TestIdentity.Instructor());

    public HttpClient Student(string name) => Client(TestIdentity.Student(name));

    public async ValueTask DisposeAsync()
    {
        await _chat.DisposeAsync();
        await _models.DisposeAsync();
    }

    private HttpClient Client(CallerIdentity caller)
    {
        var client = _chat.ClientFor(caller);
        client.Timeout = TimeSpan.FromMinutes(10);
        return client;
    }
}
