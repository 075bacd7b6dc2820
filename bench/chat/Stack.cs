using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json;
using Lyceum.ChatService.CodeGeneration;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;

namespace Lyceum.ChatBench;

/// <summary>The services as processes of their own on one PostgreSQL, and ChatService twice: by itself, and with neighbours to ask for context.</summary>
internal sealed class Stack : IAsyncDisposable
{
    private readonly List<ServiceProcess> _processes = [];
    private readonly string _workspaces = Directory.CreateTempSubdirectory("lyceum-chatbench-").FullName;

    public PacedNode Node { get; } = new();

    public ServiceProcess Models { get; private set; } = null!;

    public ServiceProcess Telemetry { get; private set; } = null!;

    public ServiceProcess Kernels { get; private set; } = null!;

    /// <summary>ChatService that knows of ModelHost alone.</summary>
    public ServiceProcess Alone { get; private set; } = null!;

    /// <summary>ChatService that asks TelemetryIngest and KernelService for context.</summary>
    public ServiceProcess WithContext { get; private set; } = null!;

    /// <summary>The database of <see cref="Alone"/>.</summary>
    public string Database { get; private set; } = "";

    public static async Task<Stack> StartAsync(PostgresServer postgres)
    {
        var stack = new Stack();
        await stack.Node.StartAsync();
        stack.Models = await stack.RunAsync(
            "ModelHost",
            new("Nodes:0:Url", stack.Node.Address),
            new("Nodes:0:Parallel", "2000"),
            new("Scheduling:QueueLength", "4000"),
            new("Scheduling:QueueLengthPerUser", "4000"));
        var telemetry = stack.Telemetry = await stack.RunAsync("TelemetryIngest", new KeyValuePair<string, string?>("ConnectionStrings:telemetrydb", await postgres.CreateDatabaseAsync()));
        stack.Kernels = await stack.RunAsync("KernelService", new KeyValuePair<string, string?>("Workspaces:Root", stack._workspaces));
        stack.Database = await postgres.CreateDatabaseAsync();
        KeyValuePair<string, string?>[] chat = [new("Tutor:Model", "paced"), new("services:modelhost:http:0", stack.Models.Address.ToString())];
        stack.Alone = await stack.RunAsync("ChatService", [.. chat, new("ConnectionStrings:chatdb", stack.Database)]);
        stack.WithContext = await stack.RunAsync(
            "ChatService",
            [
                .. chat,
                new("ConnectionStrings:chatdb", await postgres.CreateDatabaseAsync()),
                new("services:telemetryingest:http:0", telemetry.Address.ToString()),
                new("services:kernelservice:http:0", stack.Kernels.Address.ToString()),
            ]);
        return stack;
    }

    /// <summary>A Python kernel of the student's with a variable in it, and an error that TelemetryIngest knows; the kernel's id.</summary>
    public async Task<string> PrepareAsync(CallerIdentity student, CancellationToken cancellationToken)
    {
        using var client = Client(Kernels, student);
        using var body = new StringContent("""{"name": "python3"}""", System.Text.Encoding.UTF8, "application/json");
        using var made = await client.PostAsync(new Uri("/api/kernels", UriKind.Relative), body, cancellationToken);
        made.EnsureSuccessStatusCode();
        var kernel = JsonElement.Parse(await made.Content.ReadAsStringAsync(cancellationToken)).GetProperty("id").GetString()!;
        using (KernelConnection connection = new())
        {
            var channels = new UriBuilder(Kernels.Address) { Scheme = "ws", Path = $"/api/kernels/{kernel}/channels" }.Uri;
            await connection.ConnectAsync(channels, IdentityHeader.Name, TestIdentity.Token(student), cancellationToken);
            var id = await connection.ExecuteAsync("marks = [1, 2]", DateTimeOffset.UtcNow, cancellationToken);
            while (await connection.ReceiveAsync(cancellationToken) is { } message && (message.ParentHeader?.MsgId != id || message.Header?.MsgType != "execute_reply"))
            {
            }
        }

        using var telemetry = Client(Telemetry, student);
        var failed = new { language = "python", code = "print(x)", success = false, duration_ms = 3, error = new { name = "NameError", value = "name 'x' is not defined", traceback = (string[])["NameError: name 'x' is not defined"] } };
        using var sent = await telemetry.PostAsJsonAsync(
            new Uri("/telemetry/events", UriKind.Relative),
            new { events = new[] { new { id = Guid.CreateVersion7(), time = DateTimeOffset.UtcNow, type = "CellExecute", notebook = "Task.ipynb", detail = failed } } },
            cancellationToken);
        sent.EnsureSuccessStatusCode();
        return kernel;
    }

    public static HttpClient Client(ServiceProcess service, CallerIdentity caller)
    {
        var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 4000 }) { BaseAddress = service.Address, Timeout = TimeSpan.FromMinutes(10) };
        return client.As(caller);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Enumerable.Reverse(_processes))
        {
            await process.DisposeAsync();
        }

        await Node.DisposeAsync();
        Directory.Delete(_workspaces, recursive: true);
    }

    private async Task<ServiceProcess> RunAsync(string assembly, params IEnumerable<KeyValuePair<string, string?>> settings)
    {
        var process = await ServiceProcess.StartAsync(Assembly.Load(assembly), [.. settings, new("Logging:LogLevel:Default", "Warning")]);
        _processes.Add(process);
        return process;
    }
}
