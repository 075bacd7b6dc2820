using System.Globalization;

namespace Lyceum.AspireLocal.Tests.Running;

public sealed class EnvironmentTests
{
    [Fact]
    public async Task A_project_gets_what_Aspire_gives_it()
    {
        var builder = TestApplication.NewBuilder("--environment", "Development");
        var worker = builder.AddSample("my-worker");
        var password = builder.AddParameter("password", "p@ss/word", secret: true);
        var database = builder.AddConnectionString("appdb", ReferenceExpression.Create($"Host=localhost;Password={password};Database=appdb"));
        var api = builder.AddSample("api")
            .WithReference(worker)
            .WithReference(database)
            .WithEnvironment("PASSWORD", password)
            .WithEnvironment("WORKER_URL", worker.GetEndpoint("http"))
            .WithEnvironment("ENCODED", ReferenceExpression.Create($"x://:{password:uri}@{{host}}"));
        await using var app = await TestApplication.StartAsync(builder);
        await app.ReadyAsync("api");

        var variables = await SampleResources.EnvironmentOfAsync(api);

        var own = api.GetEndpoint("http").Port.ToString(CultureInfo.InvariantCulture);
        var other = worker.GetEndpoint("http").Url;
        Assert.Equal($"http://localhost:{own}", variables["ASPNETCORE_URLS"]);
        Assert.Equal(other, variables["services__my-worker__http__0"]);
        Assert.Equal(other, variables["MY_WORKER_HTTP"]);
        Assert.Equal(other, variables["WORKER_URL"]);
        Assert.Equal("Host=localhost;Password=p@ss/word;Database=appdb", variables["ConnectionStrings__appdb"]);
        Assert.Equal("p@ss/word", variables["PASSWORD"]);
        Assert.Equal("x://:p%40ss%2Fword@{host}", variables["ENCODED"]);
        Assert.Equal(app.Server.Url, variables["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        Assert.Equal("http/protobuf", variables["OTEL_EXPORTER_OTLP_PROTOCOL"]);
        Assert.Equal($"x-otlp-api-key={app.Server.OtlpKey}", variables["OTEL_EXPORTER_OTLP_HEADERS"]);
        Assert.Equal("api", variables["OTEL_SERVICE_NAME"]);
        Assert.Matches("^service\\.instance\\.id=[a-z]{8}$", variables["OTEL_RESOURCE_ATTRIBUTES"]);
        Assert.Equal("1000", variables["OTEL_BSP_SCHEDULE_DELAY"]);
        Assert.Equal("1000", variables["OTEL_BLRP_SCHEDULE_DELAY"]);
        Assert.Equal("1000", variables["OTEL_METRIC_EXPORT_INTERVAL"]);
        Assert.Equal("simple", variables["LOGGING__CONSOLE__FORMATTERNAME"]);
    }

    [Fact]
    public async Task A_process_does_not_inherit_the_parameters_of_the_AppHost()
    {
        Environment.SetEnvironmentVariable("Parameters__not_for_children", "secret");
        Environment.SetEnvironmentVariable("SAMPLE_INHERITED", "yes");
        var builder = TestApplication.NewBuilder();
        var api = builder.AddSample("api");
        await using var app = await TestApplication.StartAsync(builder);
        await app.ReadyAsync("api");

        var variables = await SampleResources.EnvironmentOfAsync(api);

        Assert.Equal("yes", variables["SAMPLE_INHERITED"]);
        Assert.DoesNotContain("Parameters__not_for_children", variables);
    }

    [Fact]
    public async Task A_parameter_without_a_value_says_where_to_set_it()
    {
        var builder = TestApplication.NewBuilder();
        builder.AddSample("api").WithEnvironment("KEY", builder.AddParameter("licence", secret: true));

        var refused = await Assert.ThrowsAsync<DistributedApplicationException>(() => TestApplication.StartAsync(builder));

        Assert.Contains("Parameters__licence", refused.Message, StringComparison.Ordinal);
    }
}
