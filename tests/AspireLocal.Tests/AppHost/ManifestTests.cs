using System.Text.Json;

namespace Lyceum.AspireLocal.Tests.AppHost;

public sealed class ManifestTests
{
    private static readonly Dictionary<string, string> Nothing = [];

    [Fact]
    public async Task The_manifest_describes_the_whole_suite_in_Aspires_shape()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Of("aspire-manifest.json");

        var (code, _, error) = await AppHostProgram.RunAsync(Nothing, "--publisher", "manifest", "--output-path", file);

        Assert.True(code == 0, error);
        using var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(file));
        var resources = manifest.RootElement.GetProperty("resources");
        foreach (var service in new[] { "gateway", "chatservice", "kernelservice", "telemetryingest", "modelhost" })
        {
            Assert.Equal("project.v0", Text(resources, service, "type"));
            Assert.Equal($"{{{service}.bindings.http.targetPort}}", Text(resources, service, "env", "HTTP_PORTS"));
            Assert.Equal("{identity-key.value}", Text(resources, service, "env", "Identity__Key"));
            Assert.True(File.Exists(Path.Combine(folder.Path, Text(resources, service, "path"))));
        }

        Assert.True(Find(resources, "gateway", "bindings", "http", "external").GetBoolean());
        Assert.Equal("{chatservice.bindings.http.url}", Text(resources, "gateway", "env", "services__chatservice__http__0"));
        Assert.Equal("0", Text(resources, "kernelservice", "env", "DOTNET_EnableDiagnostics"));
        Assert.Equal("{learner-key.value}", Text(resources, "gateway", "env", "Accounts__LearnerKey"));

        Assert.Equal("container.v0", Text(resources, "postgres", "type"));
        Assert.Equal("{postgres-password.value}", Text(resources, "postgres", "env", "POSTGRES_PASSWORD"));
        Assert.Equal("/var/lib/postgresql", Find(resources, "postgres", "volumes")[0].GetProperty("target").GetString());
        foreach (var database in new[] { "gatewaydb", "chatdb", "telemetrydb" })
        {
            Assert.Equal("value.v0", Text(resources, database, "type"));
            Assert.Equal($"{{postgres.connectionString}};Database={database}", Text(resources, database, "connectionString"));
        }

        Assert.Equal(
            "{redis.bindings.tcp.host}:{redis.bindings.tcp.port},password={redis-password.value}", Text(resources, "redis", "connectionString"));
        Assert.Equal("{redis-password-uri-encoded.value}", Text(resources, "modelhost", "env", "REDIS_URI").Split(':', '@')[^3]);
        Assert.Equal("annotated.string", Text(resources, "redis-password-uri-encoded", "type"));

        Assert.Equal("ollama-data", Find(resources, "ollama", "volumes")[0].GetProperty("name").GetString());
        Assert.Equal(11434, Find(resources, "ollama", "bindings", "http", "targetPort").GetInt32());
        Assert.Equal("all", Text(resources, "ollama", "env", "NVIDIA_VISIBLE_DEVICES"));
        Assert.Equal("{ollama.bindings.http.url}", Text(resources, "modelhost", "env", "Nodes__0"));

        foreach (var secret in new[] { "identity-key", "learner-key", "owner-token", "postgres-password", "redis-password" })
        {
            Assert.Equal("parameter.v0", Text(resources, secret, "type"));
            Assert.True(Find(resources, secret, "inputs", "value", "secret").GetBoolean());
            Assert.Equal(43, Find(resources, secret, "inputs", "value", "default", "generate", "minLength").GetInt32());
        }
    }

    [Fact]
    public async Task Notebooks_are_kept_in_a_volume_of_KernelServices()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Of("manifest.json");

        var (code, _, error) = await AppHostProgram.RunAsync(Nothing, "--publisher", "manifest", "--output-path", file);

        Assert.True(code == 0, error);
        using var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(file));
        Assert.Equal("/home/app/workspaces", Text(manifest.RootElement.GetProperty("resources"), "kernelservice", "env", "Workspaces__Root"));
    }

    [Fact]
    public async Task Settings_of_services_are_passed_on_and_a_key_is_not_published()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Of("manifest.json");
        var settings = new Dictionary<string, string>
        {
            ["ModelHost__Nodes__1__Url"] = "http://vllm:8000",
            ["ModelHost__Nodes__1__Kind"] = "openai",
            ["ModelHost__Nodes__1__ApiKeyFile"] = "/run/secrets/vllm",
            ["KernelService__Kernels__Max"] = "600",
            ["KernelService__Replicas"] = "3",
        };

        var (code, _, error) = await AppHostProgram.RunAsync(settings, "--publisher", "manifest", "--output-path", file);

        Assert.True(code == 0, error);
        using var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(file));
        var resources = manifest.RootElement.GetProperty("resources");
        Assert.Equal("openai", Text(resources, "modelhost", "env", "Nodes__1__Kind"));
        Assert.Equal("/run/secrets/vllm", Text(resources, "modelhost", "env", "Nodes__1__ApiKeyFile"));
        Assert.Equal("600", Text(resources, "kernelservice", "env", "Kernels__Max"));
        Assert.False(Find(resources, "kernelservice", "env").TryGetProperty("Replicas", out _));

        settings["ModelHost__Nodes__1__ApiKey"] = "sk-secret";
        (code, _, error) = await AppHostProgram.RunAsync(settings, "--publisher", "manifest", "--output-path", file);
        Assert.NotEqual(0, code);
        Assert.Contains("ModelHost__Nodes__1__ApiKeyFile", error, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-secret", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ChatService__Actions__Hosts__0__Authorization")]
    [InlineData("ChatService__Mcp__Servers__0__Authorization")]
    [InlineData("Gateway__Accounts__OwnerToken")]
    [InlineData("ChatService__ConnectionStrings__chatdb")]
    public async Task What_is_a_secret_is_not_published(string setting)
    {
        using var folder = new TemporaryFolder();
        var secret = new Dictionary<string, string> { [setting] = "Bearer of-a-secret" };

        var (code, _, error) = await AppHostProgram.RunAsync(secret, "--publisher", "manifest", "--output-path", folder.Of("manifest.json"));

        Assert.NotEqual(0, code);
        Assert.Contains(setting, error, StringComparison.Ordinal);
        Assert.DoesNotContain("of-a-secret", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Databases_and_nodes_of_ones_own_take_the_place_of_containers()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Of("manifest.json");
        var own = new Dictionary<string, string>
        {
            ["Backing__Mode"] = "external",
            ["Models__Nodes__0"] = "http://gpu1:11434",
            ["Models__Nodes__1"] = "http://gpu2:11434",
            ["Models__Tutor"] = "qwen3:8b",
        };

        var (code, _, error) = await AppHostProgram.RunAsync(own, "--publisher", "manifest", "--output-path", file);

        Assert.True(code == 0, error);
        using var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(file));
        var resources = manifest.RootElement.GetProperty("resources");
        Assert.Equal("{chatdb.value}", Text(resources, "chatdb", "connectionString"));
        Assert.Equal("{kernelservice.bindings.http.url}", Text(resources, "chatservice", "env", "services__kernelservice__http__0"));
        Assert.Equal("{chatdb.connectionString}", Text(resources, "chatservice", "env", "ConnectionStrings__chatdb"));
        Assert.Equal("http://gpu2:11434", Text(resources, "modelhost", "env", "Nodes__1"));
        Assert.Equal("qwen3:8b", Text(resources, "modelhost", "env", "Aliases__tutor"));
        Assert.False(resources.TryGetProperty("postgres", out _));
        Assert.False(resources.TryGetProperty("ollama", out _));
    }

    [Fact]
    public async Task Publishing_elsewhere_says_what_it_needs()
    {
        using var folder = new TemporaryFolder();

        var (code, _, error) = await AppHostProgram.RunAsync(
            new Dictionary<string, string> { ["Publish__Target"] = "kubernetes" }, "--operation", "publish", "--step", "publish", "--output-path", folder.Of("k8s"));

        Assert.Equal(1, code);
        Assert.Contains("to k8s needs the Aspire packages", error, StringComparison.Ordinal);
        Assert.Contains("UseAspire=true", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Publish__Target", "mars", "kubernetes, containerapps or compose")]
    [InlineData("Backing__Mode", "clouds", "containers, external or embedded")]
    [InlineData("Models__Nodes__0", "gpu1:11434", "http://gpu1:11434")]
    [InlineData("KernelService__Replicas", "40", "1 to 32")]
    public async Task A_setting_that_means_nothing_stops_the_start_and_says_what_to_write(string name, string value, string advice)
    {
        using var folder = new TemporaryFolder();

        var (code, _, error) = await AppHostProgram.RunAsync(
            new Dictionary<string, string> { [name] = value }, "--publisher", "manifest", "--output-path", folder.Of("manifest.json"));

        Assert.Equal(1, code);
        Assert.Contains(value, error, StringComparison.Ordinal);
        Assert.Contains(advice, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Gateway__Port", "eighty", "1 to 65535")]
    [InlineData("LYCEUM_TOKEN", "short", "at least 16")]
    [InlineData("Backing__Mode", "containers", "does not run containers")]
    [InlineData("KernelService__Replicas", "2", "ConnectionStrings__redis")]
    [InlineData("ConnectionStrings__chatdb", "Host=db", "gatewaydb, telemetrydb")]
    public async Task A_start_that_cannot_succeed_ends_with_advice(string name, string value, string advice)
    {
        using var folder = new TemporaryFolder();
        var environment = new Dictionary<string, string>
        {
            ["LYCEUM_DATA"] = folder.Of("data"),
            ["Gateway__Port"] = $"{LoopbackPort.Unused()}",
            ["Dashboard__Port"] = "0",
            [name] = value,
        };

        var (code, _, error) = await AppHostProgram.RunAsync(environment);

        Assert.Equal(1, code);
        Assert.Contains(advice, error, StringComparison.Ordinal);
    }

    private static JsonElement Find(JsonElement element, params string[] path) =>
        path.Aggregate(element, (current, name) => current.GetProperty(name));

    private static string Text(JsonElement element, params string[] path) => Find(element, path).GetString()!;
}
